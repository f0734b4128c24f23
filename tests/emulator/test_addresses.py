"""Addresses that Azure never takes, those that are in use, and growth (docs/facts/arm-networks.md, Address space)."""

from __future__ import annotations

import pytest

from tests.emulator.arm import Arm
from tests.emulator.sdk import HUB, SPOKE, Azure, half_id, network_id, refusal, vnet

CODES = ("NetcfgInvalidIPAddressPrefix", "NetcfgInvalidVirtualNetworkSite")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "prefixes",
    [
        ["224.0.0.0/4"],
        ["10.0.0.0/16", "239.1.0.0/16"],
        ["255.255.255.0/24"],
        ["127.0.0.0/16"],
        ["169.254.1.0/24"],
        ["168.63.129.16/29"],
        ["168.63.0.0/16"],
        ["10.0.0.0/16", "10.0.128.0/17"],
        ["10.0.0.0/16", "10.0.0.0/16"],
        ["0.0.0.0/1"],
        ["10.0.0.0/30"],
        ["fd00::/65"],
    ],
)
async def test_prefixes_that_are_never_taken(azure: Azure, prefixes: list[str], code: str) -> None:
    azure.given(HUB)
    azure.server.emulator.estate.switches.change({"invalidPrefixCode": code})
    assert (await refusal(azure.write("new", *prefixes)))[:2] == (400, code)


@pytest.mark.parametrize("prefix", ["100.64.0.0/10", "20.0.0.0/16", "240.0.0.0/8", "192.0.2.0/24", "fd00::/48"])
async def test_prefixes_that_are_odd_and_taken(azure: Azure, prefix: str) -> None:
    azure.given(HUB)
    await azure.write("new", prefix)


async def test_the_size_of_a_networks_prefix_need_not_matter(azure: Azure) -> None:
    azure.given(HUB)
    azure.server.emulator.estate.switches.change({"networkPrefixSize": "taken"})
    await azure.write("new", "10.9.0.0/30")


@pytest.mark.parametrize(("prefix", "taken"), [("10.0.0.0/29", True), ("10.0.0.0/30", False), ("fd00::/63", False)])
async def test_the_size_of_a_subnet(azure: Azure, prefix: str, taken: bool) -> None:
    azure.given(HUB)
    subnets = [{"name": "s", "properties": {"addressPrefix": prefix}}]
    body = vnet("new", "10.0.0.0/16", "fd00::/48", subnets=subnets)["body"]
    if taken:
        await azure.put("new", body)
    else:
        message = "Subnet 's' is not valid in virtual network 'new'."
        assert await refusal(azure.put("new", body)) == (400, "NetcfgInvalidSubnet", message)


async def test_a_prefix_under_a_subnet_cannot_be_taken_away(azure: Azure) -> None:
    """docs/facts/arm-networks.md, Prefixes in use."""
    subnets = [{"name": "s", "properties": {"addressPrefix": "10.5.0.0/24"}}]
    azure.given(vnet("hub", "10.0.0.0/16", "10.5.0.0/16", subnets=subnets))
    assert (await refusal(azure.write("hub", "10.0.0.0/16")))[1] == "NetcfgSubnetRangeOutsideVnet"
    await azure.write("hub", "10.0.0.0/16", "10.5.0.0/24")


async def test_growth_over_a_neighbour_is_refused_at_the_sync(arm: Arm) -> None:
    """docs/facts/arm-peering.md, Growth."""
    await _two_spokes(arm)
    grown = vnet("spoke", "10.1.0.0/16", "10.2.8.0/24")["body"]
    assert (await arm.ask("PUT", network_id("spoke"), grown)).status == 200
    half = (await arm.ask("GET", half_id("hub", "spoke"))).body
    assert (half["properties"]["peeringState"], half["properties"]["peeringSyncLevel"]) == (
        "Connected",
        "LocalNotInSync",
    )
    synced = await arm.ask("PUT", f"{half_id('hub', 'spoke')}?syncRemoteAddressSpace=true", half)
    assert (synced.status, synced.code) == (400, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet")


async def test_or_at_the_networks_own_write(arm: Arm) -> None:
    """docs/facts/arm-peering.md, Growth."""
    await _two_spokes(arm)
    await arm.control("PUT", "/control/switches", {"growthOverNeighbour": "network"})
    grown = vnet("spoke", "10.1.0.0/16", "10.2.8.0/24")["body"]
    refused = await arm.ask("PUT", network_id("spoke"), grown)
    assert (refused.status, refused.code) == (400, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet")
    assert network_id("next") in refused.body["error"]["message"]
    free = vnet("spoke", "10.1.0.0/16", "10.3.8.0/24")["body"]
    assert (await arm.ask("PUT", network_id("spoke"), free)).status == 200


async def _two_spokes(arm: Arm) -> None:
    arm.given(HUB, SPOKE, vnet("next", "10.2.0.0/16"))
    for one, other in [("hub", "spoke"), ("spoke", "hub"), ("hub", "next"), ("next", "hub")]:
        arm.given(
            {"id": half_id(one, other), "body": {"properties": {"remoteVirtualNetwork": {"id": network_id(other)}}}}
        )
