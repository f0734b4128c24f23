"""A local Azure to measure on, and what is asked of it: tags are written, records and ARM's log are read."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench import processes
from bench.ground import WARM_UP, write_scenario
from bench.lone import Lone, lone_client
from localazure.client.arm import ArmClient
from localazure.client.ready import Ready
from localazure.client.stage import stage
from localazure.emulator.identity import object_id_of
from localazure.up.app_settings import APP_CLIENT_ID

type Json = dict[str, Any]

_APP = object_id_of(APP_CLIENT_ID)
_AT_ONCE = 8
_OTHERS = {"up", "azurite", "emulator"}


@dataclass(frozen=True)
class Site:
    """The clients of one local Azure. `file` is its ready file: the app's processes may be others by now."""

    ready: Ready
    file: Path
    arm: ArmClient
    app: httpx.AsyncClient
    control: httpx.AsyncClient
    lone: Lone

    async def warm_up(self) -> None:
        """Connect one spoke of a hub that nothing is measured on. Cold start is a row of its own."""
        wishes, since = dict([WARM_UP]), await self.mark()
        await self.tag(wishes)
        await self.until_connected(wishes, since, 60)
        await self.quiet(1.0)

    async def tag(self, wishes: Mapping[str, str]) -> float:
        """Write the tag of each network, some at once. Returns when the first was begun, in seconds since 1970."""
        began = time.time()
        await at_once(self.arm.merge_tags(network, {"hub": hub}) for network, hub in wishes.items())
        return began

    async def connected(self, hub: str) -> list[Json]:
        """The records at the hub that say Connected."""
        answer = await self.app.get("/api/peerings", params={"hub": hub, "state": "Connected", "size": 1000})
        found: list[Json] = answer.raise_for_status().json()["value"]
        return found

    async def until_connected(self, wishes: Mapping[str, str], since: int, longest: float) -> list[Json]:
        """The records, once there is one for each wish; raises after `longest` seconds.

        As long as not everything has been written ARM's log is asked, and not the app: it has other things to do.
        """
        end, hubs = time.monotonic() + longest, sorted(set(wishes.values()))
        found: list[Json] = []
        written = 0
        while time.monotonic() < end:
            since, asked = await self._requests(since)
            written += len(halves_written(asked))
            if written >= 2 * len(wishes):
                found = [row for hub in hubs for row in await self.connected(hub)]
                found = [row for row in found if row["spoke"] in wishes]
                if len(found) == len(wishes):
                    return found
            await asyncio.sleep(0.5)
        raise RuntimeError(f"{len(found)} of {len(wishes)} networks are recorded as connected after {longest:.0f} s.")

    async def mark(self) -> int:
        """Where ARM's log stands now."""
        return int((await self._get("/control/requests?since=999999999"))["next"])

    async def requests(self, since: int) -> list[Json]:
        """What the app has asked of ARM since a mark."""
        return (await self._requests(since))[1]

    async def _requests(self, since: int) -> tuple[int, list[Json]]:
        """Where to go on, and the app's requests up to there."""
        log = await self._get(f"/control/requests?since={since}")
        return int(log["next"]), [entry for entry in log["requests"] if entry["caller"] == _APP]

    async def quiet(self, seconds: float = 2.0) -> None:
        """Wait until the app asks nothing of ARM for so long."""
        seen = -1
        while (now := await self.mark()) != seen:
            seen = now
            await asyncio.sleep(seconds)

    async def events(self, since: int) -> list[Json]:
        found: list[Json] = (await self._get(f"/control/events?since={since}"))["events"]
        return found

    async def event_mark(self) -> int:
        return int((await self._get("/control/events?since=999999999"))["next"])

    async def announced(self) -> list[str]:
        """The types of the outcomes that the app has told of so far: `Autopeer.Spoke.<state>`."""
        return [event["type"] for event in (await self._get("/control/topics/outcomes/events"))["events"]]

    async def put(self, path: str, body: object) -> None:
        (await self.control.put(path, json=body)).raise_for_status()

    async def _get(self, path: str) -> Json:
        document: Json = (await self.control.get(path)).raise_for_status().json()
        return document

    def memory(self) -> float:
        """MB in the processes of the app."""
        return processes.memory(self._app_pids())

    def highest_memory(self) -> float:
        return processes.highest_memory(self._app_pids())

    def _app_pids(self) -> list[int]:
        return [pid for name, pid in Ready.read(self.file).pids.items() if name not in _OTHERS]


async def at_once(calls: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All of them, some at a time."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def through(call: Coroutine[Any, Any, None]) -> None:
        async with gate:
            await call

    await asyncio.gather(*map(through, calls))


def halves_written(requests: Iterable[Json]) -> list[Json]:
    """The writes and removals of halves among these requests."""
    writes = (entry for entry in requests if entry["method"] in {"PUT", "DELETE"})
    return [entry for entry in writes if "/virtualnetworkpeerings/" in entry["path"].lower()]


@asynccontextmanager
async def site(
    latency: str, *, hubs: int = 1, spokes: int = 0, quiet: int = 0, rivals: Mapping[str, int] | None = None
) -> AsyncIterator[Site]:
    """`rivals` by name, each with the number of spokes on its own hub."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = write_scenario(Path(folder) / "scenario", hubs, spokes, quiet, rivals)
        file = Path(folder) / "ready.json"
        async with (
            stage("--scenario", str(scenario), "--latency", latency, ready_file=file) as ready,
            ArmClient(ready) as arm,
            _client(ready.app, {"x-functions-key": ready.appKey}) as app,
            _client(ready.local) as control,
            lone_client(ready) as lone,
        ):
            yield Site(ready, file, arm, app, control, lone)


def _client(base: str, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=base, headers=headers, timeout=60, trust_env=False)
