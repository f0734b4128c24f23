"""The control endpoint's part about storage: what stands behind the door, its faults, its log, and standing still."""

from __future__ import annotations

import json
from collections.abc import Callable

from aiohttp import web

from localazure.emulator.control.routes import ControlRoutes, Json
from localazure.emulator.counted_rules import InvalidRule
from localazure.emulator.storage import Door, UnusableStorage


class StorageControl(ControlRoutes):
    """The requests of docs/local-azure.md that are about storage, over one door."""

    invalid = "BadRequest"

    def __init__(self, door: Door) -> None:
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/storage", self._get),
            web.put("/control/storage", self._put),
            web.get("/control/storage/requests", self._requests),
            web.get("/control/storage/faults", self._get_faults),
            web.put("/control/storage/faults", self._put_faults),
            web.post("/control/storage/faults", self._post_fault),
            web.delete("/control/storage/faults", self._delete_faults),
            web.get("/control/storage/standstill", self._get_standstill),
            web.put("/control/storage/standstill", self._put_standstill),
        ]

    async def _get(self, _request: web.Request) -> web.Response:
        return web.json_response({"connectionString": self._door.connection_string})

    async def _put(self, request: web.Request) -> web.Response:
        try:
            wanted = json.loads(await request.read())
            await self._door.put_behind(str(wanted["connectionString"]))
        except (UnusableStorage, ValueError, TypeError, KeyError) as error:
            return self._refused(f"{error}: an object with connectionString is expected.")
        return await self._get(request)

    async def _requests(self, request: web.Request) -> web.Response:
        return self._since(request, self._door.log.since)

    async def _get_faults(self, _request: web.Request) -> web.Response:
        return web.json_response(self._door.rules.view())

    async def _put_faults(self, request: web.Request) -> web.Response:
        return await self._take(request, self._door.rules.load)

    async def _post_fault(self, request: web.Request) -> web.Response:
        return await self._take(request, self._door.rules.add)

    async def _delete_faults(self, _request: web.Request) -> web.Response:
        self._door.rules.load([])
        return web.json_response(self._door.rules.view())

    async def _take(self, request: web.Request, take: Callable[[object], None]) -> web.Response:
        try:
            take(json.loads(await request.read()))
        except (InvalidRule, ValueError) as error:
            return self._refused(str(error))
        return web.json_response(self._door.rules.view())

    async def _get_standstill(self, _request: web.Request) -> web.Response:
        return web.json_response(self._standstill())

    async def _put_standstill(self, request: web.Request) -> web.Response:
        try:
            seconds = float(json.loads(await request.read())["seconds"])
        except (ValueError, TypeError, KeyError):
            return self._refused("An object with seconds, a number, is expected.")
        self._door.stand_still(max(0.0, seconds))
        return web.json_response(self._standstill())

    def _standstill(self) -> Json:
        return {"seconds": round(max(0.0, self._door.still_seconds), 3)}
