"""An Azure of 40 hubs and 10,000 networks that is made up answer by answer, and the records that belong to it."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self, cast

from aiohttp import ClientSession
from azure.core.pipeline.transport import AioHttpTransport
from multidict import CIMultiDict

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision.ownership import hub_half_name
from peering.core.intake.messages import Message
from peering.core.intake.requests import Door, NamedBy
from peering.core.network.addresses import Prefix
from peering.core.network.resource_ids import VnetId, peering_id
from peering.core.network.vnets import Flags
from peering.core.record.note import Note
from peering.core.record.record import Asked, Found, Progress, Record, State
from peering.core.record.sweep_report import SweepBook

HUBS, SPOKES, PAGE = 40, 10_000, 1000
_THEN = datetime(2026, 1, 1, tzinfo=UTC)
_HUB_SPACE = Prefix.parse("172.16.0.0/16")


def hub_id(number: int) -> VnetId:
    return VnetId("11111111-1111-4111-8111-111111111111", "rg-hubs", f"hub-{number:02}")


def spoke_id(number: int) -> VnetId:
    return VnetId("22222222-2222-4222-8222-222222222222", f"rg-{number // 50:03}", f"spoke-{number:05}")


def hub_name(number: int) -> str:
    return f"hub-{number % HUBS:02}"


def _space(number: int) -> Prefix:
    return Prefix(4, (10 << 24) + (number << 8), 24)


def catalogue() -> Catalogue:
    return Catalogue("hub", {hub_name(n): HubPolicy(name=hub_name(n), vnet=hub_id(n)) for n in range(HUBS)})


def _half(local: VnetId, remote: VnetId, name: str, space: Prefix) -> dict[str, Any]:
    """As Azure shows one, with all that it says besides."""
    spaces = {"addressPrefixes": [str(space)]}
    named = ("remoteAddressSpace", "remoteVirtualNetworkAddressSpace", "localAddressSpace")
    return {
        "id": peering_id(local, name),
        "name": name,
        "etag": 'W/"0b2c7a4e-7d3e-4a0c-9f4e-6f1f2f3f4f5f"',
        "type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
        "properties": {
            "provisioningState": "Succeeded",
            "resourceGuid": "0b2c7a4e-7d3e-4a0c-9f4e-6f1f2f3f4f5f",
            "peeringState": "Connected",
            "peeringSyncLevel": "FullyInSync",
            "remoteVirtualNetwork": {"id": str(remote)},
            "allowVirtualNetworkAccess": True,
            "allowForwardedTraffic": False,
            "allowGatewayTransit": False,
            "useRemoteGateways": False,
            "peerCompleteVnets": True,
            **dict.fromkeys(named, spaces),
        },
    }


@dataclass
class Session:
    """In place of aiohttp's. `drifted` are the numbers of the spokes whose half somebody has deleted."""

    drifted: frozenset[int] = frozenset()
    pages: int = 0
    reads: int = 0

    async def __aenter__(self) -> Self:
        return self

    async def request(self, method: str, url: str, **rest: Any) -> "Response":  # noqa: ANN401 - as aiohttp has it
        return Response(json.dumps(self.answer(method, url, rest.get("data"))).encode())

    def answer(self, method: str, url: str, body: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        if method == "POST":
            self.pages += 1
            return self.page(int(json.loads(body)["options"].get("$skipToken") or 0))
        self.reads += 1
        return self.hub(int(str(url).split("?", maxsplit=1)[0][-2:]))

    def page(self, start: int) -> dict[str, Any]:
        end = min(start + PAGE, SPOKES)
        following = {"$skipToken": str(end)} if end < SPOKES else {}
        return {"data": [self._row(number) for number in range(start, end)], "count": end - start} | following

    def _row(self, number: int) -> dict[str, Any]:
        spoke, name = spoke_id(number), hub_name(number)
        half = _half(spoke, hub_id(number % HUBS), f"autopeer-{name}", _HUB_SPACE)
        return {
            "id": str(spoke),
            "location": "westeurope",
            "tags": {"hub": name, "owner": "somebody", "cost-centre": f"{number:06}"},
            "guid": "0b2c7a4e-7d3e-4a0c-9f4e-6f1f2f3f4f5f",
            "prefixes": [str(_space(number))],
            "state": "Succeeded",
            "halves": [] if number in self.drifted else [half],
            "vpn": False,
            "routeServer": False,
        }

    def hub(self, number: int) -> dict[str, Any]:
        hub = hub_id(number)
        spokes = [(each, spoke_id(each)) for each in range(number, SPOKES, HUBS)]
        halves = [_half(hub, spoke, hub_half_name(spoke), _space(each)) for each, spoke in spokes]
        space = {"addressPrefixes": [str(_HUB_SPACE)]}
        properties = {"provisioningState": "Succeeded", "addressSpace": space, "virtualNetworkPeerings": halves}
        return {"id": str(hub), "name": hub.name, "location": "westeurope", "properties": properties}


class Response:
    """As aiohttp hands it to the SDK's transport."""

    status, reason = 200, "OK"

    def __init__(self, content: bytes) -> None:
        self.headers = CIMultiDict({"Content-Type": "application/json"})
        self._content = content

    async def read(self) -> bytes:
        return self._content

    def close(self) -> None:
        """Nothing to close."""


class Transport(AioHttpTransport):  # type: ignore[misc]  # the SDK has no types for it
    """The SDK's own, over a session of ours."""

    def __init__(self, session: Session) -> None:
        super().__init__(session=cast("ClientSession", session), session_owner=False)


def _row(number: int) -> Record:
    spoke, hub = spoke_id(number), hub_id(number % HUBS)
    return Record(
        hub=hub_name(number),
        spoke=spoke,
        state=State.CONNECTED,
        asked=Asked(
            wanted=hub_name(number),
            named_by=NamedBy.TAG,
            door=Door.EVENT,
            who="somebody",
            correlation=f"correlation-{number}",
            requested=_THEN,
        ),
        progress=Progress(finished=_THEN, told="0123456789abcdef"),
        found=Found(
            prefixes=(_space(number),),
            location="westeurope",
            hub_half=peering_id(hub, hub_half_name(spoke)),
            spoke_half=peering_id(spoke, f"autopeer-{hub_name(number)}"),
            hub_flags=Flags(),
            spoke_flags=Flags(),
            gateway="none",
            notes=("hub has no gateway yet",),
        ),
        etag=str(number),
    )


class Rows:
    """The records, made when they are asked for."""

    async def hubs(self) -> list[str]:
        return [hub_name(number) for number in range(HUBS)]

    async def of_hub(self, hub: str) -> list[Record]:
        return [_row(number) for number in range(int(hub[-2:]), SPOKES, HUBS)] if hub.startswith("hub-") else []

    async def over(self, *_: object) -> list[Record]:
        return []

    async def forget_history(self, *_: object) -> tuple[int, str | None]:
        return 0, None


class _Lease:
    held = True


class Leases:
    """Nobody else wants them."""

    duration = timedelta(seconds=60)

    @asynccontextmanager
    async def take(self, _name: str) -> AsyncIterator[_Lease]:
        yield _Lease()

    async def peek(self, _name: str) -> Note:
        return Note()


@dataclass
class Queue:
    """What was asked about."""

    asked: list[Mapping[str, Any]] = field(default_factory=list)

    async def send(self, message: Message, delay: timedelta = timedelta()) -> None:  # noqa: ARG002 - the port's
        self.asked.append(json.loads(message.to_json()))


@dataclass
class Book:
    """What one sweep leaves to the next."""

    book: SweepBook = field(default_factory=SweepBook)

    async def read(self) -> SweepBook:
        return self.book

    async def write(self, book: SweepBook) -> None:
        self.book = book
