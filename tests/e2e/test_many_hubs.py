"""Hubs that are busy: they keep nobody else waiting, and they are left in peace for as long as they ask."""

import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from localazure.client.stage import stage
from localazure.emulator.identity import object_id_of
from localazure.up.app_settings import APP_CLIENT_ID
from tests.e2e.estate import hub_id, write_scenario
from tests.e2e.town import Town, visit, vnet_id

_WRITE_TAKES = 8  # seconds, of a busy hub
_AT_ONCE = 4.0  # seconds; it takes half of one when nobody else is there
_MEMORY = 200.0  # MB of host and worker together; it takes half of that

_STORM, _RETRY_AFTER = 120, 12  # seconds
_AFTERWARDS = 300.0  # seconds; the waits double, 12, 24, 48, 96


@pytest.mark.long
async def test_forty_busy_hubs_do_not_keep_the_spoke_of_an_idle_one_waiting(tmp_path: Path) -> None:
    """A busy hub holds a message for as long as it is drained. host.json lets enough of them be worked on at once."""
    busy = [f"busy{number}" for number in range(40)]
    spaces = {hub: f"10.0.{number}.0/24" for number, hub in enumerate([*busy, "idle"])}
    spokes = {vnet_id(f"of-{hub}"): f"10.64.{number}.0/24" for number, hub in enumerate(spaces)}
    scenario = write_scenario(tmp_path / "scenario", spaces, spokes)
    slow = {"match": {"method": "PUT", "path": "hub-busy[0-9]+/virtualnetworkpeerings/"}, "times": None}
    async with stage("--scenario", str(scenario), "--latency", "none") as ready, visit(ready) as town:
        await town.put("/control/faults", [{**slow, "delaySeconds": _WRITE_TAKES}])
        await asyncio.gather(*(town.arm.merge_tags(vnet_id(f"of-{hub}"), {"hub": hub}) for hub in busy))
        await _until_all_are_written_to(town, len(busy))
        asked = time.monotonic()
        await town.arm.merge_tags(vnet_id("of-idle"), {"hub": "idle"})
        await town.record(vnet_id("of-idle"), "Connected")
        took = time.monotonic() - asked
        assert [await _state(town, hub) for hub in busy] == ["Pending"] * len(busy), "they were still at it"
        assert took < _AT_ONCE
        for hub in busy:
            await town.record(vnet_id(f"of-{hub}"), "Connected")
        assert _memory(ready.pids["host"]) < _MEMORY


def _memory(pid: int) -> float:
    """MB that the process has ever had resident: it never gives much back."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


async def _until_all_are_written_to(town: Town, count: int) -> None:
    async with asyncio.timeout(30):
        while (await town.get("/control/faults"))["rules"][0]["hits"] < count:
            await asyncio.sleep(0.05)


async def _state(town: Town, hub: str) -> str:
    [row] = await town.rows("peerings", hub)
    return str(row["state"])


@pytest.mark.long
async def test_a_hub_that_is_throttled_for_minutes_is_left_in_peace_and_loses_nobody(tmp_path: Path) -> None:
    """Thirty spokes at once, and two minutes of 429 with Retry-After 12 on every write to their hub."""
    spokes = {vnet_id(f"spoke{number}"): f"10.64.{number}.0/24" for number in range(30)}
    scenario = write_scenario(tmp_path / "scenario", {"storm": "10.0.0.0/24"}, spokes)
    headers = {"Retry-After": str(_RETRY_AFTER)}
    refusal = {"status": 429, "code": "RetryableError", "message": "A retryable error occurred.", "headers": headers}
    every = {"match": {"method": "PUT", "path": "hub-storm/virtualnetworkpeerings/"}, "times": None, "answer": refusal}
    async with stage("--scenario", str(scenario), "--latency", "none") as ready, visit(ready) as town:
        await town.put("/control/faults", [every])
        await asyncio.gather(*(town.arm.merge_tags(spoke, {"hub": "storm"}) for spoke in spokes))
        await asyncio.sleep(_STORM)  # nothing is waited for: so long does it last
        asked = await _asked_of_the_hub(town)
        (await town.control.delete("/control/faults")).raise_for_status()
        calm = time.monotonic()
        assert sum(asked.values()) <= 2 * _STORM / _RETRY_AFTER, asked
        assert asked["PUT"] > 1, "somebody has to try again"

        await _until_all_are_connected(town, len(spokes))
        assert time.monotonic() - calm < _AFTERWARDS
        halves = (await town.arm.get(hub_id("storm")))["properties"]["virtualNetworkPeerings"]
        assert [half["properties"]["peeringState"] for half in halves] == ["Connected"] * len(spokes)


async def _asked_of_the_hub(town: Town) -> Counter[str]:
    """The app's requests to the hub and its halves so far, by method."""
    log: list[dict[str, Any]] = (await town.get("/control/requests"))["requests"]
    ours = (entry for entry in log if entry["caller"] == object_id_of(APP_CLIENT_ID))
    return Counter(entry["method"] for entry in ours if "/virtualnetworks/hub-storm" in entry["path"].lower())


async def _until_all_are_connected(town: Town, count: int) -> None:
    async with asyncio.timeout(_AFTERWARDS):
        while Counter(row["state"] for row in await town.rows("peerings", "storm")) != {"Connected": count}:
            await asyncio.sleep(0.5)
