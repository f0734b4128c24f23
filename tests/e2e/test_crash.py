"""A worker that dies in the middle of a pair."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from localazure.client.stage import stage
from tests.e2e.town import WEU, Town, visit, vnet_id


@pytest.mark.long
async def test_a_worker_killed_between_the_halves_leaves_a_pair_that_completes_itself(tmp_path: Path) -> None:
    """SIGKILL while the hub's half is being written: the platform restarts the host, and the ticket does the rest."""
    faults = tmp_path / "faults.json"
    slow = {"match": {"method": "PUT", "path": "hub-weu/virtualnetworkpeerings/"}, "times": 1, "durationSeconds": 2}
    faults.write_text(json.dumps([slow]))
    options = ("--latency", "fast", "--faults", str(faults), "--setting", "AUTOPEER_LEASE_SECONDS=15")
    async with stage(*options) as ready, visit(ready) as town:
        await town.app.get("/api/peerings")
        spoke = vnet_id("cut-short")
        await town.arm.put_vnet(spoke, "westeurope", ["10.64.0.0/24"], {"hub": "prod-weu"})
        await _until_hub_half_is_asked_for(town, spoke)
        os.kill(ready.pids["host"], signal.SIGKILL)
        assert (await town.half(WEU, spoke))["peeringState"] == "Initiated"

        record = await town.record(spoke, "Connected")
        assert (await town.half(spoke, WEU))["peeringState"] == "Connected"
        assert record["attempts"] == 0
        assert len(await town.writes(spoke)) == 2


async def _until_hub_half_is_asked_for(town: Town, spoke: str) -> None:
    while not await town.writes(spoke):
        await asyncio.sleep(0.02)
