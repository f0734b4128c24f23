"""The two servers of one emulator: ARM over https with a certificate of its own CA, and `local` over http."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web
from aiohttp.typedefs import Middleware

from localazure.emulator import page
from localazure.emulator.arm_server import ArmServer
from localazure.emulator.control.access import AccessControl
from localazure.emulator.control.emulator import EmulatorControl
from localazure.emulator.control.event_grid import EventGridControl
from localazure.emulator.control.storage import StorageControl
from localazure.emulator.control.switches import SwitchControl
from localazure.emulator.emulator import Emulator
from localazure.emulator.eventgrid import EventGrid
from localazure.emulator.identity import OWNER_CLIENT_ID, Authority
from localazure.emulator.latency import Latency
from localazure.emulator.own_host import own_host
from localazure.emulator.storage import Door

_MAX_BODY = 256 * 1024 * 1024  # a saved state of ten thousand networks is large

# The public names too, for clients that reach the emulator through a CONNECT proxy on loopback.
_NAMES = ("127.0.0.1", "localhost", "management.azure.com", "login.microsoftonline.com")


@dataclass(frozen=True)
class Settings:
    """Ports of 0 are picked by the system; `ca_file` is written."""

    tenant: str
    ca_file: Path
    arm_port: int = 0
    local_port: int = 0


class EmulatorServer:
    """Starts and stops one emulator. `clock` gives seconds since the epoch."""

    def __init__(self, settings: Settings, latency: Latency, clock: Callable[[], float]) -> None:
        self._settings = settings
        self.authority = Authority(settings.tenant)
        self.event_grid = EventGrid(self.authority)
        self.emulator = Emulator(settings.tenant, clock, self.event_grid.publish, latency)
        self.emulator.estate.access.owners = [self.authority.object_id_of(OWNER_CLIENT_ID)]
        self.storage = Door(self.emulator.now_text)
        self.arm_url = ""
        self.local_url = ""
        self._arm = ArmServer(self.emulator, self.authority)
        self._runners: list[web.AppRunner] = []

    async def start(self) -> None:
        """Bind both servers to loopback and write the CA's certificate."""
        await self.event_grid.start()
        arm = _application([*self.authority.arm_routes(), *self.event_grid.arm_routes(), *self._arm.routes()])
        local = _application(
            [
                *self.authority.local_routes(),
                *EventGridControl(self.event_grid).routes(),
                *EmulatorControl(self.emulator, self._arm.wake_when_due).routes(),
                *AccessControl(self.emulator.estate).routes(),
                *SwitchControl(self.emulator.estate.switches).routes(),
                *StorageControl(self.storage).routes(),
                *self._arm.local_routes(lambda: self.arm_url),
                *page.routes(self.emulator.view, self.event_grid),
            ],
            own_host,
        )
        arm_port = await self._serve(arm, self._settings.arm_port, self._certificate())
        local_port = await self._serve(local, self._settings.local_port, None)
        self.arm_url = f"https://127.0.0.1:{arm_port}"
        self.local_url = f"http://127.0.0.1:{local_port}"
        self.authority.base_url = self.arm_url
        self._arm.wake_when_due()

    def ready_line(self) -> str:
        """What the process prints when it listens."""
        ready: dict[str, Any] = {
            "arm": self.arm_url,
            "local": self.local_url,
            "ca": str(self._settings.ca_file),
            "identityHeader": self.authority.identity_header,
        }
        return json.dumps(ready)

    async def close(self) -> None:
        self._arm.close()
        await self.event_grid.close()
        await self.storage.close()
        for runner in self._runners:
            await runner.cleanup()

    async def _serve(self, application: web.Application, port: int, tls: ssl.SSLContext | None) -> int:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
        await runner.setup()
        self._runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls)
        await site.start()
        return int(runner.addresses[0][1])

    def _certificate(self) -> ssl.SSLContext:
        authority = trustme.CA(organization_name="Local Azure", organization_unit_name="emulator")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(*_NAMES).configure_cert(context)
        authority.cert_pem.write_to_path(str(self._settings.ca_file))
        return context


def _application(routes: list[web.RouteDef], *middlewares: Middleware) -> web.Application:
    application = web.Application(client_max_size=_MAX_BODY, middlewares=middlewares)
    application.add_routes(routes)
    return application
