"""The event subscription of infra/onboard at work: on a local Event Grid, into the queue and to the trigger."""

import asyncio
from typing import Any

import pytest

from localazure.client.stage import stage
from peering.settings import QUEUE
from tests.e2e.town import NEU, Town, visit, vnet_id
from tests.infra.bicep import load

NAME = "on_network_event"


@pytest.mark.long
async def test_a_tag_arrives_and_our_own_peerings_do_not() -> None:
    async with stage("--scenario", "two-hubs", "--latency", "none") as ready, visit(ready) as town:
        by_hand = await town.get(f"/control/subscriptions/{NAME}")
        queue = {"type": "StorageQueue", "connectionString": ready.storage, "queueName": QUEUE}
        for third, (symbol, endpoint) in enumerate({"toQueue": queue, "toFunction": by_hand["endpoint"]}.items()):
            await _subscribe(town, symbol, endpoint)
            spoke = vnet_id(f"onboarded-{symbol.lower()}")
            await town.arm.put_vnet(spoke, "northeurope", [f"10.80.{third}.0/24"], {"owner": "shop"})
            await town.arm.merge_tags(spoke, {"hub": "plain-neu"})
            await town.record(spoke, "Connected")
            assert (await town.half(NEU, spoke))["peeringState"] == "Connected"
            operations = await _delivered(town, spoke, {"virtualNetworks/write", "tags/write"})
            assert not [one for one in operations if one.endswith("virtualNetworkPeerings/write")]


async def _subscribe(town: Town, symbol: str, endpoint: dict[str, Any]) -> None:
    """In place of the subscription that `up` makes, the one that Bicep declares."""
    (made,) = [one.value["properties"] for one in load("onboard/events.bicep").of("resource") if one.symbol == symbol]
    body = {"endpoint": endpoint, "schema": made["eventDeliverySchema"], "filter": made["filter"]}
    await town.put(f"/control/subscriptions/{NAME}", body)


async def _delivered(town: Town, spoke: str, wanted: set[str]) -> set[str]:
    """The operations delivered about the spoke, once the wanted ones are among them."""
    async with asyncio.timeout(30):
        while True:
            events = (await town.get("/control/events"))["events"]
            about: list[dict[str, Any]] = [one for one in events if one["subject"].startswith(spoke)]
            found = {str(one["data"]["operationName"]) for one in about if one["deliveries"]}
            if all(any(one.endswith(f"/{end}") for one in found) for end in wanted):
                return found
            await asyncio.sleep(0.05)
