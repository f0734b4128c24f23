"""The control endpoint's part about who may do what: all that ARM's clients cannot write themselves."""

from __future__ import annotations

import json

from aiohttp import web

from localazure.emulator.control.routes import ControlRoutes
from localazure.emulator.networks.estate import Estate


class AccessControl(ControlRoutes):
    """`/control/access`: owners, the directory, how slowly roles spread, deny assignments, policies."""

    invalid = "BadRequest"

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/control/access", self._get), web.put("/control/access", self._put)]

    async def _get(self, _request: web.Request) -> web.Response:
        return web.json_response(self._estate.access.settings())

    async def _put(self, request: web.Request) -> web.Response:
        try:
            wanted = json.loads(await request.read())
            self._estate.access.change(dict(wanted))
        except (ValueError, TypeError) as error:
            return self._refused(str(error))
        return web.json_response(self._estate.access.settings())
