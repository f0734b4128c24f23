"""Tag a network and it peers itself: the whole thing as processes, over ARM, Event Grid, Azurite and the worker."""

import asyncio
import json

import pytest

from peering.core.network.resource_ids import VnetId
from tests.e2e.town import NEU, WEU, Town, vnet_id

FLAGS = ("allowVirtualNetworkAccess", "allowForwardedTraffic", "allowGatewayTransit", "useRemoteGateways")


@pytest.mark.parametrize(
    ("name", "hub", "hub_vnet", "on_hub", "on_spoke"),
    [
        ("with-gateway", "prod-weu", WEU, (True, True, True, False), (True, True, False, True)),
        ("without-gateway", "Plain-NEU ", NEU, (True, True, False, False), (True, True, False, False)),
    ],
)
async def test_a_tagged_network_is_peered_recorded_and_announced(
    town: Town,
    name: str,
    hub: str,
    hub_vnet: str,
    on_hub: tuple[bool, ...],
    on_spoke: tuple[bool, ...],
) -> None:
    spoke, third = vnet_id(name), 10 + len(name)
    await town.arm.put_vnet(spoke, "westeurope", [f"10.64.{third}.0/24"], {"Hub": hub})
    record = await town.record(spoke, "Connected")
    for vnet, remote, flags in ((hub_vnet, spoke, on_hub), (spoke, hub_vnet, on_spoke)):
        half = await town.half(vnet, remote)
        assert (half["peeringState"], half["peeringSyncLevel"]) == ("Connected", "FullyInSync")
        assert tuple(half[flag] for flag in FLAGS) == flags
    assert (record["gateway"] != "none") is on_spoke[3]

    key = VnetId.parse(spoke).key
    rows = [row for row in await town.rows("peerings", hub.strip().lower()) if row["RowKey"] == key]
    assert [(row["state"], row["spoke"]) for row in rows] == [("Connected", spoke)]
    history = await town.rows("history", key)
    assert [row["state"] for row in history] == ["Connected"]
    assert await town.outcomes(spoke) == ["Autopeer.Spoke.Connected"]
    tags = (await town.arm.get(spoke))["tags"]
    assert tags["Hub"] == hub
    assert tags["hub-status"].startswith("Connected to ")


async def test_a_tag_that_is_written_later_is_enough(town: Town) -> None:
    spoke = vnet_id("tagged-later")
    await town.arm.put_vnet(spoke, "westeurope", ["10.65.0.0/24"], {"owner": "shop"})
    await town.arm.merge_tags(spoke, {"hub": "prod-weu"})
    await town.record(spoke, "Connected")
    assert (await town.half(spoke, WEU))["peeringState"] == "Connected"
    assert (await town.arm.get(spoke))["tags"]["owner"] == "shop"


async def test_a_request_by_http_is_enough(town: Town) -> None:
    spoke = vnet_id("by-http")
    await town.arm.put_vnet(spoke, "westeurope", ["10.65.1.0/24"])
    answer = await town.app.post("/api/peerings", json={"spoke": spoke, "hub": "prod-weu"})
    assert answer.status_code == 202
    await town.record(spoke, "Connected")
    request = (await town.app.get(answer.headers["Location"])).json()
    (listed,) = (await town.app.get(f"/api/peerings?id={answer.json()['id']}")).json()["value"]
    assert request["status"] == "done"
    for shown in (request["outcome"], listed):
        assert (shown["state"], shown["door"], shown["namedBy"]) == ("Connected", "http", "request")
        assert shown["correlationId"] == answer.json()["id"]
    one = (await town.app.get(f"/api/peerings/prod-weu/{answer.json()['key']}")).json()
    assert [entry["state"] for entry in one["history"]] == ["Connected"]


async def test_two_networks_with_one_range_and_one_wins(town: Town) -> None:
    spokes = [vnet_id("twin-a"), vnet_id("twin-b")]
    await asyncio.gather(
        *(town.arm.put_vnet(spoke, "westeurope", ["10.65.2.0/24"], {"hub": "prod-weu"}) for spoke in spokes)
    )
    records = [await town.record(spoke, "Connected", "Refused") for spoke in spokes]
    assert sorted(record["state"] for record in records) == ["Connected", "Refused"]
    winner, loser = sorted(records, key=lambda record: str(record["state"]))
    assert [finding["code"] for finding in loser["findings"]] == ["OverlapsSpoke"]
    assert winner["spoke"] in loser["findings"][0]["message"]
    assert await town.outcomes(loser["spoke"]) == ["Autopeer.Spoke.Refused"]


@pytest.mark.long
async def test_twenty_copies_of_an_event_in_disorder_make_two_writes(town: Town) -> None:
    subscription = await town.get("/control/subscriptions/on_network_event")
    disorder = {"duplicates": 19, "shuffle": True, "withinSeconds": 1.0, "seed": 7}
    await town.put("/control/subscriptions/on_network_event", {**subscription, "disorder": disorder})
    try:
        spoke = vnet_id("twenty-times")
        await town.arm.put_vnet(spoke, "westeurope", ["10.65.3.0/24"], {"hub": "prod-weu"})
        await town.record(spoke, "Connected")
        await _until_delivered(town, spoke, 20)
        await town.until_no_message_waits()
    finally:
        await town.put("/control/subscriptions/on_network_event", subscription)
    writes = await town.writes(spoke)
    assert len(writes) == 2, writes
    assert [row["state"] for row in await town.rows("history", VnetId.parse(spoke).key)] == ["Connected"]
    assert (await town.record(spoke, "Connected"))["findings"] == []


async def _until_delivered(town: Town, spoke: str, count: int) -> None:
    while True:
        events = (await town.get("/control/events"))["events"]
        writes = [e for e in events if json.dumps(e).count(f'"subject": "{spoke}"') and e["deliveries"]]
        states = [delivery["state"] for event in writes for delivery in event["deliveries"]]
        if len(states) >= count and set(states) == {"Delivered"}:
            return
        await asyncio.sleep(0.05)


async def test_an_event_straight_on_the_queue_is_a_door_too(town: Town) -> None:
    """Event Grid can deliver into the storage queue itself, in base64."""
    spoke = vnet_id("queued")
    await town.arm.put_vnet(spoke, "westeurope", ["10.65.4.0/24"])
    subscription = await town.get("/control/subscriptions/on_network_event")
    endpoint = {
        "type": "StorageQueue",
        "connectionString": town.ready.storage,
        "queueName": "peering-requests",
    }
    await town.put("/control/subscriptions/straight", {**subscription, "endpoint": endpoint})
    try:
        await town.arm.merge_tags(spoke, {"hub": "prod-weu"})
        await town.record(spoke, "Connected")
    finally:
        (await town.control.delete("/control/subscriptions/straight")).raise_for_status()
    assert len(await town.writes(spoke)) == 2
