"""Events are lost, on the real stack; one sweep finds everything, and asks about nothing else."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from localazure.client.stage import stage
from tests.e2e.estate import hub_id, write_scenario
from tests.e2e.town import Town, visit, vnet_id

_LONGEST = 60.0


async def _swept(town: Town) -> dict[str, Any]:
    """The report of a sweep that was ordered now."""
    before = (await town.app.get("/api/sweep")).json()["lastComplete"]
    answer = await town.app.post("/api/sweep")
    assert answer.status_code == 202
    end, status = time.monotonic() + _LONGEST, None
    while time.monotonic() < end:
        status = (await town.app.get("/api/sweep")).json()
        if status["lastComplete"] != before:
            report: dict[str, Any] = status["lastComplete"]
            return report
        await asyncio.sleep(0.1)
    raise AssertionError(f"no sweep has come to its end: {status}")


def _found(report: dict[str, Any]) -> dict[str, int]:
    return {kind: number for kind, number in report["differences"].items() if number}


async def _deaf(town: Town) -> None:
    """No event reaches the app any more."""
    for subscription in (await town.get("/control/subscriptions"))["subscriptions"]:
        (await town.control.delete(f"/control/subscriptions/{subscription['name']}")).raise_for_status()


@pytest.mark.long
async def test_what_events_did_not_tell_a_sweep_finds(tmp_path: Path) -> None:
    names = ("new", "cut", "gone", "calm")
    spokes = {vnet_id(name): f"10.64.{number}.0/24" for number, name in enumerate(names)}
    new, cut, gone, calm = spokes
    scenario = write_scenario(tmp_path / "scenario", {"one": "10.0.0.0/24"}, spokes)
    async with stage("--scenario", str(scenario), "--latency", "none") as ready, visit(ready) as town:
        for spoke in (cut, gone, calm):
            await town.arm.merge_tags(spoke, {"hub": "one"})
        for spoke in (cut, gone, calm):
            await town.record(spoke, "Connected")
        await _deaf(town)
        await town.until_no_message_waits()
        report = await _swept(town)
        assert (_found(report), report["networks"], report["pages"]) == ({}, 4, 1)

        await town.arm.merge_tags(new, {"hub": "one"})
        half = (await town.record(cut, "Connected"))["spokePeering"]["id"]
        await town.arm.delete(half)
        await town.arm.delete(gone)
        report = await _swept(town)
        assert (_found(report), report["queued"]) == ({"unheard": 1, "spoke": 1, "vanished": 1}, 3)
        for spoke, state in {new: "Connected", gone: "Removed", cut: "Connected"}.items():
            await town.record(spoke, state)
        await _stands(town, cut)
        assert len((await town.arm.get(hub_id("one")))["properties"]["virtualNetworkPeerings"]) == 3
        await town.until_no_message_waits()
        assert _found(await _swept(town)) == {}


async def _stands(town: Town, spoke: str) -> None:
    end, halves = time.monotonic() + _LONGEST, None
    while time.monotonic() < end:
        halves = (await town.arm.get(spoke))["properties"]["virtualNetworkPeerings"]
        if [half["properties"]["peeringState"] for half in halves] == ["Connected"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{spoke} has no pair: {halves}")
