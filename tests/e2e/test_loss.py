"""The tables are lost, on the real stack: two sweeps and the command line bring back what there was."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from localazure.client.stage import stage
from localazure.up.options import ROOT
from tests.e2e.estate import write_scenario
from tests.e2e.town import Town, visit, vnet_id

_LONGEST = 240.0
_KEPT = ("AZURE", "IDENTITY", "AUTOPEER")


class Shell:
    """`python -m peering`, with the settings of the app."""

    def __init__(self, town: Town, catalogue: Path) -> None:
        file = Path(town.ready.ca).parent / "local.settings.json"
        values = json.loads(file.read_text("utf-8"))["Values"]
        kept = {name: value for name, value in values.items() if name.startswith(_KEPT)}
        self.environment = {"PATH": os.environ["PATH"], **kept, "AUTOPEER_CATALOGUE": str(catalogue)}
        self.storage = {"AzureWebJobsStorage": town.ready.storage}

    async def run(self, *arguments: str, storage: bool = True) -> tuple[int, str]:
        """Exit status and output; nothing may be said on stderr."""
        environment = self.environment | (self.storage if storage else {})
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "peering", *arguments),
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert err == b""
        assert process.returncode is not None
        return process.returncode, out.decode()


async def _connected(town: Town, number: int) -> list[str]:
    """The spokes that are Connected, once there are so many."""
    end, found = time.monotonic() + _LONGEST, []
    while time.monotonic() < end:
        answer = await town.app.get("/api/peerings", params={"state": "Connected", "size": "1000"})
        found = [row["spoke"] for row in answer.raise_for_status().json()["value"]]
        if len(found) == number:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(f"{len(found)} of {number} are connected")


async def _empty(storage: str) -> None:
    async with TableServiceClient.from_connection_string(storage) as tables:
        async for table in tables.list_tables():
            await tables.delete_table(table.name)
            await tables.create_table(table.name)
    async with QueueServiceClient.from_connection_string(storage) as queues:
        async for queue in queues.list_queues():
            await queues.get_queue_client(queue.name).clear_messages()
    async with BlobServiceClient.from_connection_string(storage) as blobs:
        container = blobs.get_container_client("peering-leases")
        async for blob in container.list_blobs():
            await container.delete_blob(blob.name)


async def _sweep(town: Town) -> None:
    before = (await town.app.get("/api/sweep")).json()["lastComplete"]
    (await town.app.post("/api/sweep")).raise_for_status()
    end = time.monotonic() + _LONGEST
    while (await town.app.get("/api/sweep")).json()["lastComplete"] == before:
        assert time.monotonic() < end
        await asyncio.sleep(0.1)


async def _log(town: Town, since: int) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = (await town.get(f"/control/requests?since={since}"))["requests"]
    return log


def _peering_writes(log: Sequence[dict[str, Any]]) -> list[str]:
    written = (each["path"] for each in log if each["method"] != "GET")
    return [path for path in written if "/virtualnetworkpeerings/" in path.lower() or path.lower().endswith("/sync")]


@pytest.mark.long
@pytest.mark.parametrize(("tagged", "by_hand"), [(9, 3), (180, 20)])
async def test_lost_tables_come_back_without_a_write_to_a_peering(tmp_path: Path, tagged: int, by_hand: int) -> None:
    names = [*(f"tagged-{n:03}" for n in range(tagged)), *(f"asked-{n:03}" for n in range(by_hand))]
    spokes = {vnet_id(name): f"10.{64 + n // 250}.{n % 250}.0/24" for n, name in enumerate(names)}
    ids = list(spokes)
    scenario = write_scenario(tmp_path / "scenario", {"one": "10.0.0.0/24"}, spokes)
    async with stage("--scenario", str(scenario), "--latency", "none") as ready, visit(ready) as town:
        shell = Shell(town, scenario / "hubs.toml")
        for spoke in ids[:tagged]:
            await town.arm.merge_tags(spoke, {"hub": "one"})
        for spoke in ids[tagged:]:
            (await town.app.post("/api/peerings", json={"spoke": spoke, "hub": "one"})).raise_for_status()
        await _connected(town, len(ids))
        await town.until_no_message_waits()
        kept = tmp_path / "kept.jsonl"
        status, told = await shell.run("export", str(kept))
        assert (status, told.split()[1:]) == (0, [str(len(kept.read_text("utf-8").splitlines()) - 1), "lines."])
        await _empty(town.ready.storage)

        since = (await town.get("/control/requests"))["next"]
        for _ in range(2):
            await _sweep(town)
            await town.until_no_message_waits()
        assert sorted(await _connected(town, tagged)) == sorted(ids[:tagged])
        assert _peering_writes(await _log(town, since)) == []

        status, told = await shell.run("recover", "--yes")
        assert status == 1
        assert sorted(line.split()[0] for line in told.splitlines() if "  at hub one" in line) == sorted(ids[tagged:])
        status, told = await shell.run("recover", "--claim", ids[-1], "--hub", "one")
        assert (status, "has its record at hub 'one' again" in told) == (0, True)
        status, told = await shell.run("import", str(kept))
        assert (status, await shell.run("recover")) == (0, (0, "Every pair that bears our names has a record.\n"))
        assert sorted(await _connected(town, len(ids))) == sorted(ids)
        await _sweep(town)
        await town.until_no_message_waits()
        assert _peering_writes(await _log(town, since)) == []


@pytest.mark.long
async def test_a_plan_needs_no_app_and_reads_only(tmp_path: Path) -> None:
    spokes = {vnet_id(name): f"10.64.{number}.0/24" for number, name in enumerate(("new", "calm", "asked"))}
    new, calm, asked = spokes
    scenario = write_scenario(tmp_path / "scenario", {"one": "10.0.0.0/24"}, spokes)
    async with stage("--scenario", str(scenario), "--latency", "none") as ready, visit(ready) as town:
        shell = Shell(town, scenario / "hubs.toml")
        await town.arm.merge_tags(calm, {"hub": "one"})
        (await town.app.post("/api/peerings", json={"spoke": asked, "hub": "one"})).raise_for_status()
        await _connected(town, 2)
        for subscription in (await town.get("/control/subscriptions"))["subscriptions"]:
            (await town.control.delete(f"/control/subscriptions/{subscription['name']}")).raise_for_status()
        await town.until_no_message_waits()
        assert await shell.run("plan", "--all", "--with-records") == (
            0,
            "3 networks. Nothing was written.\n\none (hub-one in rg-hubs): 2 unchanged\n",
        )
        await town.arm.merge_tags(new, {"hub": "one"})
        await town.until_no_message_waits()
        since = (await town.get("/control/requests"))["next"]
        status, told = await shell.run("plan", "--all", storage=False)
        log = await _log(town, since)
        assert {(each["method"], each["path"].rpartition("/")[2]) for each in log} == {
            ("GET", "hub-one"),
            ("POST", "resources"),
        }
        assert (status, "\none (hub-one in rg-hubs): 1 created, 1 unchanged\n" in told) == (1, True)
        assert "Without the app's records" in told
        assert f"  created: {new}\n      put hub half autopeer-new-" in told
        assert f"  ours by name alone, left as it is: {asked}\n" in told
        answer = await town.app.post("/api/sweep", json={"dryRun": True})
        (hub,) = answer.raise_for_status().json()["hubs"]
        assert (hub["counts"], [each["spoke"] for each in hub["spokes"]]) == ({"created": 1, "unchanged": 2}, [new])
        status, told = await shell.run("plan", "--all", "--json", storage=False)
        assert (status, json.loads(told)["hubs"][0]["spokes"]) == (1, hub["spokes"])
