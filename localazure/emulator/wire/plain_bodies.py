"""Bodies of the stored resources with the defaults the service fills in (recordings of 2018 to 2023)."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from localazure.emulator.networks.estate import Estate, outermost
from localazure.emulator.networks.resources import PlainResource
from localazure.emulator.resource_id import ResourceId
from localazure.emulator.wire.security_rules import default_rules

type Json = dict[str, Any]


def plain_body(estate: Estate, resource: PlainResource) -> Json:
    body: Json = {
        "name": resource.id.name,
        "id": resource.id.text,
        "etag": f'W/"{resource.etag}"',
        "type": resource.id.type,
        "location": resource.location,
    }
    if resource.tags is not None:
        body["tags"] = resource.tags
    fill = _DEFAULTS.get(resource.id.types[0])
    properties = fill(estate, resource) if fill else resource.properties
    body["properties"] = {**_state(resource), **properties} if fill else properties
    body.update(resource.top_level)
    if resource.id.types[0] == "publicIPAddresses":
        body["sku"] = {"name": "Basic", "tier": "Regional", **resource.top_level.get("sku", {})}
    return body


def _state(resource: PlainResource) -> Json:
    return {"provisioningState": resource.provisioning_state, "resourceGuid": resource.guid}


def _public_address(_estate: Estate, resource: PlainResource) -> Json:
    return {
        "publicIPAddressVersion": "IPv4",
        "publicIPAllocationMethod": "Dynamic",
        "idleTimeoutInMinutes": 4,
        "ipTags": [],
        **resource.properties,
    }


def _route_table(estate: Estate, resource: PlainResource) -> Json:
    routes = [
        _part(resource, "routes", route["name"], {**route["properties"], "hasBgpOverride": False})
        for route in resource.properties.get("routes") or []
    ]
    return {
        "disableBgpRoutePropagation": resource.properties.get("disableBgpRoutePropagation", False),
        "routes": routes,
        **_subnets_using(estate, resource, "routeTable"),
    }


def _security_group(estate: Estate, resource: PlainResource) -> Json:
    rules = [
        _part(resource, "securityRules", rule["name"], rule["properties"])
        for rule in resource.properties.get("securityRules") or []
    ]
    defaults = [_part(resource, "defaultSecurityRules", name, rule) for name, rule in default_rules()]
    return {
        "securityRules": rules,
        "defaultSecurityRules": defaults,
        **_subnets_using(estate, resource, "networkSecurityGroup"),
    }


def _subnets_using(estate: Estate, resource: PlainResource, reference: str) -> Json:
    """The `subnets` member: who names this resource; absent when nobody does."""
    found = [
        {"id": network.id.child("subnets", subnet.name).text}
        for network in estate.networks.values()
        for subnet in network.subnets.values()
        if (subnet.properties.get(reference) or {}).get("id", "").lower() == resource.id.key
    ]
    return {"subnets": found} if found else {}


def _part(resource: PlainResource, type_: str, name: str, properties: Json) -> Json:
    identifier = resource.id.child(type_, name)
    return {
        "name": name,
        "id": identifier.text,
        "etag": f'W/"{resource.etag}"',
        "type": identifier.type,
        "properties": {**properties, "provisioningState": resource.provisioning_state},
    }


def _gateway(estate: Estate, resource: PlainResource) -> Json:
    sent = resource.properties
    configurations = [
        _part(resource, "ipConfigurations", each["name"], each["properties"])
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


_VPN_CLIENT_BEFORE_IT_IS_UP: Json = {
    "vpnClientProtocols": ["SSTP"],
    "vpnAuthenticationTypes": [],
    "vpnClientRootCertificates": [],
    "vpnClientRevokedCertificates": [],
    "vngClientConnectionConfigurations": [],
    "radiusServers": [],
    "vpnClientIpsecPolicies": [],
}


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


_DEFAULTS: dict[str, Callable[[Estate, PlainResource], Json]] = {
    "publicIPAddresses": _public_address,
    "routeTables": _route_table,
    "networkSecurityGroups": _security_group,
    "virtualNetworkGateways": _gateway,
}
