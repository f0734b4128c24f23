"""The host put together: one worker, its triggers, and the web server in front."""

import asyncio
import logging
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from localazure.host import event_grid
from localazure.host.admin import Admin
from localazure.host.app_settings import connection_string, is_disabled, resolve
from localazure.host.event_grid import EventGridWebhook
from localazure.host.function import Function, unsupported_bindings
from localazure.host.host_json import QueueOptions, read_host_json
from localazure.host.http_trigger import HttpTriggers
from localazure.host.invoker import Invoker
from localazure.host.keys import Keys
from localazure.host.outputs import OutputBindings
from localazure.host.queue_trigger import QueueListener, QueueTrigger, Run
from localazure.host.queues import QueueStorage
from localazure.host.timer_trigger import TimerListener
from localazure.host.worker import AppNotIndexedError, Invocation, Worker

GRACE = 5.0
"""Seconds that running functions get to finish when the host is told to stop."""

_LARGEST_BODY = 100 * 1024 * 1024  # the host's own limit for requests
_log = logging.getLogger("localazure.host")

type Listener = QueueListener | TimerListener


@dataclass(frozen=True)
class HostConfig:
    """What the host is started with; port 0 picks a free one.

    Without `timers` another instance of the app runs them, as in Azure the one that holds their lock does.
    """

    app_dir: Path
    port: int
    settings: Mapping[str, str]
    keys: Keys
    timers: bool = True


class FunctionsHost:
    """An async context manager: inside it the functions are indexed, served and listening."""

    def __init__(self, config: HostConfig) -> None:
        self._config = config
        self._listeners: list[Listener] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._cleanup = AsyncExitStack()
        self.url = ""
        self.all_finished = True

    async def __aenter__(self) -> Self:
        config = self._config
        options = read_host_json(config.app_dir)
        self._storage = await self._cleanup.enter_async_context(QueueStorage(options.queues.message_encoding))
        worker = await Worker.start(config.app_dir)
        self._functions = _enabled(worker.functions, config.settings)
        outputs = OutputBindings(self._storage, config.settings)
        self._invoker = Invoker(worker, outputs, options.function_timeout)
        timers = {f.name: self._timer(f) for f in self._of_type("timerTrigger")}
        queues = [self._queue(f, options.queues) for f in self._of_type("queueTrigger")]
        self._admin = Admin(self._functions, timers, config.keys, self._invoker)
        self._http = HttpTriggers(self._functions.values(), options.route_prefix, config.keys, self._invoker)
        self._runner = await self._serve()
        self._listeners = [*queues, *(timers.values() if config.timers else ())]
        self._tasks = [asyncio.create_task(listener.run()) for listener in self._listeners]
        _log.info("%d functions are served on %s: %s", len(self._functions), self.url, ", ".join(self._functions))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop taking work and give what runs five seconds; `all_finished` says whether they were enough."""
        stops = [asyncio.ensure_future(listener.stop()) for listener in self._listeners]
        web_server = asyncio.ensure_future(self._runner.cleanup())
        running = {*stops, *self._tasks, *self._admin.running, web_server}
        _, late = await asyncio.wait(running, timeout=GRACE)
        for task in late:
            task.cancel()
        self.all_finished = not late
        await self._cleanup.aclose()

    async def failure(self) -> BaseException | None:
        """Wait until a listener ends, which only a fault of this host makes it do."""
        if not self._tasks:
            await asyncio.Event().wait()
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(iter(done)).exception()

    def _of_type(self, trigger_type: str) -> list[Function]:
        return [function for function in self._functions.values() if function.trigger.type == trigger_type]

    def _run(self, function: Function) -> Run:
        async def run(invocation: Invocation) -> bool:
            return (await self._invoker.invoke(function, invocation)).succeeded

        return run

    def _timer(self, function: Function) -> TimerListener:
        return TimerListener(function, self._config.settings, self._run(function))

    def _queue(self, function: Function, options: QueueOptions) -> QueueListener:
        binding = function.trigger
        trigger = QueueTrigger(
            binding.name,
            connection_string(binding.settings.get("connection", ""), self._config.settings),
            resolve(binding.settings["queueName"], self._config.settings),
        )
        return QueueListener(trigger, options, self._storage, self._run(function))

    async def _serve(self) -> web.AppRunner:
        app = web.Application(client_max_size=_LARGEST_BODY)
        webhook = EventGridWebhook(self._functions, self._config.keys, self._invoker)
        app.add_routes(self._admin.routes())
        app.router.add_route("*", event_grid.PATH, webhook.handle)
        app.router.add_get("/", _home)
        app.router.add_route("*", "/{tail:(?s:.*)}", self._http.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE)
        await runner.setup()
        listening = socket.create_server(("127.0.0.1", self._config.port))
        await web.SockSite(runner, listening).start()
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        return runner


def _enabled(functions: Mapping[str, Function], settings: Mapping[str, str]) -> dict[str, Function]:
    enabled = {name: function for name, function in functions.items() if not is_disabled(name, settings)}
    problems = unsupported_bindings(enabled.values())
    if problems:
        raise AppNotIndexedError("\n".join(problems))
    return enabled


async def _home(_request: web.Request) -> web.Response:
    return web.Response(text="Your Azure Function App is up and running.\n")
