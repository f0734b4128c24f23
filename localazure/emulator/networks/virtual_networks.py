"""The life of a virtual network: written, re-tagged, deleted."""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import location_required, not_emulated
from localazure.emulator.latency import Work
from localazure.emulator.networks import peering_refusals, refusals
from localazure.emulator.networks.address_space import overlapping
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Kind, Operation
from localazure.emulator.networks.peering_rules import check_name
from localazure.emulator.networks.peerings import disconnect
from localazure.emulator.networks.prefixes import check_network_prefixes
from localazure.emulator.networks.resources import VirtualNetwork
from localazure.emulator.networks.subnets import (
    check_still_inside,
    check_subnets,
    refuse_removal,
    replace_subnets,
    touch_referenced,
)
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

# What the service keeps of a VNet's properties; the rest is read-only or unknown to it.
_WRITABLE = (
    "addressSpace",
    "dhcpOptions",
    "enableDdosProtection",
    "enableVmProtection",
    "ddosProtectionPlan",
    "encryption",
    "bgpCommunities",
    "flowTimeoutInMinutes",
    "privateEndpointVNetPolicies",
    "summarizedGatewayPrefixes",
)


def put_network(estate: Estate, target: ResourceId, body: Json, write: Write) -> tuple[Operation, bool]:
    """Create or replace a network. Returns the operation and whether the network is new.

    Subnets and peerings that the body does not mention stay; tags that it does not mention are gone.
    """
    estate.group(target)
    check_name(target.name)
    network = estate.network(target)
    _check_precondition(network, target, write)
    estate.refuse_if_in_flight(target, write)
    properties, location = _read(body, network, target)
    space = [str(each) for each in properties["addressSpace"]["addressPrefixes"]]
    check_network_prefixes(estate, space, target)
    _check_growth(estate, network, space)
    _check_inline_peerings(network, body["properties"].get("virtualNetworkPeerings") or [])
    subnets = body["properties"].get("subnets")
    if subnets is not None:
        check_subnets(estate, network, target, subnets, space)
    elif network is not None:
        check_still_inside(network, space)
    creates = network is None
    if network is None:
        network = VirtualNetwork(id=target, location=location, properties=properties)
        estate.networks[target.key] = network
        disconnect_from_namesake(estate, network)
    network.properties = properties
    network.tags = body.get("tags")
    network.move_to("Updating")
    if subnets is not None:
        replace_subnets(network, subnets, write.api_version)
    for subnet in network.subnets.values():
        subnet.provisioning_state = "Updating"
    operation = estate.accept(write, Kind.PUT_NETWORK, Work.NETWORK, network.id, location, creates=creates)
    return operation, creates


def delete_network(estate: Estate, target: ResourceId, write: Write) -> Operation | None:
    """Start the removal of a network; None when it does not exist.

    Peerings do not hold it back: the other halves stay behind, Disconnected.
    """
    network = estate.network(target)
    if network is None:
        return None
    _check_precondition(network, target, write)
    estate.refuse_if_in_flight(target, write)
    for subnet in network.subnets.values():
        refuse_removal(estate, network, subnet)
    network.move_to("Deleting")
    return estate.accept(write, Kind.DELETE_NETWORK, Work.NETWORK, network.id, network.location, creates=False)


def finish_put(estate: Estate, target: ResourceId) -> None:
    network = estate.networks[target.key]
    network.move_to("Succeeded")
    network.failed_by = ""
    for subnet in network.subnets.values():
        subnet.provisioning_state = "Succeeded"
    for peering in network.peerings.values():
        remote = estate.network(peering.remote)
        if remote is not None:
            remote.touch()
    for subnet in network.subnets.values():
        touch_referenced(estate, subnet)


def fail(estate: Estate, operation: Operation, target: ResourceId) -> None:
    network = estate.networks[target.key]
    network.move_to(operation.status)
    network.failed_by = operation.id if operation.status == "Failed" else ""


def remove_network(estate: Estate, target: ResourceId) -> None:
    network = estate.networks.pop(target.key)
    estate.departed.add(target.key)
    for peering in network.peerings.values():
        disconnect(estate, network, peering)
    for subnet in network.subnets.values():
        touch_referenced(estate, subnet)


def disconnect_from_namesake(estate: Estate, network: VirtualNetwork) -> None:
    """A half gets Disconnected when its remote network is deleted and re-created (text of Azure's own refusal)."""
    if network.id.key not in estate.departed:
        return
    estate.departed.discard(network.id.key)
    for other in estate.networks.values():
        peering = other.peering_to(network.id)
        if peering is not None:
            peering.state = "Disconnected"
            other.touch()


def _check_inline_peerings(network: VirtualNetwork | None, listed: list[Json]) -> None:
    """Clients send back the peerings they read; writing them by way of the network is not emulated."""
    for each in listed:
        peering = network.peering(str(each.get("name", ""))) if network else None
        sent = each.get("properties") or {}
        if peering is None or any(sent.get(name, value) != value for name, value in peering.flags.items()):
            raise not_emulated("PUT", f"virtualNetworks with the new or changed peering {each.get('name')} inside")


def _check_precondition(network: VirtualNetwork | None, target: ResourceId, write: Write) -> None:
    if not write.if_match:
        return
    current = network.entity_tag if network else ""
    if write.if_match != current and not (network and write.if_match == "*"):
        raise refusals.etag_mismatch(write.if_match, current, target)


def _read(body: Json, network: VirtualNetwork | None, target: ResourceId) -> tuple[Json, str]:
    sent = body.get("properties")
    prefixes = sent.get("addressSpace", {}).get("addressPrefixes") if isinstance(sent, dict) else None
    if not isinstance(sent, dict) or not isinstance(prefixes, list) or not prefixes:
        raise refusals.invalid_format(
            "MissingJsonProperty", "Required property 'addressSpace' not found in JSON. Path 'properties'."
        )
    location = str(body.get("location", "")).replace(" ", "").lower()
    if not location:
        raise location_required()
    if network is not None and network.location != location:
        raise refusals.location_differs(target, network.location, location)
    properties = {name: sent[name] for name in _WRITABLE if sent.get(name) is not None}
    if "encryption" in properties:
        properties["encryption"] = _encryption(properties["encryption"], target)
    if "dhcpOptions" in properties:
        properties["dhcpOptions"] = {"dnsServers": [], **properties["dhcpOptions"]}
    return properties, location


def _encryption(sent: Json, target: ResourceId) -> Json:
    """Both or nothing, but for encryption that is off (docs/facts/arm-peering.md, Encryption of the other network)."""
    if sent.get("enabled") is False:
        return {"enforcement": "AllowUnencrypted", **sent}
    if sent.get("enabled") is None or not sent.get("enforcement"):
        raise refusals.encryption_half_given(target)
    return sent


def _check_growth(estate: Estate, network: VirtualNetwork | None, space: list[str]) -> None:
    """A peered network may grow, but not over one it is peered with (docs/facts/arm-peering.md, Growth).

    Over another spoke of its hub: a switch says whether that is noticed now, or when the hub's half is synced.
    """
    if network is None:
        return
    for peering in network.peerings.values():
        found = overlapping(space, estate.remote_prefixes(peering))
        if found:
            raise peering_refusals.growth_overlaps_peered(network.id, peering.remote, found)
        hub = estate.network(peering.remote)
        if hub is not None and estate.switches["growthOverNeighbour"] == "network":
            _check_neighbours(network, hub, space)


def _check_neighbours(network: VirtualNetwork, hub: VirtualNetwork, space: list[str]) -> None:
    for neighbour in hub.peerings.values():
        if neighbour.remote.key == network.id.key:
            continue
        found = overlapping(space, neighbour.remote_prefixes)
        if found:
            raise peering_refusals.growth_overlaps_neighbour(network.id, neighbour.remote, hub.id, found)
