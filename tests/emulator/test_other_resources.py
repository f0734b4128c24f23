"""Subnets, gateways, and the stored resources: through lists, references and reads on the wire."""

from __future__ import annotations

from tests.emulator.arm import Arm
from tests.emulator.sdk import (
    GROUP,
    HUB,
    HUB_WITH_GATEWAY,
    PROVIDER,
    SPOKE,
    SUBSCRIPTION,
    gateway,
    gateway_subnet,
    half_id,
    network_id,
    vnet,
)

GATEWAY = f"{PROVIDER}/virtualNetworkGateways/vpn"
TRANSIT = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}, "allowGatewayTransit": True}}
USING = {"properties": {"remoteVirtualNetwork": {"id": network_id("hub")}, "useRemoteGateways": True}}


async def test_a_gateway_shows_in_its_subnet_at_once_and_can_be_used_when_it_is_up(slow_arm: Arm) -> None:
    slow_arm.given(vnet("hub", "10.0.0.0/16", subnets=gateway_subnet("10.0.0.0/27")), SPOKE)
    slow_arm.given({"id": half_id("hub", "spoke"), "body": TRANSIT})
    accepted = await slow_arm.ask("PUT", GATEWAY, gateway("hub")["body"])
    assert (accepted.status, accepted.headers["retry-after"]) == (201, "10")
    subnet = (await slow_arm.ask("GET", f"{network_id('hub')}/subnets/GatewaySubnet")).body
    assert subnet["properties"]["ipConfigurations"] == [{"id": f"{GATEWAY}/ipConfigurations/default"}]
    assert (await slow_arm.ask("PUT", half_id("spoke", "hub"), USING)).code == "RemoteVnetHasNoGateways"
    slow_arm.clock.step(600)
    used = await slow_arm.ask("PUT", half_id("spoke", "hub"), USING)
    assert used.body["properties"]["remoteGateways"] == [{"id": GATEWAY}]
    shown = await slow_arm.ask("GET", GATEWAY)
    assert "etag" not in shown.headers
    assert shown.body["properties"]["bgpSettings"]["bgpPeeringAddress"] == "10.0.0.30"


async def test_a_gateway_that_spokes_use_cannot_be_deleted(arm: Arm) -> None:
    arm.given(*HUB_WITH_GATEWAY, SPOKE, {"id": half_id("hub", "spoke"), "body": TRANSIT})
    arm.given({"id": half_id("spoke", "hub"), "body": USING})
    assert (await arm.ask("DELETE", GATEWAY)).status == 400
    await arm.ask("DELETE", half_id("spoke", "hub"))
    assert (await arm.ask("DELETE", GATEWAY)).status == 202
    subnet = (await arm.ask("GET", f"{network_id('hub')}/subnets/GatewaySubnet")).body
    assert "ipConfigurations" not in subnet["properties"]


async def test_a_gateway_needs_its_subnet(arm: Arm) -> None:
    arm.given(HUB)
    assert (await arm.ask("PUT", GATEWAY, gateway("hub")["body"])).code == "InvalidResourceReference"


async def test_a_route_server_in_a_scenario_counts_as_a_gateway(arm: Arm) -> None:
    user = {"id": f"{PROVIDER}/virtualHubs/rs/ipConfigurations/one"}
    subnet = {"name": "RouteServerSubnet", "properties": {"addressPrefix": "10.0.1.0/27", "ipConfigurations": [user]}}
    arm.given(vnet("hub", "10.0.0.0/16", subnets=[subnet]), SPOKE, {"id": half_id("hub", "spoke"), "body": TRANSIT})
    assert (await arm.ask("PUT", half_id("spoke", "hub"), USING)).status == 201


async def test_subnets_are_listed_and_may_not_overlap(arm: Arm) -> None:
    arm.given(HUB)
    url = f"{network_id('hub')}/subnets/"
    assert (await arm.ask("PUT", url + "a", {"properties": {"addressPrefix": "10.0.0.0/24"}})).status == 201
    assert (await arm.ask("PUT", url + "a", {"properties": {"addressPrefix": "10.0.0.0/25"}})).status == 200
    refused = await arm.ask("PUT", url + "b", {"properties": {"addressPrefix": "10.0.0.64/26"}})
    assert refused.code == "NetcfgSubnetRangesOverlap"
    listed = (await arm.ask("GET", f"{network_id('hub')}/subnets")).body["value"]
    assert [each["name"] for each in listed] == ["a"]
    assert (await arm.ask("DELETE", url + "b")).status == 204


async def test_addresses_are_free_or_others_are_offered(arm: Arm) -> None:
    arm.given(vnet("hub", "10.0.0.0/16", subnets=[{"name": "a", "properties": {"addressPrefix": "10.0.0.0/29"}}]))
    url = f"{network_id('hub')}/CheckIPAddressAvailability?ipAddress="
    assert (await arm.ask("GET", url + "10.0.0.5")).body == {"available": True}
    assert (await arm.ask("GET", url + "10.0.0.7")).body == {
        "available": False,
        "availableIPAddresses": ["10.0.0.4", "10.0.0.5", "10.0.0.6"],
        "isPlatformReserved": True,
    }
    assert (await arm.ask("GET", url + "10.9.0.4")).code == "PrivateIPAddressNotInAnySubnet"


async def test_resources_are_listed_by_group_subscription_and_type(arm: Arm) -> None:
    arm.given(HUB, SPOKE, {"id": f"{PROVIDER}/publicIPAddresses/ip"})
    subscription = f"/subscriptions/{SUBSCRIPTION}"

    async def names(url: str) -> list[str]:
        return [each["name"] for each in (await arm.ask("GET", url)).body["value"]]

    only = "$filter=resourceType eq 'Microsoft.Network/publicIPAddresses'"
    assert await names(f"{subscription}/providers/Microsoft.Network/virtualNetworks") == ["hub", "spoke"]
    assert await names(f"{PROVIDER}/virtualNetworks") == ["hub", "spoke"]
    assert await names(f"{subscription}/providers/Microsoft.Network/publicIPAddresses") == ["ip"]
    assert await names(f"{subscription}/resources") == ["ip", "hub", "spoke"]
    assert await names(f"{subscription}/resources?{only}") == ["ip"]
    assert await names(f"{GROUP}/resources") == ["ip", "hub", "spoke"]
    assert await names(f"{subscription}/resourcegroups") == ["rg"]
    assert (await arm.ask("GET", f"{PROVIDER.replace('/rg/', '/no/')}/virtualNetworks")).code == "ResourceGroupNotFound"


async def test_az_lists_by_group_and_type_and_doubles_a_slash(arm: Arm) -> None:
    """docs/facts/clients.md, Mixed paths."""
    arm.given(HUB)
    subscription = GROUP.rpartition("/resourceGroups/")[0]

    async def names(group: str) -> list[str]:
        only = f"$filter=resourceGroup eq '{group}' and resourceType eq 'Microsoft.Network/virtualNetworks'"
        return [each["name"] for each in (await arm.ask("GET", f"{subscription}/resources?{only}")).body["value"]]

    assert (await names("RG"), await names("other")) == (["hub"], [])
    doubled = network_id("hub").replace("Microsoft.Network/", "Microsoft.Network//")
    assert (await arm.ask("GET", doubled)).body["name"] == "hub"


async def test_groups_are_made_changed_and_seen(arm: Arm) -> None:
    assert (await arm.ask("PUT", GROUP, {})).code == "LocationRequired"
    made = await arm.ask("PUT", GROUP, {"location": "West Europe"})
    assert (made.status, made.body["location"]) == (201, "westeurope")
    assert (await arm.ask("PUT", GROUP, {"location": "westeurope", "tags": {"a": "b"}})).status == 200
    assert (await arm.ask("PATCH", GROUP, {"tags": {"c": "d"}})).body["tags"] == {"c": "d"}
    assert (await arm.ask("HEAD", GROUP)).status == 204


async def test_a_network_is_written_back_with_the_peerings_that_were_read(arm: Arm) -> None:
    arm.given(HUB, SPOKE, {"id": half_id("hub", "spoke"), "body": TRANSIT})
    hub = (await arm.ask("GET", network_id("hub"))).body
    assert (await arm.ask("PUT", network_id("hub"), {**hub, "tags": {"a": "b"}})).status == 200
    hub["properties"]["virtualNetworkPeerings"][0]["properties"]["allowGatewayTransit"] = False
    assert (await arm.ask("PUT", network_id("hub"), hub)).status == 501


async def test_a_region_cannot_change(arm: Arm) -> None:
    arm.given(HUB)
    moved = {**HUB["body"], "location": "northeurope"}
    assert (await arm.ask("PUT", network_id("hub"), moved)).code == "InvalidResourceLocation"
