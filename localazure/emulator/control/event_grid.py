"""The control endpoint's part about events: what was published, who is subscribed, what could not be delivered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from localazure.emulator.eventgrid import EventGrid


class EventGridControl:
    """The requests of docs/local-azure.md that are about events, over one EventGrid."""

    def __init__(self, grid: EventGrid) -> None:
        self._grid = grid

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/events", self.events),
            web.get("/control/deadletters", self.dead_letters),
            web.get("/control/subscriptions", self.subscriptions),
            web.get("/control/subscriptions/{name}", self.subscription),
            web.put("/control/subscriptions/{name}", self.subscribe),
            web.delete("/control/subscriptions/{name}", self.unsubscribe),
            web.get("/control/topics/{name}", self.topic),
            web.get("/control/topics/{name}/events", self.topic_events),
        ]

    async def events(self, request: web.Request) -> web.Response:
        return _since(request, self._grid.log.since)

    async def topic_events(self, request: web.Request) -> web.Response:
        return _since(request, self._grid.topics.log(request.match_info["name"]).since)

    async def topic(self, request: web.Request) -> web.Response:
        name = request.match_info["name"].lower()
        return web.json_response({"name": name, "key": self._grid.topics.key(name)})

    async def dead_letters(self, _: web.Request) -> web.Response:
        return web.json_response({"deadLetters": list(self._grid.dead_letters)})

    async def subscriptions(self, _: web.Request) -> web.Response:
        found = self._grid.subscriptions.values()
        return web.json_response({"subscriptions": [{**one.body, "name": one.name} for one in found]})

    async def subscription(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        found = self._grid.subscriptions.get(name)
        return web.json_response({**found.body, "name": name}) if found else _not_found(name)

    async def subscribe(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            created = name not in self._grid.subscriptions
            subscription = await self._grid.subscribe(name, await request.json())
        except (ValueError, TypeError, AttributeError) as error:  # the last two: JSON of another shape
            return _error(400, "InvalidRequest", f"Event subscription '{name}': {error}")
        return web.json_response({**subscription.body, "name": name}, status=201 if created else 200)

    async def unsubscribe(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if self._grid.subscriptions.pop(name, None) is None:
            return _not_found(name)
        return web.Response(status=200)


def _since(request: web.Request, read: Callable[[int], dict[str, Any]]) -> web.Response:
    try:
        number = int(request.query.get("since", 0))
    except ValueError:
        return _error(400, "InvalidRequest", f"since: '{request.query['since']}' is not a whole number")
    return web.json_response(read(number))


def _not_found(name: str) -> web.Response:
    return _error(404, "ResourceNotFound", f"There is no event subscription named '{name}'.")


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
