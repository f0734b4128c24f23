"""The bare script that times are held against: one client alone, a write at a time, each polled as ARM says.

It writes halves between networks of its own on the same local Azure, right before and right after what is measured,
so a machine that is slow or busy is so for both.
"""

import asyncio
import itertools
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from bench.figure import Disturbance, median
from bench.ground import BARE, BARE_SPOKES, bare_id
from localazure.client.arm import NETWORK_API, fetch_token
from localazure.client.ready import Ready

_LOOSE = 1.15


@dataclass
class Pace:
    """Seconds of each write to the hub, and of each to a spoke, as the script saw them."""

    to_hub: list[float] = field(default_factory=list)
    to_spoke: list[float] = field(default_factory=list)

    @property
    def hub(self) -> float:
        return median(self.to_hub)

    @property
    def spoke(self) -> float:
        return median(self.to_spoke)

    def floor(self, hub_writes: int) -> float:
        """Seconds of so many writes to a hub in a row and one to a spoke."""
        return hub_writes * self.hub + self.spoke

    @property
    def unsteady(self) -> Disturbance | None:
        """The script itself was not equally fast before and after."""
        half = len(self.to_hub) // 2
        halves = sorted(median(each) for each in (self.to_hub[:half], self.to_hub[half:]) if each)
        if len(halves) == 2 and halves[1] > halves[0] * _LOOSE:
            what = f"load, a bare write took {halves[0]:.2f} s and at other times {halves[1]:.2f} s"
            return Disturbance(what, halves[1] / halves[0])
        return None


class Lone:
    """One client with a connection of its own."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._numbers = itertools.count()

    async def pairs(self, count: int, pace: Pace) -> None:
        """Make so many pairs, one after another, and put down how long each half took."""
        for _ in range(count):
            spoke = bare_id(self._next())
            pace.to_hub.append(await self.write(BARE, spoke))
            pace.to_spoke.append(await self.write(spoke, BARE))

    def _next(self) -> int:
        number = next(self._numbers)
        if number >= BARE_SPOKES:
            raise RuntimeError(f"The bare script has {BARE_SPOKES} networks, and is asked for one more.")
        return number

    async def write(self, local: str, remote: str) -> float:
        """Seconds until ARM says that the half is made.

        Raises:
            RuntimeError: ARM refused it, or its operation ended otherwise.
        """
        began = time.monotonic()
        name = f"to-{remote.rpartition('/')[2]}"
        body = {"properties": {"remoteVirtualNetwork": {"id": remote}, "allowVirtualNetworkAccess": True}}
        answer = await self._http.put(
            f"{local}/virtualNetworkPeerings/{name}", params={"api-version": NETWORK_API}, json=body
        )
        if answer.is_error:
            raise RuntimeError(f"The bare script's write was refused: {answer.status_code} {answer.text}")
        await self._ended(answer)
        return time.monotonic() - began

    async def _ended(self, answer: httpx.Response) -> None:
        operation = answer.headers.get("azure-asyncoperation")
        while operation:
            await asyncio.sleep(_wait(answer))
            answer = (await self._http.get(operation)).raise_for_status()
            status = answer.json()["status"]
            if status == "Succeeded":
                return
            if status != "InProgress":
                raise RuntimeError(f"The bare script's write ended with {answer.text}")


def _wait(answer: httpx.Response) -> float:
    """Seconds that ARM says to wait."""
    milliseconds = answer.headers.get("x-ms-retry-after-ms")
    return int(milliseconds) / 1000 if milliseconds else float(answer.headers.get("retry-after", 0))


@asynccontextmanager
async def lone_client(ready: Ready) -> AsyncIterator[Lone]:
    tls = ssl.create_default_context(cafile=ready.ca)
    async with httpx.AsyncClient(base_url=ready.arm, verify=tls, timeout=30, trust_env=False) as http:
        http.headers["Authorization"] = f"Bearer {await fetch_token(http, ready)}"
        yield Lone(http)
