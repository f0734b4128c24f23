"""The properties of plain resources with what the service fills in (recordings of 2018 to 2023)."""

from __future__ import annotations

from typing import Any

from localazure.emulator.networks import refusals
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.resources import PlainResource
from localazure.emulator.networks.security_rules import default_rules

type Json = dict[str, Any]


def public_address(_estate: Estate, resource: PlainResource) -> Json:
    return {
        "publicIPAddressVersion": "IPv4",
        "publicIPAllocationMethod": "Dynamic",
        "idleTimeoutInMinutes": 4,
        "ipTags": [],
        **resource.properties,
    }


def route_table(estate: Estate, resource: PlainResource) -> Json:
    routes = [
        part_of(resource, "routes", route["name"], {**(route.get("properties") or {}), "hasBgpOverride": False})
        for route in resource.properties.get("routes") or []
    ]
    return {
        "disableBgpRoutePropagation": resource.properties.get("disableBgpRoutePropagation", False),
        "routes": routes,
        **_subnets_using(estate, resource, "routeTable"),
    }


def security_group(estate: Estate, resource: PlainResource) -> Json:
    rules = [
        part_of(resource, "securityRules", rule["name"], rule["properties"])
        for rule in resource.properties.get("securityRules") or []
    ]
    defaults = [part_of(resource, "defaultSecurityRules", name, rule) for name, rule in default_rules()]
    return {
        "securityRules": rules,
        "defaultSecurityRules": defaults,
        **_subnets_using(estate, resource, "networkSecurityGroup"),
    }


def refuse_while_subnets_use_table(estate: Estate, table: PlainResource) -> None:
    """docs/facts/arm-networks.md, Route tables."""
    if _subnets_using(estate, table, "routeTable"):
        raise refusals.route_table_in_use(table.id.name)


def refuse_while_subnets_use_group(estate: Estate, group: PlainResource) -> None:
    if used := _subnets_using(estate, group, "networkSecurityGroup"):
        raise refusals.security_group_in_use(group.id, [each["id"] for each in used["subnets"]])


def _subnets_using(estate: Estate, resource: PlainResource, reference: str) -> Json:
    """The `subnets` member: who names this resource; absent when nobody does."""
    found = [
        {"id": network.id.child("subnets", subnet.name).text}
        for network in estate.networks.values()
        for subnet in network.subnets.values()
        if (subnet.properties.get(reference) or {}).get("id", "").lower() == resource.id.key
    ]
    return {"subnets": found} if found else {}


def part_of(resource: PlainResource, type_: str, name: str, properties: Json) -> Json:
    """One of the things that are inside of a resource: a rule, a route, an ip configuration."""
    identifier = resource.id.child(type_, name)
    return {
        "name": name,
        "id": identifier.text,
        "etag": resource.entity_tag,
        "type": identifier.type,
        "properties": {**properties, "provisioningState": resource.provisioning_state},
    }
