"""Virtual network gateways: they sit in a subnet, peerings use them, and once up they speak BGP."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from localazure.emulator.networks import refusals
from localazure.emulator.networks.estate import Estate, outermost, subnets_of_gateway
from localazure.emulator.networks.plain_properties import part_of
from localazure.emulator.networks.resources import PlainResource
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

_VPN_CLIENT_BEFORE_IT_IS_UP: Json = {
    "vpnClientProtocols": ["SSTP"],
    "vpnAuthenticationTypes": [],
    "vpnClientRootCertificates": [],
    "vpnClientRevokedCertificates": [],
    "vngClientConnectionConfigurations": [],
    "radiusServers": [],
    "vpnClientIpsecPolicies": [],
}


def check_subnets_exist(estate: Estate, gateway: PlainResource) -> None:
    for subnet_id in subnets_of_gateway(gateway):
        parsed = ResourceId.parse(subnet_id)
        network = estate.network(outermost(parsed)) if parsed else None
        if parsed is None or network is None or network.subnet(parsed.name) is None:
            raise refusals.reference_not_found(subnet_id, gateway.id)


def check_put(estate: Estate, gateway: PlainResource) -> None:
    """What its subnet and its network say to a gateway (docs/facts/arm-peering.md, Gateway flags)."""
    check_subnets_exist(estate, gateway)
    if gateway.id.key in estate.plain or estate.switches["ownGatewayWhileRemoteUsed"] == "accepted":
        return
    for key in _networks_of(gateway):
        network = estate.networks[key]
        for peering in network.peerings.values():
            if peering.flags["useRemoteGateways"]:
                user = network.id.child("virtualNetworkPeerings", peering.name)
                raise refusals.gateway_beside_remote_one(gateway.id, user)


def touch_networks(estate: Estate, gateway: PlainResource) -> None:
    """A gateway shows in its subnet, so the network's etag changes when it comes and when it goes."""
    for key in _networks_of(gateway):
        if key in estate.networks:
            estate.networks[key].touch()


def refuse_while_peerings_use_it(estate: Estate, gateway: PlainResource) -> None:
    """docs/facts/arm-peering.md, Gateway in use."""
    if estate.switches["gatewayDeleteWhileUsed"] == "accepted":
        return
    for key in _networks_of(gateway):
        hub = estate.networks[key]
        for peering in hub.peerings.values():
            other = estate.reciprocal(hub, peering)
            if other is not None and other.flags["useRemoteGateways"]:
                raise refusals.gateway_in_use(gateway.id, other.name, peering.remote)


def _networks_of(gateway: PlainResource) -> set[str]:
    parsed = [ResourceId.parse(subnet_id) for subnet_id in subnets_of_gateway(gateway)]
    return {outermost(subnet).key for subnet in parsed if subnet is not None}


def gateway_properties(estate: Estate, resource: PlainResource) -> Json:
    sent = resource.properties
    configurations = [
        part_of(resource, "ipConfigurations", each["name"], each["properties"])
        for each in sent.get("ipConfigurations") or []
    ]
    properties: Json = {
        "packetCaptureDiagnosticState": "None",
        "enablePrivateIpAddress": False,
        "isMigrateToCSES": False,
        "natRules": [],
        "virtualNetworkGatewayPolicyGroups": [],
        "enableBgpRouteTranslationForNat": False,
        "disableIPSecReplayProtection": False,
        "enableBgp": False,
        "activeActive": False,
        "vpnGatewayGeneration": "Generation1",
        **sent,
        "ipConfigurations": configurations,
        "sku": {"capacity": 2, **(sent.get("sku") or {})},
    }
    if resource.provisioning_state == "Succeeded":
        return {**properties, "bgpSettings": _speaking_bgp(estate, resource, configurations)}
    client = {**_VPN_CLIENT_BEFORE_IT_IS_UP, **(sent.get("vpnClientConfiguration") or {})}
    return {**properties, "vpnClientConfiguration": client, "bgpSettings": _silent_bgp(configurations)}


def _silent_bgp(configurations: list[Json]) -> Json:
    peers = [
        {"ipconfigurationId": each["id"], "defaultBgpIpAddresses": [], "customBgpIpAddresses": []}
        for each in configurations
    ]
    return {"asn": 0, "peerWeight": 0, "bgpPeeringAddresses": peers}


def _speaking_bgp(estate: Estate, resource: PlainResource, configurations: list[Json]) -> Json:
    """The gateway speaks from the last usable address of its subnet; its tunnels from a public one."""
    peers = []
    for each in configurations:
        address = _last_address(estate, str(each["properties"].get("subnet", {}).get("id", "")))
        peers.append(
            {
                "ipconfigurationId": each["id"],
                "defaultBgpIpAddresses": [address],
                "customBgpIpAddresses": [],
                "tunnelIpAddresses": [_documentation_address(resource)],
            }
        )
    speaker = ",".join(address for peer in peers for address in peer["defaultBgpIpAddresses"])
    sent = resource.properties.get("bgpSettings") or {}
    return {
        "asn": sent.get("asn", 65515),
        "bgpPeeringAddress": speaker,
        "peerWeight": sent.get("peerWeight", 0),
        "bgpPeeringAddresses": peers,
    }


def _last_address(estate: Estate, subnet_id: str) -> str:
    parsed = ResourceId.parse(subnet_id)
    network = estate.network(outermost(parsed)) if parsed else None
    subnet = network.subnet(parsed.name) if network and parsed else None
    if subnet is None:
        return ""
    return str(ip_network(subnet.prefixes[0])[-2])


def _documentation_address(resource: PlainResource) -> str:
    """A public address that nobody owns (RFC 5737), the same for one gateway every time."""
    return f"203.0.113.{int(resource.guid[:2], 16) % 254 + 1}"
