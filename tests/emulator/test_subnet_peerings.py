"""Halves of some subnets only, or of IPv6 only, through the real SDK (docs/facts/arm-peering.md, Subnet peerings)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.sdk import Azure, network_id, refusal, vnet

type Json = dict[str, Any]


def subnet(name: str, *prefixes: str) -> Json:
    return {"name": name, "properties": {"addressPrefixes": list(prefixes)}}


LEFT = vnet("hub", "10.0.0.0/16", "172.16.0.0/16", subnets=[subnet("a", "10.0.1.0/24"), subnet("x", "172.16.3.0/24")])
RIGHT = vnet("spoke", "10.1.0.0/16", "172.16.0.0/16", subnets=[subnet("b", "10.1.0.0/24"), subnet("c", "10.1.2.0/24")])
SOME: Json = {"peerCompleteVnets": False, "localSubnetNames": ["a"], "remoteSubnetNames": ["b", "c"]}
BACK: Json = {"peerCompleteVnets": False, "localSubnetNames": ["b", "c"], "remoteSubnetNames": ["a"]}


@pytest.fixture
async def pair(azure: Azure) -> Azure:
    azure.given(LEFT, RIGHT)
    await azure.start_peering("hub", "spoke", **SOME)
    await azure.start_peering("spoke", "hub", **BACK)
    return azure


def space(*prefixes: str) -> Json:
    return {"addressPrefixes": list(prefixes)}


async def test_it_shows_the_subnets_of_both_sides_and_nothing_else(pair: Azure) -> None:
    """Networks that overlap elsewhere may be peered so."""
    half = await pair.half("hub", "spoke")
    assert (half["peeringState"], half["peeringSyncLevel"], half["peerCompleteVnets"]) == (
        "Connected",
        "FullyInSync",
        False,
    )
    assert half["localAddressSpace"] == half["localVirtualNetworkAddressSpace"] == space("10.0.1.0/24")
    assert half["remoteAddressSpace"] == half["remoteVirtualNetworkAddressSpace"] == space("10.1.0.0/24", "10.1.2.0/24")
    assert (half["localSubnetNames"], half["remoteSubnetNames"]) == (["a"], ["b", "c"])


async def test_a_half_of_whole_networks_shows_no_side_of_its_own(azure: Azure) -> None:
    azure.given(vnet("hub", "10.0.0.0/16"), vnet("spoke", "10.1.0.0/16"))
    half = await azure.peer("hub", "spoke")
    assert half["peerCompleteVnets"] is True
    assert not {"localAddressSpace", "localVirtualNetworkAddressSpace", "localSubnetNames"} & set(half)


@pytest.mark.parametrize("flags", [{}, {"peerCompleteVnets": True}, {"enableOnlyIPv6Peering": True}])
async def test_the_kind_stays_whatever_an_update_says_or_leaves_out(pair: Azure, flags: Json) -> None:
    before = await pair.half("hub", "spoke")
    await pair.peer("hub", "spoke", allowForwardedTraffic=True, **flags)
    after = await pair.half("hub", "spoke")
    assert {name for name in before | after if before.get(name) != after.get(name)} == {"allowForwardedTraffic"}


async def test_nor_does_a_whole_half_become_a_part(azure: Azure) -> None:
    azure.given(vnet("hub", "10.0.0.0/16", subnets=[subnet("a", "10.0.1.0/24")]), vnet("spoke", "10.1.0.0/16"))
    before = await azure.peer("hub", "spoke")
    await azure.start_peering("hub", "spoke", peerCompleteVnets=False, localSubnetNames=["a"], remoteSubnetNames=[])
    assert await azure.half("hub", "spoke") == before


async def test_other_subnets_wait_for_a_sync(pair: Azure) -> None:
    fewer = {**SOME, "remoteSubnetNames": ["c"]}
    await pair.start_peering("hub", "spoke", **fewer)
    half = await pair.half("hub", "spoke")
    assert half["remoteSubnetNames"] == ["c"]
    assert half["peeringSyncLevel"] == "LocalNotInSync"
    assert half["remoteAddressSpace"] == space("10.1.0.0/24", "10.1.2.0/24")
    assert half["remoteVirtualNetworkAddressSpace"] == space("10.1.2.0/24")
    await pair.start_peering("hub", "spoke", sync=True, **fewer)
    assert (await pair.half("hub", "spoke"))["remoteAddressSpace"] == space("10.1.2.0/24")


async def test_subnets_that_overlap_the_other_network(azure: Azure) -> None:
    azure.given(LEFT, RIGHT)
    _, code, message = await refusal(azure.start_peering("hub", "spoke", **{**SOME, "localSubnetNames": ["a", "x"]}))
    assert code == "VnetAddressSpacesOverlap"
    assert message.endswith("Overlapping address prefixes: 172.16.3.0/24")
    assert (await refusal(azure.start_peering("hub", "spoke")))[1] == "VnetAddressSpacesOverlap"


async def test_a_subnet_that_is_not_there(azure: Azure) -> None:
    azure.given(LEFT, RIGHT)
    _, code, message = await refusal(azure.start_peering("hub", "spoke", **{**SOME, "remoteSubnetNames": ["z"]}))
    assert code == "InvalidResourceReference"
    assert f"{network_id('spoke')}/subnets/z" in message


async def test_a_second_half_of_any_kind(pair: Azure) -> None:
    again = pair.put_half("hub", "again", {"remoteVirtualNetwork": {"id": network_id("spoke")}})
    assert (await refusal(again))[1] == "AnotherPeeringAlreadyReferencesRemoteVnet"


async def test_ipv6_only(azure: Azure) -> None:
    azure.given(vnet("hub", "10.0.0.0/16", "fd00:1::/48"), vnet("spoke", "10.0.0.0/16", "fd00:2::/48"))
    half = await azure.peer("hub", "spoke", enableOnlyIPv6Peering=True)
    assert (half["enableOnlyIPv6Peering"], half["peerCompleteVnets"]) == (True, True)
    assert half["remoteAddressSpace"] == half["remoteVirtualNetworkAddressSpace"] == space("fd00:2::/48")
    await azure.peer("spoke", "hub", enableOnlyIPv6Peering=True)
    await azure.peer("hub", "spoke")
    half = await azure.half("hub", "spoke")
    assert (half["enableOnlyIPv6Peering"], half["peeringSyncLevel"]) == (True, "FullyInSync")


async def test_whether_gateways_are_verified_is_kept(azure: Azure) -> None:
    azure.given(vnet("hub", "10.0.0.0/16"), vnet("spoke", "10.1.0.0/16"))
    await azure.peer("hub", "spoke", doNotVerifyRemoteGateways=True, allowForwardedTraffic=True)
    half = await azure.peer("hub", "spoke")
    assert (half["doNotVerifyRemoteGateways"], half["allowForwardedTraffic"]) == (True, False)
    assert (await azure.peer("hub", "spoke", doNotVerifyRemoteGateways=False))["doNotVerifyRemoteGateways"] is False
