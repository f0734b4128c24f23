"""The control endpoint's part about events: what was published, who is subscribed, what could not be delivered."""

from __future__ import annotations

from aiohttp import web

from localazure.emulator.control.routes import ControlRoutes
from localazure.emulator.eventgrid import EventGrid


class EventGridControl(ControlRoutes):
    """The requests of docs/local-azure.md that are about events, over one EventGrid."""

    invalid = "InvalidRequest"

    def __init__(self, grid: EventGrid) -> None:
        self._grid = grid

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/events", self._events),
            web.get("/control/deadletters", self._dead_letters),
            web.get("/control/subscriptions", self._subscriptions),
            web.get("/control/subscriptions/{name}", self._subscription),
            web.put("/control/subscriptions/{name}", self._subscribe),
            web.delete("/control/subscriptions/{name}", self._unsubscribe),
            web.get("/control/topics/{name}", self._topic),
            web.get("/control/topics/{name}/events", self._topic_events),
        ]

    async def _events(self, request: web.Request) -> web.Response:
        return self._since(request, self._grid.log.since)

    async def _topic_events(self, request: web.Request) -> web.Response:
        return self._since(request, self._grid.topics.log(request.match_info["name"]).since)

    async def _topic(self, request: web.Request) -> web.Response:
        name = request.match_info["name"].lower()
        return web.json_response({"name": name, "key": self._grid.topics.key(name)})

    async def _dead_letters(self, _: web.Request) -> web.Response:
        return web.json_response({"deadLetters": list(self._grid.dead_letters)})

    async def _subscriptions(self, _: web.Request) -> web.Response:
        found = self._grid.subscriptions.values()
        return web.json_response({"subscriptions": [{**one.body, "name": one.name} for one in found]})

    async def _subscription(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        found = self._grid.subscriptions.get(name)
        return web.json_response({**found.body, "name": name}) if found else self._no_subscription(name)

    async def _subscribe(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            created = name not in self._grid.subscriptions
            subscription = await self._grid.subscribe(name, await request.json())
        except (ValueError, TypeError, AttributeError) as error:  # the last two: JSON of another shape
            return self._refused(f"Event subscription '{name}': {error}")
        return web.json_response({**subscription.body, "name": name}, status=201 if created else 200)

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if self._grid.subscriptions.pop(name, None) is None:
            return self._no_subscription(name)
        return web.Response(status=200)

    def _no_subscription(self, name: str) -> web.Response:
        return self._not_found(f"There is no event subscription named '{name}'.")
