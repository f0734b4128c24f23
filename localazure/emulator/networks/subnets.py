"""Subnets: written with their network or one by one, and kept while something sits in them."""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import parent_not_found
from localazure.emulator.latency import Work
from localazure.emulator.networks import refusals
from localazure.emulator.networks.address_space import inside, overlapping, range_of
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Kind, Operation
from localazure.emulator.networks.peering_rules import check_name
from localazure.emulator.networks.prefixes import check_subnet_size
from localazure.emulator.networks.resources import PlainResource, Subnet, VirtualNetwork
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

_WRITABLE = (
    "addressPrefix",
    "addressPrefixes",
    "networkSecurityGroup",
    "routeTable",
    "natGateway",
    "serviceEndpoints",
    "serviceEndpointPolicies",
    "ipAllocations",
    "delegations",
    "privateEndpointNetworkPolicies",
    "privateLinkServiceNetworkPolicies",
    "defaultOutboundAccess",
    "ipamPoolPrefixAllocations",
    "applicationGatewayIPConfigurations",
)
# The default became Disabled with this version (recordings of 2019-09-01 and 2022-01-01).
_ENDPOINT_POLICIES_OFF_SINCE = "2022-01-01"


def put_subnet(estate: Estate, target: ResourceId, body: Json, write: Write) -> tuple[Operation, bool]:
    """Create or replace one subnet. Returns the operation and whether the subnet is new."""
    network = _network_for_write(estate, target, write, "write")
    if network.failed_by:
        raise refusals.parent_failed(target, network.failed_by)
    existing = network.subnet(target.name)
    if existing is not None:
        keep_used_prefixes(estate, network, existing, body)
    others = [
        {"name": subnet.name, "properties": subnet.properties}
        for subnet in network.subnets.values()
        if subnet is not existing
    ]
    check_subnets(estate, None, network.id, [*others, {**body, "name": target.name}], network.prefixes)
    subnet = _subnet(target.name, body, write.api_version, existing)
    subnet.provisioning_state = "Updating"
    network.subnets[target.name.lower()] = subnet
    network.touch()
    if existing is not None:
        touch_referenced(estate, existing)
    creates = existing is None
    operation = estate.accept(write, Kind.PUT_SUBNET, Work.SUBNET, target, network.location, creates=creates)
    return operation, creates


def delete_subnet(estate: Estate, target: ResourceId, write: Write) -> Operation | None:
    network = _network_for_write(estate, target, write, "delete")
    subnet = network.subnet(target.name)
    if subnet is None:
        return None
    refuse_removal(estate, network, subnet)
    subnet.provisioning_state = "Deleting"
    network.touch()
    return estate.accept(write, Kind.DELETE_SUBNET, Work.SUBNET, target, network.location, creates=False)


def finish(estate: Estate, operation: Operation, target: ResourceId) -> None:
    network = estate.networks[target.parent.key]
    network.touch()
    subnet = network.subnets[target.name.lower()]
    if operation.kind is Kind.DELETE_SUBNET:
        del network.subnets[target.name.lower()]
    else:
        subnet.provisioning_state = "Succeeded"
    touch_referenced(estate, subnet)


def touch_referenced(estate: Estate, subnet: Subnet) -> None:
    """Route tables and security groups list the subnets that use them, so their etags change with those."""
    for name in ("routeTable", "networkSecurityGroup"):
        reference = (subnet.properties.get(name) or {}).get("id", "")
        resource = estate.plain.get(reference.lower())
        if resource is not None:
            resource.touch()


def fail(estate: Estate, operation: Operation, target: ResourceId) -> None:
    network = estate.networks[target.parent.key]
    network.touch()
    network.subnets[target.name.lower()].provisioning_state = operation.status


def users_of(estate: Estate, network: VirtualNetwork, subnet: Subnet) -> list[str]:
    """The ids of the ip configurations in a subnet: those of gateways, and those a scenario put there."""
    key = f"{network.id.key}/subnets/{subnet.name.lower()}"
    found = list(subnet.used_by)
    for gateway in estate.gateways_of(network):
        found += [identifier for identifier, subnet_key in _configurations(gateway) if subnet_key == key]
    return found


def _configurations(gateway: PlainResource) -> list[tuple[str, str]]:
    return [
        (
            f"{gateway.id}/ipConfigurations/{each['name']}",
            str((each.get("properties") or {}).get("subnet", {}).get("id", "")).lower(),
        )
        for each in gateway.properties.get("ipConfigurations") or []
    ]


def refuse_removal(estate: Estate, network: VirtualNetwork, subnet: Subnet) -> None:
    """Raises InUseSubnetCannotBeDeleted while something sits in the subnet."""
    users = users_of(estate, network, subnet)
    if users:
        raise refusals.subnet_in_use(subnet.name, users[0])


def check_subnets(
    estate: Estate, network: VirtualNetwork | None, target: ResourceId, wanted: list[Json], space: list[str]
) -> None:
    """The subnets a network is about to have: inside its space, apart from each other, none in use dropped."""
    taken: list[str] = []
    for each in wanted:
        name = str(each.get("name", ""))
        check_name(name)
        prefixes = Subnet(name, each.get("properties") or {}).prefixes
        for prefix in prefixes:
            _check_range(prefix, name, target, space)
            check_subnet_size(prefix, name, target)
        if overlapping(prefixes, taken):
            raise refusals.subnets_overlap(name, target.name)
        taken += prefixes
    if network is not None:
        kept = {str(each["name"]).lower(): each for each in wanted}
        for key, subnet in network.subnets.items():
            if key in kept:
                keep_used_prefixes(estate, network, subnet, kept[key])
            else:
                refuse_removal(estate, network, subnet)


def keep_used_prefixes(estate: Estate, network: VirtualNetwork, subnet: Subnet, body: Json) -> None:
    """A subnet in use may get more prefixes and lose none (docs/facts/arm-networks.md, Prefixes in use)."""
    if not users_of(estate, network, subnet):
        return
    wanted = Subnet(subnet.name, body.get("properties") or {}).prefixes
    for prefix in subnet.prefixes:
        if prefix not in wanted:
            raise refusals.prefix_in_use(prefix, subnet.name)


def check_still_inside(network: VirtualNetwork, space: list[str]) -> None:
    """A prefix that a subnet sits in cannot be taken from its network (docs/facts/arm-networks.md, Prefixes in use)."""
    for subnet in network.subnets.values():
        if not all(inside(prefix, space) for prefix in subnet.prefixes):
            raise refusals.subnet_outside(subnet.name, network.id.name)


def _check_range(prefix: str, name: str, target: ResourceId, space: list[str]) -> None:
    try:
        range_of(prefix)
    except ValueError as error:
        raise refusals.invalid_prefix(prefix, target.child("subnets", name)) from error
    if not inside(prefix, space):
        raise refusals.subnet_outside(name, target.name)


def replace_subnets(network: VirtualNetwork, wanted: list[Json], api_version: str) -> None:
    network.subnets = {
        str(each["name"]).lower(): _subnet(each["name"], each, api_version, network.subnet(each["name"]))
        for each in wanted
    }


def _subnet(name: str, body: Json, api_version: str, existing: Subnet | None) -> Subnet:
    sent = body.get("properties") or {}
    policies = "Disabled" if api_version >= _ENDPOINT_POLICIES_OFF_SINCE else "Enabled"
    properties = {
        "delegations": [],
        "privateEndpointNetworkPolicies": policies,
        "privateLinkServiceNetworkPolicies": "Enabled",
        **{key: sent[key] for key in _WRITABLE if sent.get(key) is not None},
    }
    return Subnet(existing.name if existing else name, properties, used_by=list(existing.used_by) if existing else [])


def _network_for_write(estate: Estate, target: ResourceId, write: Write, verb: str) -> VirtualNetwork:
    estate.group(target)
    network = estate.network(target.parent)
    if network is None:
        raise parent_not_found(target, verb)
    estate.refuse_unless_free(network, target, write)
    return network
