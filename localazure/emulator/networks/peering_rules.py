"""What must hold before a peering half is written; the first rule broken is the answer, as in Azure."""

from __future__ import annotations

import re
from typing import Any

from localazure.emulator.networks import peering_refusals as refused
from localazure.emulator.networks import refusals
from localazure.emulator.networks.address_space import overlapping
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.peered_space import (
    LOCAL,
    REMOTE,
    conflicts,
    kind_of,
    local_space,
    missing_subnet,
    remote_space,
)
from localazure.emulator.networks.resources import Peering, VirtualNetwork
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

_NAME = re.compile(r"\w(?:[\w.-]{0,78}\w)?")


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise refusals.invalid_name(name)


def check(
    estate: Estate, network: VirtualNetwork, target: ResourceId, wanted: Json, existing: Peering | None, write: Write
) -> VirtualNetwork:
    """The remote network of a half that may be written. Raises the refusal otherwise."""
    remote_id = _remote_id(wanted, target)
    if existing is not None and existing.remote.key != remote_id.key:
        raise refused.remote_cannot_change(target)
    remote = estate.network(remote_id)
    if remote is None or remote is network:
        raise refusals.reference_not_found(str(remote_id), target)
    estate.refuse_if_reference_in_flight(remote.id, target, write)
    _check_pair(network, remote, target, existing)
    _check_gateways(estate, network, remote, target, wanted)
    _check_transit(estate, network, remote, target, wanted, existing)
    _check_spaces(network, remote, target, kind_of(wanted, existing))
    return remote


def _remote_id(wanted: Json, target: ResourceId) -> ResourceId:
    reference = wanted.get("remoteVirtualNetwork")
    text = str(reference.get("id", "")) if isinstance(reference, dict) else ""
    parsed = ResourceId.parse(text)
    if parsed is None or parsed.types != ("virtualNetworks",):
        raise refusals.reference_not_found(text, target)
    return parsed


def _check_pair(network: VirtualNetwork, remote: VirtualNetwork, target: ResourceId, existing: Peering | None) -> None:
    rival = network.peering_to(remote.id)
    if rival is not None and rival is not existing:
        raise refused.already_references(network.id.child("virtualNetworkPeerings", rival.name), remote.id)
    other = remote.peering_to(network.id)
    if other is not None and other.state == "Disconnected" and (existing is None or existing.state != "Disconnected"):
        other_id = remote.id.child("virtualNetworkPeerings", other.name)
        raise refused.remote_disconnected(target, other_id, network.id)
    if existing is None and len(network.peerings) >= refused.LIMIT:
        raise refused.too_many(network.id)


def _check_gateways(
    estate: Estate, network: VirtualNetwork, remote: VirtualNetwork, target: ResourceId, wanted: Json
) -> None:
    if not wanted.get("useRemoteGateways"):
        return
    if wanted.get("allowGatewayTransit"):
        raise refused.both_gateway_flags(target)
    if has_gateway(estate, network, provisioned=False):
        raise refused.local_has_gateway(target, network.id)
    for other in network.peerings.values():
        if other.flags["useRemoteGateways"] and other.name.lower() != target.name.lower():
            raise refused.another_uses_remote_gateways(target, network.id.child("virtualNetworkPeerings", other.name))
    unverified = (
        bool(wanted.get("doNotVerifyRemoteGateways")) and estate.switches["doNotVerifyRemoteGateways"] == "obeyed"
    )
    if not has_gateway(estate, remote, provisioned=not unverified):
        raise refused.remote_has_no_gateways(target, remote.id)
    half = remote.peering_to(network.id)
    if half is not None and not half.flags["allowGatewayTransit"]:
        raise refused.transit_not_allowed(target)


def _check_transit(
    estate: Estate,
    network: VirtualNetwork,
    remote: VirtualNetwork,
    target: ResourceId,
    wanted: Json,
    existing: Peering | None,
) -> None:
    """Transit set back while the other half uses it (docs/facts/arm-peering.md, Gateway order)."""
    if existing is None or not existing.flags["allowGatewayTransit"] or wanted.get("allowGatewayTransit"):
        return
    other = remote.peering_to(network.id)
    used = other is not None and other.flags["useRemoteGateways"] and other.state != "Disconnected"
    if other is not None and used and estate.switches["transitOffWhileUsed"] == "refused":
        raise refused.transit_in_use(target, remote.id.child("virtualNetworkPeerings", other.name))


def has_gateway(estate: Estate, network: VirtualNetwork, *, provisioned: bool) -> bool:
    """Whether the network has a gateway or a Route Server; with `provisioned`, one that is ready to use."""
    if any(not provisioned or gateway.provisioning_state == "Succeeded" for gateway in estate.gateways_of(network)):
        return True
    markers = ("/virtualnetworkgateways/", "/virtualhubs/")
    return any(
        marker in user.lower() for subnet in network.subnets.values() for user in subnet.used_by for marker in markers
    )


def _check_spaces(network: VirtualNetwork, remote: VirtualNetwork, target: ResourceId, kind: Json) -> None:
    for side, member in ((network, LOCAL), (remote, REMOTE)):
        if missing := missing_subnet(side, kind.get(member, [])):
            raise refusals.reference_not_found(str(side.id.child("subnets", missing)), target)
    found = conflicts(network, remote, kind)
    if found:
        raise refused.spaces_overlap(target, network.id, remote.id, found)
    mine, theirs = local_space(network, kind), remote_space(remote, kind)
    for first, second, shown in ((network, remote, mine), (remote, network, theirs)):
        for peering in second.peerings.values():
            if peering.remote.key == first.id.key:
                continue
            found = overlapping(shown, peering.remote_prefixes)
            if found:
                raise refused.overlaps_peered(target, (first.id, second.id), peering.remote, found)
