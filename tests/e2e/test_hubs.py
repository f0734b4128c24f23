"""What happens to a hub reaches its spokes: its half deleted by hand, a gateway that comes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from localazure.client.arm import NETWORK_API
from localazure.client.stage import stage
from tests.e2e.estate import hub_id, write_scenario
from tests.e2e.town import HUBS, WEU, Town, visit, vnet_id

_LONGEST = 30.0  # seconds; a second look at an event comes after fifteen


async def _until(is_so: Callable[[], Awaitable[bool]], what: str) -> None:
    end = time.monotonic() + _LONGEST
    while not await is_so():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.1)


async def test_a_hubs_half_deleted_by_hand_is_made_anew(town: Town) -> None:
    spoke = vnet_id("cut-off")
    await town.arm.put_vnet(spoke, "westeurope", ["10.66.7.0/24"], {"hub": "prod-weu"})
    half = (await town.record(spoke, "Connected"))["hubPeering"]["id"]
    await town.arm.delete(half)

    async def both_stand() -> bool:
        there = (await town.arm.get(WEU))["properties"]["virtualNetworkPeerings"]
        mine = (await town.arm.get(spoke))["properties"]["virtualNetworkPeerings"]
        states = [each["properties"]["peeringState"] for each in (*there, *mine) if each["id"].lower() == half.lower()]
        return states == ["Connected"] and [each["properties"]["peeringState"] for each in mine] == ["Connected"]

    await _until(both_stand, "the hub's half is not there again")


@pytest.mark.long
async def test_a_gateway_that_comes_is_used_by_the_pairs_that_did_without(tmp_path: Path) -> None:
    spoke = vnet_id("early")
    scenario = write_scenario(tmp_path / "scenario", {"late": "10.0.0.0/24"}, {spoke: "10.64.0.0/24"})
    async with stage("--scenario", str(scenario), "--latency", "none") as ready, visit(ready) as town:
        await town.arm.merge_tags(spoke, {"hub": "late"})
        assert (await town.record(spoke, "Connected"))["gateway"] == "none"
        gateway = await _build_gateway(town)

        async def is_used() -> bool:
            record = await town.record(spoke, "Connected", "Pending")
            here, there = await town.half(spoke, hub_id("late")), await town.half(hub_id("late"), spoke)
            switched = here["useRemoteGateways"] and there["allowGatewayTransit"]
            return bool(switched) and str(record["gateway"]).lower() == gateway.lower()

        await _until(is_used, "the gateway is not used")


async def _build_gateway(town: Town) -> str:
    subnet, address = f"{hub_id('late')}/subnets/GatewaySubnet", f"{HUBS}/publicIPAddresses/pip-late"
    gateway = f"{HUBS}/virtualNetworkGateways/vpn-late"
    await town.arm.request("PUT", subnet, NETWORK_API, {"properties": {"addressPrefix": "10.0.0.0/24"}})
    static = {"sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}}
    await town.arm.request("PUT", address, NETWORK_API, {"location": "westeurope", **static})
    where = {"subnet": {"id": subnet}, "publicIPAddress": {"id": address}, "privateIPAllocationMethod": "Dynamic"}
    properties = {
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "sku": {"name": "VpnGw1", "tier": "VpnGw1"},
        "ipConfigurations": [{"name": "default", "properties": where}],
    }
    await town.arm.request("PUT", gateway, NETWORK_API, {"location": "westeurope", "properties": properties})
    return gateway
