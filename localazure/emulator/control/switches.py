"""The control endpoint's part about the switches."""

from __future__ import annotations

import json

from aiohttp import web

from localazure.emulator.control.routes import ControlRoutes
from localazure.emulator.switches import InvalidSwitch, Switches


class SwitchControl(ControlRoutes):
    """`/control/switches`: what can be had either way, and how it stands."""

    invalid = "BadRequest"

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/switches", self._get),
            web.put("/control/switches", self._put),
            web.delete("/control/switches", self._delete),
        ]

    async def _get(self, _request: web.Request) -> web.Response:
        return web.json_response(self._switches.view())

    async def _put(self, request: web.Request) -> web.Response:
        try:
            wanted = json.loads(await request.read())
            if not isinstance(wanted, dict):
                raise InvalidSwitch('A JSON object of names and values is expected: {"roles": "on"}.')
            self._switches.change(wanted)
        except ValueError as error:
            return self._refused(str(error))
        return web.json_response(self._switches.view())

    async def _delete(self, _request: web.Request) -> web.Response:
        self._switches.reset()
        return web.json_response(self._switches.view())
