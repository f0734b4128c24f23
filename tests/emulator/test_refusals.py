"""What Azure refuses about networks and peerings, through the real SDK, with the exact texts."""

from __future__ import annotations

import pytest

from localazure.emulator.latency import Conflict
from tests.emulator.sdk import (
    GROUP,
    HUB,
    HUB_WITH_GATEWAY,
    SPOKE,
    Azure,
    gateway,
    gateway_subnet,
    half_id,
    network_id,
    refusal,
    vnet,
)

A, B, P = network_id("spoke"), network_id("hub"), half_id("spoke", "hub")


async def test_overlap_with_the_remote(azure: Azure) -> None:
    azure.given(HUB, vnet("spoke", "10.1.0.0/16", "10.0.128.0/17"))
    assert await refusal(azure.peer("spoke", "hub")) == (
        400,
        "VnetAddressSpacesOverlap",
        (
            f"Cannot create or update peering {P}. Virtual networks {A} and {B} cannot be peered because their address "
            "spaces overlap. Overlapping address prefixes: 10.0.128.0/17, 10.0.0.0/16"
        ),
    )


async def test_overlap_with_a_network_already_peered(azure: Azure) -> None:
    azure.given(HUB, SPOKE, vnet("first", "10.1.4.0/24"))
    await azure.peer("hub", "first")
    assert await refusal(azure.peer("spoke", "hub")) == (
        400,
        "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
        (
            f"Cannot create or update peering {P}. Virtual networks {A} and {B} cannot be peered because address space "
            f"of the first virtual network overlaps with address space of virtual network {network_id('first')} "
            "already peered with the second virtual network. Overlapping address prefixes: 10.1.0.0/16, 10.1.4.0/24."
        ),
    )
    assert (await refusal(azure.peer("hub", "spoke")))[1] == "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet"


async def test_a_disconnected_half_still_holds_its_prefixes(azure: Azure) -> None:
    azure.given(HUB, SPOKE, vnet("next", "10.1.0.0/24"))
    await azure.peer_both()
    await azure.delete("spoke")
    assert (await refusal(azure.peer("hub", "next")))[1] == "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet"


async def test_another_half_to_the_same_remote(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    await azure.peer("spoke", "hub")
    status, code, message = await refusal(azure.put_half("spoke", "again", {"remoteVirtualNetwork": {"id": B}}))
    assert (status, code) == (400, "AnotherPeeringAlreadyReferencesRemoteVnet")
    assert message.startswith(f"Peering {P} already references remote virtual network Id: {B}.")


async def test_a_remote_half_that_is_disconnected(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    await azure.peer_both()
    await azure.unpeer("spoke", "hub")
    status, code, message = await refusal(azure.peer("spoke", "hub"))
    assert (status, code) == (400, "RemotePeeringIsDisconnected")
    assert message.startswith(
        f"Cannot create or update peering {P} because remote peering {half_id('hub', 'spoke')} referencing parent "
        f"virtual network {A} is in Disconnected state."
    )


async def test_another_remote_for_the_same_half(azure: Azure) -> None:
    azure.given(HUB, SPOKE, vnet("other", "10.9.0.0/16"))
    await azure.peer("spoke", "hub")
    call = azure.put_half("spoke", "to-hub", {"remoteVirtualNetwork": {"id": network_id("other")}})
    assert (await refusal(call))[:2] == (400, "ChangingRemoteVirtualNetworkNotAllowed")


async def test_remote_gateways_where_there_are_none(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    assert await refusal(azure.peer("spoke", "hub", useRemoteGateways=True)) == (
        400,
        "RemoteVnetHasNoGateways",
        (
            f"Peering {P} cannot have UseRemoteGateway flag set to true because remote virtual network {B} referenced "
            "by the peering does not have any gateways."
        ),
    )


async def test_remote_gateways_need_transit_on_the_other_half(azure: Azure) -> None:
    azure.given(*HUB_WITH_GATEWAY, SPOKE)
    await azure.peer("hub", "spoke")
    assert (await refusal(azure.peer("spoke", "hub", useRemoteGateways=True)))[2] == (
        f"Peering {P} cannot have UseRemoteGateways flag set to true, because corresponding remote peering has "
        "AllowGatewayTransit flag set to false."
    )
    await azure.peer("hub", "spoke", allowGatewayTransit=True)
    used = await azure.peer("spoke", "hub", useRemoteGateways=True)
    assert used["remoteGateways"] == [{"id": gateway("hub")["id"]}]


async def test_a_second_remote_gateway(azure: Azure) -> None:
    second = vnet("hub2", "10.8.0.0/16", subnets=gateway_subnet("10.8.0.0/27"))
    azure.given(*HUB_WITH_GATEWAY, SPOKE, second, gateway("hub2", "vpn2"))
    await azure.peer("spoke", "hub", useRemoteGateways=True)
    assert (await refusal(azure.peer("spoke", "hub2", useRemoteGateways=True)))[2] == (
        f"Peering {half_id('spoke', 'hub2')} cannot have UseRemoteGateways flag set to true, because another peering "
        f"{P} already has UseRemoteGateways flag set to true."
    )


async def test_a_gateway_of_ones_own_and_both_flags(azure: Azure) -> None:
    spoke = vnet("spoke", "10.1.0.0/16", subnets=gateway_subnet("10.1.0.0/27"))
    azure.given(*HUB_WITH_GATEWAY, spoke, gateway("spoke", "own"), vnet("plain", "10.2.0.0/16"))
    assert (await refusal(azure.peer("spoke", "hub", useRemoteGateways=True)))[1] == "LocalVnetHasGateways"
    call = azure.peer("plain", "hub", useRemoteGateways=True, allowGatewayTransit=True)
    assert (await refusal(call))[1] == "AllowGatewayTransitAndUseRemoteGatewaysBothTrue"


async def test_a_network_in_flight_refuses_writes_and_references(slow_azure: Azure) -> None:
    slow_azure.given(HUB, SPOKE, vnet("next", "10.2.0.0/16"))
    await slow_azure.start_peering("hub", "spoke")
    status, code, message = await refusal(slow_azure.start_peering("hub", "next"))
    assert (status, code) == (409, "AnotherOperationInProgress")
    assert f"use uri: {slow_azure.server.arm_url}/subscriptions/" in message
    assert await refusal(slow_azure.start_peering("spoke", "hub")) == (
        400,
        "ReferencedResourceNotProvisioned",
        (
            f"Cannot proceed with operation because resource {B} used by resource {P} is not in Succeeded state. "
            "Resource is in Updating state and the last operation that updated/is updating the resource is "
            "PutVirtualNetworkPeeringOperation."
        ),
    )
    slow_azure.clock.step(11)
    await slow_azure.start_peering("spoke", "hub")


async def test_a_conflict_may_be_worded_as_retryable(slow_azure: Azure) -> None:
    slow_azure.given(HUB, SPOKE, vnet("next", "10.2.0.0/16"))
    slow_azure.server.emulator.latency.conflict = Conflict.RETRYABLE
    await slow_azure.start_peering("hub", "spoke")
    assert (await refusal(slow_azure.start_peering("hub", "next")))[:2] == (429, "RetryableError")


async def test_a_remote_network_that_does_not_exist(azure: Azure) -> None:
    azure.given(SPOKE)
    status, code, message = await refusal(azure.peer("spoke", "hub"))
    assert (status, code) == (400, "InvalidResourceReference")
    assert message.startswith(f"Resource {B} referenced by resource {P} was not found.")


async def test_the_five_hundred_and_first_peering(azure: Azure) -> None:
    networks = [vnet(f"n{n}", f"172.{16 + n // 256}.{n % 256}.0/24") for n in range(501)]
    halves = [
        {"id": half_id("hub", f"n{n}"), "body": {"properties": {"remoteVirtualNetwork": {"id": network_id(f"n{n}")}}}}
        for n in range(500)
    ]
    azure.given(HUB, *networks, *halves)
    assert (await refusal(azure.peer("hub", "n500")))[1] == "VnetPeeringLimitReached"


@pytest.mark.parametrize("name", ["-x", "x-", "x" * 81, "a b"])
async def test_names_azure_does_not_take(azure: Azure, name: str) -> None:
    azure.given(HUB, SPOKE)
    call = azure.put_half("spoke", name, {"remoteVirtualNetwork": {"id": B}})
    assert (await refusal(call))[:2] == (400, "InvalidResourceName")


async def test_what_does_not_exist(azure: Azure) -> None:
    azure.given(HUB)
    networks, halves = azure.client.virtual_networks, azure.client.virtual_network_peerings
    assert await refusal(halves.get("rg", "hub", "none")) == (
        404,
        "NotFound",
        f"Resource {B}/virtualNetworkPeerings/none not found.",
    )
    assert (await refusal(networks.get("rg", "none")))[:2] == (404, "ResourceNotFound")
    assert (await refusal(networks.get("none", "hub")))[:2] == (404, "ResourceGroupNotFound")
    assert (await refusal(halves.get("rg", "none", "x")))[:2] == (404, "ResourceNotFound")
    assert (await refusal(azure.peer("none", "hub")))[:2] == (404, "ParentResourceNotFound")
    assert (await refusal(azure.put("x", HUB["body"], group="none")))[1] == "ResourceGroupNotFound"


async def test_deleting_what_does_not_exist_is_no_error(azure: Azure) -> None:
    azure.given(HUB)
    await azure.delete("none")
    await azure.unpeer("hub", "none")


async def test_a_subnet_in_use_holds_its_network(azure: Azure) -> None:
    azure.given(*HUB_WITH_GATEWAY)
    expected = f"Subnet GatewaySubnet is in use by {GROUP}/providers/Microsoft.Network/virtualNetworkGateways/vpn/"
    for call in (azure.delete("hub"), azure.client.subnets.begin_delete("rg", "hub", "GatewaySubnet")):
        status, code, message = await refusal(call)
        assert (status, code) == (400, "InUseSubnetCannotBeDeleted")
        assert message.startswith(expected)


async def test_a_stale_etag(azure: Azure) -> None:
    azure.given(HUB)
    call = azure.put("hub", HUB["body"], headers={"If-Match": 'W/"stale"'})
    assert (await refusal(call))[:2] == (412, "PreconditionFailed")


async def test_growing_over_a_peered_network(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    await azure.peer_both()
    call = azure.write("spoke", "10.1.0.0/16", "10.0.5.0/24")
    assert (await refusal(call))[1] == "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet"


@pytest.mark.parametrize(
    ("prefixes", "subnet", "code"),
    [
        (["10.0.0.0/33"], None, "InvalidAddressPrefixFormat"),
        (["10.0.0.1/16"], None, "InvalidCIDRNotation"),
        (["10.0.0.0/16"], "10.0.0.5/24", "InvalidCIDRNotation"),
        (["10.0.0.0/16"], "10.1.0.0/24", "NetcfgSubnetRangeOutsideVnet"),
    ],
)
async def test_prefixes_azure_does_not_take(azure: Azure, prefixes: list[str], subnet: str | None, code: str) -> None:
    azure.given(HUB)
    body = vnet("new", *prefixes, subnets=[{"name": "s", "properties": {"addressPrefix": subnet}}] if subnet else None)
    assert (await refusal(azure.put("new", body["body"])))[1] == code
