"""`python -m localazure up`: starts every part, tells when all are ready, and ends all of them.

Azurite and the emulator first, then the host, which is told where they are; then what a deployment would do (queues,
event subscriptions); then the ready file. From there on it watches: a host that dies is started again, as the platform
would do; if another part dies, nothing of use is left and all is ended.
"""

import asyncio
import logging
import os
import sys
import time

import aiohttp

from localazure.client.ready import Ready, is_of_another
from localazure.emulator.identity import OWNER_CLIENT_ID
from localazure.up.app_settings import Endpoints, Secrets, app_settings, write_settings
from localazure.up.deployment import App, introduce, through_the_door
from localazure.up.front import front
from localazure.up.hosts import Hosts, Instance
from localazure.up.invitation import invite
from localazure.up.options import CORE_TOOLS_PORT, ROOT, Options, Ports, Scenario
from localazure.up.parts import start_ground, start_host
from localazure.up.process import Parts

_log = logging.getLogger("localazure.up")


class PartDied(RuntimeError):
    """Azurite or the emulator ended by itself; the message names its log."""


class LocalAzure:
    """One run of `up`."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._more_settings = options.more_settings
        self._scenario = Scenario.named(options.scenario)
        self._ports = Ports.choose(options.port_base)
        self._keys = Secrets()
        self._parts = Parts(ROOT / ".local" / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
        self._started = time.monotonic()
        self._told = False
        self._apps: list[str] = []

    async def run(self) -> None:
        """Start, tell, and watch until cancelled.

        Raises:
            StartError, SubscriptionError, PartDied: nothing is left running.
        """
        self._forget_ready()
        try:
            async with self._parts, aiohttp.ClientSession(trust_env=False) as http:
                ground = await start_ground(self._parts, self._options, self._ports, self._scenario)
                endpoints = await through_the_door(ground, http)
                async with asyncio.TaskGroup() as watch:
                    watch.create_task(self._must_live("azurite"))
                    watch.create_task(self._must_live("emulator"))
                    watch.create_task(self._app(endpoints, http))
        except ExceptionGroup as failures:  # of a task group: the first one says what went wrong
            raise failures.exceptions[0] from None
        finally:
            if self._told:
                self._forget_ready()

    async def _must_live(self, part: str) -> None:
        raise PartDied(await self._parts.end_of(part))

    async def _app(self, endpoints: Endpoints, http: aiohttp.ClientSession) -> None:
        settings = {**app_settings(endpoints, self._scenario.catalogue), **self._more_settings}
        if self._options.no_app:
            await self._leave_app_to_core_tools(endpoints, settings, http)
        else:
            await self._serve_app(endpoints, settings, http)

    async def _serve_app(self, endpoints: Endpoints, settings: dict[str, str], http: aiohttp.ClientSession) -> None:
        write_settings(self._parts.folder / "local.settings.json", settings)
        hosts = Hosts(self._parts, self._start_host, self._options.instances, self._ports.app)
        self._apps = await hosts.start()
        async with front(self._apps, self._ports.app) as url:
            app = App(url, self._keys.master_key, self._keys.event_grid_key, settings)
            await introduce(app, endpoints.local, http)
            self._tell(endpoints, url)
            if self._options.invite:
                sys.stdout.write(await invite(self._ready(endpoints, url), self._parts.folder))
                sys.stdout.flush()
            await hosts.keep_alive(lambda: self._write_ready(endpoints, url))

    async def _start_host(self, instance: Instance) -> str:
        settings = self._parts.folder / "local.settings.json"
        return await start_host(self._parts, self._options, instance, settings, self._keys)

    async def _leave_app_to_core_tools(
        self, endpoints: Endpoints, settings: dict[str, str], http: aiohttp.ClientSession
    ) -> None:
        """`func start` asks for no keys on loopback. Its app is introduced as soon as it answers."""
        write_settings(self._options.app_dir / "local.settings.json", settings)
        port = self._ports.app if self._options.port_base else CORE_TOOLS_PORT
        app = App(f"http://127.0.0.1:{port}", "", "", settings)
        self._tell(endpoints, app.url)
        while True:
            try:
                count = await introduce(app, endpoints.local, http)
            except aiohttp.ClientError:
                await asyncio.sleep(1)
                continue
            _log.info("The app on %s answers; %d of its functions get events.", app.url, count)
            await asyncio.Event().wait()

    def _tell(self, endpoints: Endpoints, app_url: str) -> None:
        self._write_ready(endpoints, app_url)
        port = app_url.rpartition(":")[2]
        key = f"function key {self._keys.function_key}"
        hint = f"to be started: func start --port {port}" if self._options.no_app else key
        sys.stdout.write(
            f"The local Azure is ready after {time.monotonic() - self._started:.1f} s. Ctrl-C ends it.\n"
            f"  page  {endpoints.local}/\n"
            f"  ARM   {endpoints.arm}  (CA {endpoints.ca})\n"
            f"  app   {app_url}  ({hint})\n"
            f"  hubs  {', '.join(self._scenario.hubs)}\n"
            f"  logs  {self._parts.folder}\n"
        )
        sys.stdout.flush()

    def _write_ready(self, endpoints: Endpoints, app_url: str) -> None:
        if not self._options.ready_file:
            return
        self._ready(endpoints, app_url).write(self._options.ready_file)
        self._told = True

    def _ready(self, endpoints: Endpoints, app_url: str) -> Ready:
        return Ready(
            arm=endpoints.arm,
            ca=endpoints.ca,
            authority=endpoints.arm,
            app=app_url,
            apps=self._apps or [app_url],
            appKey="" if self._options.no_app else self._keys.function_key,
            storage=endpoints.storage,
            appStorage=endpoints.app_storage,
            page=f"{endpoints.local}/",
            hubs=self._scenario.hubs,
            pids={"up": os.getpid(), **self._parts.pids},
            tenant=self._scenario.tenant,
            subscription=self._scenario.subscription,
            clientId=OWNER_CLIENT_ID,
            local=endpoints.local,
        )

    def _forget_ready(self) -> None:
        """A ready file of an earlier run, or of this one at its end, would promise what is not there.

        That of another that still runs keeps its promise.
        """
        file = self._options.ready_file
        if file and not is_of_another(file):
            file.unlink(missing_ok=True)
