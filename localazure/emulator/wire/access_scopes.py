"""Scopes of locks and roles in paths: as the caller wrote them, and whether there is such a thing."""

from __future__ import annotations

import re

from localazure.emulator.access.scopes import tidy
from localazure.emulator.errors import group_not_found, resource_not_found
from localazure.emulator.networks import refusals
from localazure.emulator.networks.estate import Estate, outermost
from localazure.emulator.networks.plain_types import plain_type
from localazure.emulator.networks.resources import VirtualNetwork
from localazure.emulator.resource_id import ResourceId

_GROUP = re.compile(r"^/subscriptions/[^/]+/resourcegroups/([^/]+)", re.IGNORECASE)


def scope_of(path: str, suffix: str) -> str:
    """What comes before `suffix` in a path, in the caller's own case; the tenant is the empty text."""
    before = path[: path.lower().rindex(suffix.lower())]
    return tidy(before) if before.strip("/") else ""


def key_of(path: str, suffix: str, name: str) -> str:
    """Under which a lock or an assignment of that name is kept."""
    return f"{scope_of(path, suffix)}{suffix}/{name}".lower()


def check_exists(estate: Estate, scope: str) -> None:
    """Raises what ARM answers where there is no such group or resource. Types that are not served here are believed."""
    group = _GROUP.match(scope)
    if group and group[0].lower() not in estate.groups:
        raise group_not_found(group[1])
    target = ResourceId.parse(scope)
    if target is None:
        return
    outer = outermost(target)
    if outer.types != ("virtualNetworks",) and plain_type(outer) is None:
        return
    resource = estate.resource(outer)
    if resource is None:
        raise resource_not_found(target)
    if isinstance(resource, VirtualNetwork) and not _has(resource, target):
        raise refusals.not_found(target)


def _has(network: VirtualNetwork, target: ResourceId) -> bool:
    match target.types[1:]:
        case ("subnets",):
            return network.subnet(target.name) is not None
        case ("virtualNetworkPeerings",):
            return network.peering(target.name) is not None
        case _:
            return True
