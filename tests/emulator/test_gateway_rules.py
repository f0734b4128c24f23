"""Gateways and transit from both sides, and either answer where Azure's is not known for certain."""

from __future__ import annotations

import pytest

from tests.emulator.arm import Arm
from tests.emulator.sdk import HUB_WITH_GATEWAY, PROVIDER, SPOKE, gateway, gateway_subnet, half_id, network_id, vnet

GATEWAY = f"{PROVIDER}/virtualNetworkGateways/vpn"
OWN = f"{PROVIDER}/virtualNetworkGateways/own"
NO_TRANSIT = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}
TRANSIT = {"properties": {**NO_TRANSIT["properties"], "allowGatewayTransit": True}}
PLAIN = {"properties": {"remoteVirtualNetwork": {"id": network_id("hub")}}}
USING = {"properties": {**PLAIN["properties"], "useRemoteGateways": True}}
SPOKE_WITH_ROOM = vnet("spoke", "10.1.0.0/16", subnets=gateway_subnet("10.1.0.0/27"))


def build(arm: Arm) -> None:
    """A hub with a gateway, and a spoke that uses it."""
    halves = [{"id": half_id("hub", "spoke"), "body": TRANSIT}, {"id": half_id("spoke", "hub"), "body": USING}]
    arm.given(*HUB_WITH_GATEWAY, SPOKE_WITH_ROOM, *halves)


async def turn(arm: Arm, name: str, value: str) -> None:
    await arm.control("PUT", "/control/switches", {name: value})


async def test_transit_set_back_while_a_spoke_uses_it(arm: Arm) -> None:
    """docs/facts/arm-peering.md, Gateway order."""
    build(arm)
    refused = await arm.ask("PUT", half_id("hub", "spoke"), NO_TRANSIT)
    assert (refused.status, refused.code) == (400, "RemotePeeringUsesRemoteGateways")
    assert half_id("spoke", "hub") in refused.body["error"]["message"]
    await turn(arm, "transitOffWhileUsed", "accepted")
    assert (await arm.ask("PUT", half_id("hub", "spoke"), NO_TRANSIT)).status == 200
    used = (await arm.ask("GET", half_id("spoke", "hub"))).body["properties"]
    assert (used["useRemoteGateways"], used["peeringState"]) == (True, "Connected")


async def test_transit_set_back_when_the_spoke_has_let_go(arm: Arm) -> None:
    build(arm)
    assert (await arm.ask("PUT", half_id("spoke", "hub"), PLAIN)).status == 200
    assert (await arm.ask("PUT", half_id("hub", "spoke"), NO_TRANSIT)).status == 200
    assert (await arm.ask("PUT", half_id("spoke", "hub"), USING)).code == "RemotePeeringAllowGatewayTransitIsFalse"


async def test_a_gateway_of_ones_own_beside_a_remote_one(arm: Arm) -> None:
    """docs/facts/arm-peering.md, Gateway in use."""
    build(arm)
    body = gateway("spoke")["body"]
    refused = await arm.ask("PUT", OWN, body)
    assert (refused.status, refused.code) == (400, "VnetUsesRemoteGateways")
    await turn(arm, "ownGatewayWhileRemoteUsed", "accepted")
    assert (await arm.ask("PUT", OWN, body)).status == 201
    assert (await arm.ask("PUT", half_id("spoke", "hub"), USING)).code == "LocalVnetHasGateways"


async def test_a_gateway_deleted_while_it_is_used(arm: Arm) -> None:
    """docs/facts/arm-peering.md, Gateway in use."""
    build(arm)
    assert (await arm.ask("DELETE", GATEWAY)).code == "VirtualNetworkGatewayInUseByPeerings"
    await turn(arm, "gatewayDeleteWhileUsed", "accepted")
    assert (await arm.ask("DELETE", GATEWAY)).status == 202
    left = (await arm.ask("GET", half_id("spoke", "hub"))).body["properties"]
    assert left["useRemoteGateways"] is True
    assert "remoteGateways" not in left
    assert (await arm.ask("PUT", half_id("spoke", "hub"), USING)).code == "RemoteVnetHasNoGateways"


@pytest.mark.parametrize(("value", "status"), [("ignored", 400), ("obeyed", 201)])
async def test_a_gateway_that_is_still_being_built(slow_arm: Arm, value: str, status: int) -> None:
    """docs/facts/arm-peering.md, Gateway building."""
    slow_arm.given(vnet("hub", "10.0.0.0/16", subnets=gateway_subnet("10.0.0.0/27")), SPOKE)
    slow_arm.given({"id": half_id("hub", "spoke"), "body": TRANSIT})
    await turn(slow_arm, "doNotVerifyRemoteGateways", value)
    await slow_arm.ask("PUT", GATEWAY, gateway("hub")["body"])
    building = (await slow_arm.ask("GET", GATEWAY)).body["properties"]["provisioningState"]
    assert building == "Updating"
    assert (await slow_arm.ask("PUT", half_id("spoke", "hub"), USING)).code == "RemoteVnetHasNoGateways"
    unverified = {"properties": {**USING["properties"], "doNotVerifyRemoteGateways": True}}
    assert (await slow_arm.ask("PUT", half_id("spoke", "hub"), unverified)).status == status


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"addressPrefix": "10.0.1.0/27"}, "InUsePrefixCannotBeDeleted"),
        ({"addressPrefix": "10.0.0.0/26"}, "InUsePrefixCannotBeDeleted"),
        ({"addressPrefixes": ["10.0.0.0/27", "10.0.1.0/27"]}, ""),
    ],
)
async def test_the_subnet_under_a_gateway_stays_where_it_is(arm: Arm, properties: object, code: str) -> None:
    """docs/facts/arm-networks.md, Prefixes in use."""
    arm.given(*HUB_WITH_GATEWAY)
    alone = await arm.ask("PUT", f"{network_id('hub')}/subnets/GatewaySubnet", {"properties": properties})
    subnets = [{"name": "GatewaySubnet", "properties": properties}]
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    body = {"location": "westeurope", "properties": {"addressSpace": space, "subnets": subnets}}
    whole = await arm.ask("PUT", network_id("hub"), body)
    for answer in (alone, whole):
        assert (answer.status, answer.code if answer.status == 400 else "") == (400 if code else 200, code)


async def test_nor_can_it_be_removed(arm: Arm) -> None:
    """docs/facts/arm-networks.md, Prefixes in use."""
    arm.given(*HUB_WITH_GATEWAY)
    url = f"{network_id('hub')}/subnets/GatewaySubnet"
    assert (await arm.ask("DELETE", url)).code == "InUseSubnetCannotBeDeleted"
    body = vnet("hub", "10.0.0.0/16", subnets=[])["body"]
    assert (await arm.ask("PUT", network_id("hub"), body)).code == "InUseSubnetCannotBeDeleted"
