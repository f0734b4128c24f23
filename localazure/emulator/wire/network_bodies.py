"""Bodies of virtual networks, subnets and peerings as the api-version asked for shows them.

The sets of properties per version are those of the recordings; a cut-off between two recorded versions is
placed at the version that introduced the property where that is known.
"""

from __future__ import annotations

from typing import Any

from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.peered_space import kind_as_it_is, local_space
from localazure.emulator.networks.peerings import sync_level
from localazure.emulator.networks.resources import Peering, Subnet, VirtualNetwork
from localazure.emulator.networks.subnets import users_of
from localazure.emulator.wire.resource_body import resource_body

type Json = dict[str, Any]

_CHILDREN_TYPED_SINCE = "2018-01-01"
_DDOS_SINCE = "2018-01-01"
_VM_PROTECTION_UNTIL = "2021-01-01"
_PEERING_GUID_SINCE = "2019-01-01"
_SYNC_LEVEL_SINCE = "2021-02-01"
_ROUTE_SERVICE_VIPS_UNTIL = "2024-01-01"
_ENCRYPTION_SINCE = "2021-05-01"
_IPAM_SINCE = "2024-01-01"
_ENDPOINT_POLICIES_SINCE = "2024-05-01"
_SUMMARIZED_SINCE = "2025-07-01"


def network_body(estate: Estate, network: VirtualNetwork, version: str) -> Json:
    return resource_body(network, _network_properties(estate, network, version))


def _network_properties(estate: Estate, network: VirtualNetwork, version: str) -> Json:
    kept = dict(network.properties)
    ddos = kept.pop("enableDdosProtection", False)
    vm_protection = kept.pop("enableVmProtection", False)
    endpoint_policies = kept.pop("privateEndpointVNetPolicies", "Disabled")
    properties: Json = {
        "provisioningState": estate.state_of(network),
        "resourceGuid": network.guid,
        "addressSpace": kept.pop("addressSpace"),
    }
    if version >= _ENDPOINT_POLICIES_SINCE:
        properties["privateEndpointVNetPolicies"] = endpoint_policies
    if version < _ENCRYPTION_SINCE:
        kept.pop("encryption", None)
    if version < _SUMMARIZED_SINCE:
        kept.pop("summarizedGatewayPrefixes", None)
    properties.update(kept)
    properties["subnets"] = [subnet_body(estate, network, subnet, version) for subnet in network.subnets.values()]
    properties["virtualNetworkPeerings"] = [
        peering_body(estate, network, peering, version) for peering in network.peerings.values()
    ]
    if version >= _DDOS_SINCE:
        properties["enableDdosProtection"] = ddos
        if version < _VM_PROTECTION_UNTIL:
            properties["enableVmProtection"] = vm_protection
    return properties


def subnet_body(estate: Estate, network: VirtualNetwork, subnet: Subnet, version: str) -> Json:
    kept = dict(subnet.properties)
    trailing = {
        name: kept.pop(name)
        for name in ("delegations", "privateEndpointNetworkPolicies", "privateLinkServiceNetworkPolicies")
    }
    allocations = kept.pop("ipamPoolPrefixAllocations", [])
    properties: Json = {"provisioningState": subnet.provisioning_state, **kept}
    if version >= _IPAM_SINCE:
        properties["ipamPoolPrefixAllocations"] = allocations
    users = users_of(estate, network, subnet)
    if users:
        properties["ipConfigurations"] = [{"id": user} for user in users]
    if version >= _CHILDREN_TYPED_SINCE:
        properties.update(trailing)
    return _child(network, "subnets", subnet.name, properties, version)


def peering_body(estate: Estate, network: VirtualNetwork, peering: Peering, version: str) -> Json:
    flags = dict(peering.flags)
    not_verified = flags.pop("doNotVerifyRemoteGateways")
    complete = flags.pop("peerCompleteVnets")
    knows_sync = version >= _SYNC_LEVEL_SINCE
    properties: Json = {"provisioningState": peering.provisioning_state}
    if version >= _PEERING_GUID_SINCE:
        properties["resourceGuid"] = peering.guid
    properties["peeringState"] = peering.state
    if knows_sync:
        properties["peeringSyncLevel"] = sync_level(estate, network, peering)
    properties["remoteVirtualNetwork"] = {"id": peering.remote.text}
    properties.update(flags)
    if version >= _PEERING_GUID_SINCE:
        properties["doNotVerifyRemoteGateways"] = not_verified
    if knows_sync:
        properties["peerCompleteVnets"] = complete
        properties.update(peering.extra)
        properties.update(_local_space(network, peering))
        properties.update(_remote_gateways(estate, peering))
    properties["remoteAddressSpace"] = {"addressPrefixes": peering.remote_prefixes}
    if knows_sync:
        properties["remoteVirtualNetworkAddressSpace"] = {"addressPrefixes": estate.remote_prefixes(peering)}
    if _CHILDREN_TYPED_SINCE <= version < _ROUTE_SERVICE_VIPS_UNTIL:
        properties["routeServiceVips"] = {}
    if version >= _ENCRYPTION_SINCE:
        properties.update(_encryption(estate, peering))
    return _child(network, "virtualNetworkPeerings", peering.name, properties, version)


def _remote_gateways(estate: Estate, peering: Peering) -> Json:
    if not peering.flags["useRemoteGateways"]:
        return {}
    remote = estate.network(peering.remote)
    gateways = estate.gateways_of(remote) if remote else []
    return {"remoteGateways": [{"id": gateway.id.text} for gateway in gateways]} if gateways else {}


def _local_space(network: VirtualNetwork, peering: Peering) -> Json:
    """Only a half of some subnets shows its own side, and both times the subnets' prefixes."""
    if peering.flags["peerCompleteVnets"]:
        return {}
    space = {"addressPrefixes": local_space(network, kind_as_it_is(peering))}
    return {"localAddressSpace": space, "localVirtualNetworkAddressSpace": space}


def _encryption(estate: Estate, peering: Peering) -> Json:
    """Shown where the remote network has the setting, whatever it is."""
    remote = estate.network(peering.remote)
    encryption = remote.properties.get("encryption") if remote else None
    return {"remoteVirtualNetworkEncryption": encryption} if encryption else {}


def _child(network: VirtualNetwork, type_: str, name: str, properties: Json, version: str) -> Json:
    identifier = network.id.child(type_, name)
    body: Json = {
        "name": name,
        "id": identifier.text,
        "etag": network.entity_tag,
        "properties": properties,
    }
    if version >= _CHILDREN_TYPED_SINCE:
        body["type"] = identifier.type
    return body
