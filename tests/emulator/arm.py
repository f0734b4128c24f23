"""ARM asked directly over https: for what a test must see on the wire."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from localazure.emulator.latency import Mode
from localazure.emulator.scenario import seed
from localazure.emulator.server import EmulatorServer
from tests.emulator.running import SteppedClock, https_client, running

type Json = dict[str, Any]

API_VERSION = "2024-07-01"
"""One that the network provider has, and ARM itself."""


@dataclass(frozen=True)
class Answer:
    """Header names are lower-cased; `body` is None when there was none."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


class Arm:
    """One emulator, its clock, and a client that is trusted."""

    def __init__(self, server: EmulatorServer, clock: SteppedClock, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.clock = clock
        self._session = session
        self._token = server.authority.issue()

    def given(self, *resources: Json) -> None:
        seed(self.server.emulator.estate, list(resources))

    async def ask(self, method: str, url: str, body: object = None, **headers: str) -> Answer:
        """Ask ARM for a path, or for an absolute URL it gave; an api-version is added where there is none."""
        if "api-version=" not in url:
            url += ("&" if "?" in url else "?") + f"api-version={API_VERSION}"
        return await self.ask_exactly(method, url, body, Authorization=f"Bearer {self._token}", **headers)

    async def ask_exactly(self, method: str, url: str, body: object = None, **headers: str) -> Answer:
        """Nothing is added: no token, no api-version."""
        absolute = url if url.startswith("http") else self.server.arm_url + url
        sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._session.request(method, absolute, data=sent, headers=named) as response:
            text = await response.text()
            found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, found, json.loads(text) if text.strip() else None)

    async def control(self, method: str, path: str, body: object = None) -> Answer:
        return await self.ask_exactly(method, self.server.local_url + path, body)

    async def operations(self) -> list[str]:
        """The operation names of the events published so far, in order."""
        events = (await self.control("GET", "/control/events")).body["events"]
        return [each["data"]["operationName"] for each in events]


@asynccontextmanager
async def arm_of(folder: Path, mode: Mode) -> AsyncIterator[Arm]:
    clock = SteppedClock()
    async with running(folder, mode, clock) as server, https_client(folder) as session:
        yield Arm(server, clock, session)
