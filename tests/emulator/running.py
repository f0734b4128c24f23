"""Emulators for tests: in this process, on loopback, with a clock that only tests move."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from localazure.emulator.latency import Latency, Mode
from localazure.emulator.server import EmulatorServer, Settings

TENANT = "2d7cd011-1111-4111-8111-111111111111"


class SteppedClock:
    """Seconds since the epoch that stand still until a test moves them."""

    def __init__(self, now: float = 1_600_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def step(self, seconds: float) -> None:
        self.now += seconds

    def step_to(self, moment: float) -> None:
        self.now = max(self.now, moment)


@asynccontextmanager
async def running(folder: Path, mode: Mode, clock: SteppedClock) -> AsyncIterator[EmulatorServer]:
    """A started emulator; its CA's certificate is in `folder`."""
    server = EmulatorServer(Settings(TENANT, folder / "ca.pem"), Latency(mode), clock)
    try:
        await server.start()
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def https_client(folder: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that trusts the emulator's CA and nothing else."""
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
        yield session
