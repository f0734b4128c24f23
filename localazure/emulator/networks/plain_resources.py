"""Gateways, public addresses, security groups and route tables: stored, shown, and little more."""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import ArmError, location_required
from localazure.emulator.latency import Work
from localazure.emulator.networks import refusals
from localazure.emulator.networks.estate import Estate, outermost, subnets_of_gateway
from localazure.emulator.networks.operations import Kind, Operation
from localazure.emulator.networks.peering_rules import check_name
from localazure.emulator.networks.resources import PlainResource, new_guid
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

PLAIN_TYPES = ("virtualNetworkGateways", "publicIPAddresses", "networkSecurityGroups", "routeTables")
_BESIDE_PROPERTIES = ("sku", "zones", "kind", "identity", "extendedLocation")


def put_plain(estate: Estate, target: ResourceId, body: Json, write: Write) -> tuple[Operation, bool]:
    """Create or replace a resource as a whole. Returns the operation and whether it is new."""
    estate.group(target)
    check_name(target.name)
    existing = estate.plain.get(target.key)
    estate.refuse_if_in_flight(target, write)
    location = str(body.get("location", "")).replace(" ", "").lower()
    if not location:
        raise location_required()
    if existing is not None and existing.location != location:
        raise refusals.location_differs(target, existing.location, location)
    resource = PlainResource(
        id=existing.id if existing else target,
        location=location,
        tags=body.get("tags"),
        guid=existing.guid if existing else new_guid(),
        properties=dict(body.get("properties") or {}),
        provisioning_state="Updating",
        top_level={name: body[name] for name in _BESIDE_PROPERTIES if name in body},
    )
    _check_subnets_exist(estate, resource)
    estate.plain[target.key] = resource
    creates = existing is None
    operation = estate.accept(write, Kind.PUT_PLAIN, _work(target), resource.id, location, creates=creates)
    return operation, creates


def delete_plain(estate: Estate, target: ResourceId, write: Write) -> Operation | None:
    resource = estate.plain.get(target.key)
    if resource is None:
        return None
    estate.refuse_if_in_flight(target, write)
    if target.types == ("virtualNetworkGateways",):
        _refuse_while_peerings_use_it(estate, resource)
    resource.move_to("Deleting")
    return estate.accept(write, Kind.DELETE_PLAIN, _work(target), resource.id, resource.location, creates=False)


def finish_put(estate: Estate, target: ResourceId) -> None:
    resource = estate.plain[target.key]
    resource.move_to("Succeeded")
    _touch_networks(estate, resource)


def remove_plain(estate: Estate, target: ResourceId) -> None:
    _touch_networks(estate, estate.plain.pop(target.key))


def fail(estate: Estate, target: ResourceId) -> None:
    resource = estate.plain[target.key]
    resource.move_to("Failed")


def _work(target: ResourceId) -> Work:
    return Work.GATEWAY if target.types == ("virtualNetworkGateways",) else Work.PLAIN


def _check_subnets_exist(estate: Estate, resource: PlainResource) -> None:
    if resource.id.types != ("virtualNetworkGateways",):
        return
    for subnet_id in subnets_of_gateway(resource):
        parsed = ResourceId.parse(subnet_id)
        network = estate.network(outermost(parsed)) if parsed else None
        if parsed is None or network is None or network.subnet(parsed.name) is None:
            raise refusals.reference_not_found(subnet_id, resource.id)


def _networks_of(resource: PlainResource) -> set[str]:
    if resource.id.types != ("virtualNetworkGateways",):
        return set()
    parsed = [ResourceId.parse(subnet_id) for subnet_id in subnets_of_gateway(resource)]
    return {outermost(each).key for each in parsed if each is not None}


def _touch_networks(estate: Estate, resource: PlainResource) -> None:
    """A gateway shows in its subnet, so the network's etag changes when it comes and when it goes."""
    for key in _networks_of(resource):
        if key in estate.networks:
            estate.networks[key].touch()


def _refuse_while_peerings_use_it(estate: Estate, gateway: PlainResource) -> None:
    for key in _networks_of(gateway):
        hub = estate.networks[key]
        for peering in hub.peerings.values():
            other = estate.reciprocal(hub, peering)
            if other is not None and other.flags["useRemoteGateways"]:
                raise ArmError(
                    400,
                    "VirtualNetworkGatewayInUseByPeerings",
                    f"Virtual network gateway {gateway.id} cannot be deleted because peering {other.name} of virtual "
                    f"network {peering.remote} uses it as a remote gateway.",
                    details=[],
                )
