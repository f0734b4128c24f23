"""The app's instances: one host process each, over one storage, and started again whenever it ends."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from localazure.up.process import Parts, StartError

_log = logging.getLogger("localazure.up")


@dataclass(frozen=True, kw_only=True)
class Instance:
    """What a host is started with. Port 0 picks a free one, which it keeps from then on."""

    part: str
    port: int = 0
    timers: bool = False


type Start = Callable[[Instance], Awaitable[str]]
"""Starts the host of an instance; answers its base URL."""


class Hosts:
    """`count` instances: `host`, `host-2`, `host-3` and so on, in the ready file and in the names of logs.

    The first one has the timers, as in Azure the one that holds the lock of a timer has it. A single one listens on
    `port`; several are behind a front that does.
    """

    def __init__(self, parts: Parts, start: Start, count: int, port: int) -> None:
        self._parts = parts
        self._start = start
        first = Instance(part="host", port=port if count == 1 else 0, timers=True)
        self._instances = [first, *(Instance(part=f"host-{number}") for number in range(2, count + 1))]

    async def start(self) -> list[str]:
        """Start them, one after another; their base URLs.

        Raises:
            StartError: the log of the one that failed is named.
        """
        urls = [await self._start(instance) for instance in self._instances]
        # One that is started again must keep its port: an event subscription, or the front, has its address.
        self._instances = [
            replace(instance, port=int(url.rpartition(":")[2]))
            for instance, url in zip(self._instances, urls, strict=True)
        ]
        return urls

    async def keep_alive(self, started: Callable[[], None]) -> None:
        """Until cancelled. `started` is called after each new start."""
        await asyncio.gather(*(self._keep(instance, started) for instance in self._instances))

    async def _keep(self, instance: Instance, started: Callable[[], None]) -> None:
        pauses = Pauses()
        while True:
            began = time.monotonic()
            end = await self._parts.end_of(instance.part)
            pause = pauses.after(time.monotonic() - began)
            _log.warning("%s. It is started again%s.", end, f" in {pause:.1f} s" if pause else "")
            await asyncio.sleep(pause)
            with suppress(StartError):  # its log says why; the next round tries again
                await self._start(instance)
                started()


class Pauses:
    """How long to wait before a restart: not at all after a long life, ever longer after short ones."""

    LONG_LIFE = 30.0
    LONGEST = 10.0

    def __init__(self) -> None:
        self._short_lives = 0

    def after(self, lifetime: float) -> float:
        """Seconds to wait, given the seconds it lived."""
        if lifetime > self.LONG_LIFE:
            self._short_lives = 0
            return 0.0
        self._short_lives += 1
        return min(self.LONGEST, 2.0 ** (self._short_lives - 1) - 1)  # 0, 1, 3, 7, …
