"""Several instances of the app at one queue, as in Azure when there is much to do: a hub still has one writer."""

import asyncio
import os
import re
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from localazure.client.ready import Ready
from localazure.client.stage import stage
from tests.e2e.estate import hub_id, write_scenario
from tests.e2e.town import Town, visit, vnet_id

_HUBS = [f"h{number}" for number in range(6)]
_SPOKES = {vnet_id(f"{hub}-{place}"): hub for hub in _HUBS for place in range(8)}
_INSTANCES = ("host", "host-2", "host-3")
_LEASE = 15  # seconds; the shortest that Blob storage gives
_WRITE_TAKES = 0.5  # seconds, of a half in `fast`
_ON_TIME = 5.0  # seconds between two writes to a hub; with its holder alive there is none so long
_LONGEST = 90.0

type Served = dict[str, Any]


@asynccontextmanager
async def three_instances(folder: Path) -> AsyncIterator[tuple[Path, Town]]:
    """The ready file and the town. No spoke is tagged."""
    hubs = {hub: f"10.0.{number}.0/24" for number, hub in enumerate(_HUBS)}
    networks = {spoke: f"10.64.{number}.0/24" for number, spoke in enumerate(_SPOKES)}
    scenario = write_scenario(folder / "scenario", hubs, networks)
    setting = f"--setting=AUTOPEER_LEASE_SECONDS={_LEASE}"
    options = ("--scenario", str(scenario), "--latency", "fast", "--instances", str(len(_INSTANCES)), setting)
    file = folder / "ready.json"
    async with stage(*options, ready_file=file) as ready, visit(ready) as town:
        yield file, town


@pytest.mark.long
async def test_three_instances_share_the_work_and_no_hub_is_written_to_by_two(tmp_path: Path) -> None:
    async with three_instances(tmp_path) as (_, town):
        assert set(town.ready.pids) == {"up", "azurite", "emulator", *_INSTANCES}
        assert len({town.ready.app, *town.ready.apps}) == 1 + len(_INSTANCES)
        await asyncio.gather(*(town.arm.merge_tags(spoke, {"hub": hub}) for spoke, hub in _SPOKES.items()))
        await _until(town, {"Connected": len(_SPOKES)})
        log = await _log_of(town)
        assert [_faults(log, hub) for hub in _HUBS] == [[]] * len(_HUBS)
        await asyncio.gather(*(_is_a_pair(town, spoke) for spoke in _SPOKES))
        for instance in _INSTANCES:
            ran = _functions_run_by(town.ready, instance)
            assert {"on_network_event", "on_request"} <= ran.keys(), (instance, ran)


@pytest.mark.long
async def test_an_instance_that_is_killed_is_replaced_by_the_others(tmp_path: Path) -> None:
    """It alone is awake when all is asked for, so it holds the hubs when it dies: they go on when its leases lapse."""
    async with three_instances(tmp_path) as (file, town):
        url, pid = town.ready.apps[1], town.ready.pids["host-2"]
        async with _asleep(town.ready.pids["host"], town.ready.pids["host-3"]), _client(town, url) as alone:
            await asyncio.gather(*(_ask(alone, spoke) for spoke in _SPOKES))
            await _until_all_are_begun(town, alone)
            os.kill(pid, signal.SIGKILL)
        await _until(town, {"Connected": len(_SPOKES)})
        log = await _log_of(town)
        assert [_faults(log, hub) for hub in _HUBS] == [[]] * len(_HUBS)
        assert any(gap > _ON_TIME for hub in _HUBS for gap in _gaps(log, hub)), "it held no hub: nothing was shown"
        await asyncio.gather(*(_is_a_pair(town, spoke) for spoke in _SPOKES))
        assert Ready.read(file).pids["host-2"] != pid
        async with _client(town, url) as again:
            assert (await again.get("/")).is_success


@asynccontextmanager
async def _asleep(*pids: int) -> AsyncIterator[None]:
    """The processes stand still meanwhile."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _client(town: Town, url: str) -> httpx.AsyncClient:
    """For one instance, past the front."""
    return httpx.AsyncClient(base_url=url, headers=town.app.headers, timeout=30, trust_env=False)


async def _ask(app: httpx.AsyncClient, spoke: str) -> None:
    (await app.post("/api/peerings", json={"spoke": spoke, "hub": _SPOKES[spoke]})).raise_for_status()


async def _states(app: httpx.AsyncClient) -> Counter[str]:
    """Of the records of all hubs."""
    states = Counter[str]()
    for hub in _HUBS:
        page = (await app.get("/api/peerings", params={"hub": hub})).raise_for_status().json()
        states.update(row["state"] for row in page["value"])
    return states


async def _until(town: Town, wanted: dict[str, int]) -> None:
    end, seen = time.monotonic() + _LONGEST, Counter[str]()
    while time.monotonic() < end:
        if (seen := await _states(town.app)) == wanted:
            return
        await asyncio.sleep(0.25)
    raise AssertionError(f"{seen}, not {wanted}")


async def _until_all_are_begun(town: Town, app: httpx.AsyncClient) -> None:
    """Each spoke has its row and each hub was written to: alarms are on their way, no message is needed any more."""
    async with asyncio.timeout(_LONGEST):
        while (await _states(app)).total() < len(_SPOKES):
            await asyncio.sleep(0.05)
        while (log := await _log_of(town)) and not all(_writes(log, hub) for hub in _HUBS):
            await asyncio.sleep(0.05)


async def _log_of(town: Town) -> list[Served]:
    log: list[Served] = (await town.get("/control/requests"))["requests"]
    return log


def _writes(log: Iterable[Served], hub: str) -> list[Served]:
    return [
        entry
        for entry in log
        if entry["method"] in ("PUT", "DELETE") and f"/hub-{hub}/virtualnetworkpeerings/" in entry["path"].lower()
    ]


def _gaps(log: Iterable[Served], hub: str) -> list[float]:
    """Seconds from one write to a hub to the next."""
    times = [datetime.fromisoformat(entry["time"]).timestamp() for entry in _writes(log, hub)]
    return [after - before for before, after in pairwise(times)]


def _faults(log: Iterable[Served], hub: str) -> list[str]:
    """Writes to a hub while another one was under way, which ARM refuses as well."""
    writes = _writes(log, hub)
    faults = [f"{entry['path']}: {entry['status']}" for entry in writes if entry["status"] >= 400]
    faults += [f"{gap:.3f} s after the one before" for gap in _gaps(log, hub) if gap < _WRITE_TAKES * 0.95]
    return faults + ([] if writes else [f"{hub} was never written to"])


async def _is_a_pair(town: Town, spoke: str) -> None:
    hub = hub_id(_SPOKES[spoke])
    for vnet, remote in ((spoke, hub), (hub, spoke)):
        half = await town.half(vnet, remote)
        assert (half["peeringState"], half["peeringSyncLevel"]) == ("Connected", "FullyInSync")


def _functions_run_by(ready: Ready, instance: str) -> Counter[str]:
    """Its functions by name, from its log, which lies where the CA's certificate does."""
    log = (Path(ready.ca).parent / f"{instance}.log").read_text("utf-8")
    return Counter(re.findall(r"Executed '(\w+)' \(Succeeded", log))
