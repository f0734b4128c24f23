"""A what-if on the real stack: it says what then happens, and writes to neither ARM, tables, leases nor the queue."""

from pathlib import Path
from typing import Any

import pytest
from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import ContainerClient
from azure.storage.queue.aio import QueueClient

from localazure.client.stage import stage
from peering.settings import LEASE_CONTAINER, QUEUE
from tests.e2e.estate import hub_id, write_scenario
from tests.e2e.town import SPOKES, Town, visit, vnet_id

OLD, NEW, CLASH = vnet_id("old"), vnet_id("new"), vnet_id("clash")
PLACE = {"hub": "one", "region": "West Europe", "subscription": SPOKES}
KEYS = ("PartitionKey", "RowKey")
SPACES = {OLD: "10.64.0.0/24", NEW: "10.64.1.0/24", CLASH: "10.64.0.0/25"}


async def _everything_kept(town: Town) -> tuple[Any, ...]:
    """Every row of every table by its version, every lease by its, and how many messages there are."""
    storage, rows = town.ready.storage, list[Any]()
    async with TableServiceClient.from_connection_string(storage) as service:
        async for table in service.list_tables():
            entities = service.get_table_client(table.name).list_entities()
            rows += [(table.name, *map(row.get, KEYS), row.metadata["etag"]) async for row in entities]
    async with ContainerClient.from_connection_string(storage, LEASE_CONTAINER) as leases:
        blobs = [(blob.name, blob.etag, blob.lease.state) async for blob in leases.list_blobs()]
    async with QueueClient.from_connection_string(storage, QUEUE) as queue:
        count = (await queue.get_queue_properties()).approximate_message_count
    return rows, blobs, count


async def _asked(town: Town, **question: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The answer; what the app has asked of ARM for it were reads."""
    since, before = (await town.get("/control/requests"))["next"], await _everything_kept(town)
    answer = await town.app.post("/api/plan", json=question)
    assert answer.status_code == 200, answer.text
    log = (await town.get(f"/control/requests?since={since}"))["requests"]
    assert {entry["method"] for entry in log} == {"GET"}
    assert await _everything_kept(town) == before
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.long
async def test_it_says_what_then_happens_and_writes_nothing(tmp_path: Path) -> None:
    scenario = write_scenario(tmp_path / "scenario", {"one": "10.0.0.0/24"}, SPACES, gateways=True)
    async with stage("--scenario", str(scenario), "--latency", "none") as ready, visit(ready) as town:
        await town.arm.merge_tags(OLD, {"hub": "one"})
        await town.record(OLD, "Connected")
        await town.until_no_message_waits()

        assert (await _asked(town, spoke=OLD))["verdict"] == "nothing to do"
        planned = await _asked(
            town, hub="one", addressSpace=["10.64.0.0/24"], region="West Europe", subscription=SPOKES
        )
        assert (planned["verdict"], planned["findings"][0]["code"]) == ("refuse", "OverlapsSpoke")
        free = (await town.app.get("/api/free", params={"hub": "one", "size": "24"})).json()
        assert planned["suggested"] == free["value"][:3] == ["10.64.1.0/24", "10.64.2.0/24", "10.64.3.0/24"]
        clash = await _asked(town, spoke=CLASH, hub="one")
        new = await _asked(town, spoke=NEW, hub="one")
        hub = (await town.app.get("/api/hubs/one")).json()
        assert (hub["peerings"]["used"], hub["gatewayPrefixes"]["ipv4"]["used"]) == (1, 2)
        assert hub["gateway"] == new["gateway"]
        assert hub["lastWrite"]

        for spoke in (CLASH, NEW):
            await town.arm.merge_tags(spoke, {"hub": "one"})
        record = await town.record(NEW, "Connected")
        assert [write["name"] for write in new["writes"]] == [
            record[half]["id"].rpartition("/")[2] for half in ("hubPeering", "spokePeering")
        ]
        for side, half in (("hub", "hubPeering"), ("spoke", "spokePeering")):
            assert new["flags"][side].items() <= record[half].items()
        assert (await town.record(CLASH, "Refused"))["findings"] == clash["findings"]
        assert (await town.app.get("/api/hubs/one")).json()["spokes"] == {"Connected": 2, "Refused": 1}
        assert hub_id("one") == hub["network"]
