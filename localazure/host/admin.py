"""The host's admin API: ping, status, the list of functions, and running one by hand."""

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from localazure.host.event_grid import event_invocation
from localazure.host.function import Function
from localazure.host.invoker import Invoker
from localazure.host.keys import Keys, presented_key
from localazure.host.protos import RpcHttp, TypedData
from localazure.host.timer_trigger import TimerListener
from localazure.host.worker import Invocation

VERSION = "4.1000.0"
"""What a 4.x host calls itself; the app may look at it, nothing here depends on it."""

type Handler = Callable[[web.Request], Awaitable[web.Response]]


class Admin:
    """Handlers of `/admin/...`. All but ping need the master key."""

    def __init__(self, functions: Mapping[str, Function], timers: Mapping[str, TimerListener], keys: Keys,
                 invoker: Invoker) -> None:  # fmt: skip
        self._functions = functions
        self._timers = timers
        self._keys = keys
        self._invoker = invoker
        self._started = time.monotonic()
        self.running: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.route("*", "/admin/host/ping", _ping),
            web.get("/admin/host/status", self._guarded(self._status)),
            web.get("/admin/functions", self._guarded(self._list)),
            web.get("/admin/functions/{name}", self._guarded(self._show)),
            web.post("/admin/functions/{name}", self._guarded(self._run)),
            web.route("*", "/admin/{tail:(?s:.*)}", self._guarded(_not_found)),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.Response:
            if not self._keys.is_master(presented_key(request)):
                return web.Response(status=401)
            return await handler(request)

        return guarded

    async def _status(self, _request: web.Request) -> web.Response:
        uptime = int((time.monotonic() - self._started) * 1000)
        status = {"id": "local", "state": "Running", "version": VERSION, "processUptime": uptime}
        return web.json_response({**status, "instanceId": str(uuid.getnode())})

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response([_metadata(function) for function in self._functions.values()])

    async def _show(self, request: web.Request) -> web.Response:
        function = self._functions.get(request.match_info["name"])
        return web.json_response(_metadata(function)) if function else web.Response(status=404)

    async def _run(self, request: web.Request) -> web.Response:
        function = self._functions.get(request.match_info["name"])
        if function is None:
            return web.Response(status=404)
        invocation = self._invocation(function, _input(await request.read()))
        task = asyncio.create_task(self._invoker.invoke(function, invocation))
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        return web.Response(status=202)

    def _invocation(self, function: Function, text: str) -> Invocation:
        name = function.trigger.name
        match function.trigger.type:
            case "timerTrigger":
                return self._timers[function.name].invocation(datetime.now(UTC))
            case "eventGridTrigger":
                return event_invocation(function, _event(text))
            case "queueTrigger":
                return Invocation(
                    inputs={name: TypedData(string=text)}, metadata={"QueueTrigger": TypedData(string=text)}
                )
            case _:
                body = TypedData(bytes=text.encode()) if text else None
                return Invocation(inputs={name: TypedData(http=RpcHttp(method="POST", body=body))})


async def _ping(_request: web.Request) -> web.Response:
    return web.Response()


async def _not_found(_request: web.Request) -> web.Response:
    return web.Response(status=404)


def _metadata(function: Function) -> dict[str, Any]:
    bindings = [dict(binding.settings) for binding in function.bindings]
    return {"name": function.name, "language": "python", "config": {"name": function.name, "bindings": bindings}}


def _input(body: bytes) -> str:
    """The `input` of `{"input": "..."}`; an empty body means none."""
    if not body:
        return ""
    try:
        value = json.loads(body).get("input") or ""
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError) as error:
        raise web.HTTPBadRequest(text='expected {"input": "..."}') from error
    return value if isinstance(value, str) else json.dumps(value)


def _event(text: str) -> dict[str, Any]:
    try:
        event = json.loads(text)
    except json.JSONDecodeError as error:
        raise web.HTTPBadRequest(text=f"the input of an Event Grid function is an event as JSON: {error}") from error
    if not isinstance(event, dict):
        raise web.HTTPBadRequest(text="the input of an Event Grid function is one event")
    return event
