"""One recording replayed: every exchange sent over https to a running emulator, and every answer compared."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from localazure.emulator.networks.resources import xor_guid
from localazure.emulator.networks.virtual_networks import remove_network
from localazure.emulator.scenario import seed
from localazure.emulator.server import EmulatorServer
from tests.emulator.conformance import callers, given, headers
from tests.emulator.conformance.bijection import Bijection, Mismatch
from tests.emulator.conformance.headers import RECORDED_AUTHORITY
from tests.emulator.conformance.recordings import Exchange
from tests.emulator.running import SteppedClock

type Json = dict[str, Any]


@dataclass
class Outcome:
    """`different`: name of an exchange to what differs. Names in neither set were equal."""

    replayed: list[str] = field(default_factory=list)
    different: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


class Replay:
    """Drives one emulator with one recording."""

    def __init__(self, server: EmulatorServer, clock: SteppedClock, session: aiohttp.ClientSession) -> None:
        self._server = server
        self._clock = clock
        self._session = session
        self._names = Bijection()
        self._guids = _Guids()
        self._token = ""

    async def run(self, exchanges: list[Exchange]) -> Outcome:
        estate = self._server.emulator.estate
        self._token = callers.enter(self._server, exchanges)
        seed(estate, given.resources(exchanges))
        for gone in given.departed(exchanges):
            remove_network(estate, estate.networks[gone["id"].lower()].id)
        outcome = Outcome()
        late = given.appearing(exchanges)
        for exchange in exchanges:
            seed(estate, [late[exchange.name]] if exchange.name in late else [])
            try:
                await self._exchange(exchange, self._names)
            except Mismatch as mismatch:  # names that were learnt before the difference may still be needed
                outcome.different[exchange.name] = str(mismatch)
            outcome.replayed.append(exchange.name)
        return outcome

    async def _exchange(self, exchange: Exchange, names: Bijection) -> None:
        if _says_done(exchange):
            finish(self._server, self._clock, names.translate(exchange.path))
        if not exchange.url.startswith("/"):
            raise Mismatch(f"{exchange.url} is not Resource Manager's")
        names.given(exchange.url)
        names.given(exchange.body)
        url = self._server.arm_url + names.translate(exchange.url)
        token = self._token
        request_headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = names.translate(exchange.body).encode() or None
        async with self._session.request(exchange.method, url, data=data, headers=request_headers) as response:
            text = (await response.text()).replace(self._server.arm_url, RECORDED_AUTHORITY)  # of a poll, in a refusal
            ours = {name.lower(): value for name, value in response.headers.items()}
        if response.status != exchange.status:
            raise Mismatch(f"status: recorded {exchange.status}, got {response.status} {text[:300]}")
        headers.compare(exchange, ours, self._server.arm_url, names)
        names.same(_in_order(exchange.json()), _in_order(json.loads(text) if text.strip() else None), "body")
        self._guids.check(exchange.json(), json.loads(text) if text.strip() else None)


def _in_order(answer: Any) -> Any:  # noqa: ANN401  JSON of any kind
    """Locks are listed as they were made, and those of strangers were made before the recording: in which order?"""
    listed = answer.get("value") if isinstance(answer, dict) else None
    if not listed or listed[0].get("type") != "Microsoft.Authorization/locks":
        return answer
    return {**answer, "value": sorted(listed, key=lambda lock: str(lock["id"]).lower())}


def finish(server: EmulatorServer, clock: SteppedClock, path: str) -> None:
    """The recording says that the operation polled at `path` has ended: let time pass until ours has."""
    identifier = path.rstrip("/").rpartition("/")[2]
    ledger = server.emulator.estate.ledger
    running = ledger.by_id.get(identifier)
    clock.step_to(running.ends if running else ledger.last_end())


def _says_done(exchange: Exchange) -> bool:
    path = exchange.path.lower()
    if exchange.method != "GET":
        return False
    if "/operations/" in path:
        return bool(exchange.json()["status"] == "Succeeded")
    return "/operationresults/" in path and exchange.status in {200, 204}


class _Guids:
    """The resourceGuid of a pair is the XOR of its networks' on both sides.

    A half that has outlived its network may still have what came of the former one's.
    """

    def __init__(self) -> None:
        self._networks: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})

    def check(self, theirs: object, ours: object) -> None:
        for side, (body, networks) in enumerate(zip((theirs, ours), self._networks, strict=True)):
            for resource in _walk(body):
                self._one(resource, networks, ("recorded", "got")[side])

    def _one(self, resource: Json, networks: dict[str, list[str]], side: str) -> None:
        properties = resource.get("properties") or {}
        guid = properties.get("resourceGuid") if isinstance(properties, dict) else None
        if guid is None:
            return
        identifier = str(resource["id"]).lower()
        if resource.get("type") == "Microsoft.Network/virtualNetworks":
            networks.setdefault(identifier, []).append(guid)
        elif "/virtualnetworkpeerings/" in identifier:
            local = networks[identifier.partition("/virtualnetworkpeerings/")[0]]
            remote = networks[properties["remoteVirtualNetwork"]["id"].lower()]
            if guid not in {xor_guid(one, other) for one in local for other in remote}:
                raise Mismatch(f"{side} resourceGuid {guid} is not the XOR of {local[-1]} and {remote[-1]}")


def _walk(body: object) -> list[Json]:
    """The resources in a body, outermost first."""
    if isinstance(body, list):
        return [found for each in body for found in _walk(each)]
    if not isinstance(body, dict):
        return []
    inner = [found for value in body.values() for found in _walk(value)]
    return [body, *inner] if "id" in body else inner
