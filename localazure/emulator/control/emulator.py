"""The control endpoint's part about ARM: request log, faults, latency and state."""

from __future__ import annotations

import json
from collections.abc import Callable

from aiohttp import web

from localazure.emulator.control.routes import ControlRoutes, Json
from localazure.emulator.counted_rules import InvalidRule
from localazure.emulator.emulator import Emulator
from localazure.emulator.latency_settings import LATENCY_MEMBERS, read_latency, view_latency
from localazure.emulator.networks.snapshot import UnreadableState


class EmulatorControl(ControlRoutes):
    """The requests of docs/local-azure.md that are about ARM. `changed` is called after the state was replaced."""

    invalid = "BadRequest"

    def __init__(self, emulator: Emulator, changed: Callable[[], None]) -> None:
        self._emulator = emulator
        self._changed = changed

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/requests", self._requests),
            web.get("/control/faults", self._get_faults),
            web.put("/control/faults", self._put_faults),
            web.post("/control/faults", self._post_fault),
            web.delete("/control/faults", self._delete_faults),
            web.get("/control/latency", self._get_latency),
            web.put("/control/latency", self._put_latency),
            web.get("/control/state", self._get_state),
            web.put("/control/state", self._put_state),
        ]

    async def _requests(self, request: web.Request) -> web.Response:
        return self._since(request, self._emulator.log.since)

    async def _get_faults(self, _request: web.Request) -> web.Response:
        return web.json_response(self._emulator.faults.view())

    async def _put_faults(self, request: web.Request) -> web.Response:
        return await self._take_faults(request, self._emulator.load_faults)

    async def _post_fault(self, request: web.Request) -> web.Response:
        return await self._take_faults(request, self._emulator.faults.add)

    async def _take_faults(self, request: web.Request, take: Callable[[object], None]) -> web.Response:
        try:
            take(json.loads(await request.read()))
        except (InvalidRule, ValueError) as error:
            return self._refused(str(error))
        self._emulator.settle()  # a rule that looks back begins now
        return web.json_response(self._emulator.faults.view())

    async def _delete_faults(self, _request: web.Request) -> web.Response:
        self._emulator.faults.load([])
        return web.json_response(self._emulator.faults.view())

    async def _get_latency(self, _request: web.Request) -> web.Response:
        return web.json_response(self._latency())

    async def _put_latency(self, request: web.Request) -> web.Response:
        latency = self._emulator.latency
        try:
            wanted = json.loads(await request.read())
            changed = read_latency(wanted, latency)
        except (ValueError, TypeError, AttributeError) as error:
            return self._refused(f"{error}: a JSON object with {LATENCY_MEMBERS} is expected.")
        vars(latency).update(vars(changed))
        self._emulator.settle()
        return web.json_response(self._latency())

    def _latency(self) -> Json:
        return view_latency(self._emulator.latency)

    async def _get_state(self, _request: web.Request) -> web.Response:
        return web.json_response(self._emulator.save())

    async def _put_state(self, request: web.Request) -> web.Response:
        try:
            self._emulator.load(json.loads(await request.read()))
        except (UnreadableState, ValueError, AttributeError) as error:
            return self._refused(str(error))
        self._changed()
        return web.Response(status=204)
