"""The real adapter over a transport that answers from a script: what ARM might send, without a server."""

import asyncio
import json
from dataclasses import dataclass
from typing import Self, cast

from aiohttp import ClientSession
from azure.core.pipeline.transport import AioHttpTransport
from multidict import CIMultiDict

from peering.adapters.networks import ArmNetworks
from peering.core.decision.changes import Action
from peering.core.network.failures import AzureFailure
from tests.builders import HUB_ID, SPOKE_ID
from tests.contract.grounds import put
from tests.contract.oddities import DONE, Body

_OPERATIONS = "https://management.azure.com/subscriptions/s/providers/Microsoft.Network/locations/weu/operations"
POLL = {"Azure-AsyncOperation": f"{_OPERATIONS}/1?api-version=1", "x-ms-retry-after-ms": "1"}

Answer = tuple[int, Body]


def whole(document: object, **headers: str) -> Body:
    return Body(json.dumps(document).encode(), {"Content-Type": "application/json", **headers})


class Response:
    """As aiohttp hands it to the SDK's transport."""

    def __init__(self, status: int, body: Body) -> None:
        self.status, self.reason = status, "OK"
        self.headers = CIMultiDict(body.headers)
        self._content = body.content

    async def read(self) -> bytes:
        return self._content

    def close(self) -> None:
        """Nothing to close."""


class Session:
    """In place of aiohttp's: answers from a script, then that an operation has succeeded."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    async def __aenter__(self) -> Self:
        return self

    async def request(self, *_: object, **__: object) -> Response:
        return Response(*(self.script.pop(0) if self.script else (200, whole(DONE))))


class HastyTransport(AioHttpTransport):  # type: ignore[misc]  # the SDK has no types for it
    """The SDK's own, over a session of ours, and a clock that moves when somebody sleeps."""

    def __init__(self, session: Session) -> None:
        self._clock = session
        super().__init__(session=cast("ClientSession", session), session_owner=False)

    async def sleep(self, duration: float) -> None:
        await asyncio.sleep(0)
        self._clock.now += duration


@dataclass(frozen=True)
class ScriptedArm:
    adapter: ArmNetworks
    session: Session

    async def outcome(self, call: str, *answers: Answer) -> object:
        """What a caller gets; anything but AzureFailure is raised."""
        self.session.script = list(answers)
        try:
            match call:
                case "read":
                    return await self.adapter.read(HUB_ID)
                case "tag":
                    await self.adapter.write_tag(HUB_ID, "a", "b")
                    return None
                case _:
                    return await self.adapter.apply(put(HUB_ID, SPOKE_ID, action=Action(call)))
        except AzureFailure as failure:
            return failure

    async def failure(self, call: str, *answers: Answer) -> AzureFailure:
        found = await self.outcome(call, *answers)
        assert isinstance(found, AzureFailure)
        return found
