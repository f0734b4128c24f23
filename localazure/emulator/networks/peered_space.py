"""What of two networks a half connects: their whole spaces, some subnets, or their IPv6 prefixes only.

docs/facts/arm-peering.md, Subnet peerings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localazure.emulator.networks.address_space import overlapping, range_of
from localazure.emulator.networks.resources import Peering, VirtualNetwork

LOCAL, REMOTE = "localSubnetNames", "remoteSubnetNames"


def kind_of(wanted: Mapping[str, Any], existing: Peering | None) -> dict[str, Any]:
    """What a half is, by the members that say so. Fixed once it is made; the lists of subnets may change."""
    if existing is None:
        complete, ipv6 = bool(wanted.get("peerCompleteVnets", True)), wanted.get("enableOnlyIPv6Peering")
        before: dict[str, Any] = {}
    else:
        complete, ipv6 = existing.flags["peerCompleteVnets"], existing.extra.get("enableOnlyIPv6Peering")
        before = existing.extra
    kind: dict[str, Any] = {"peerCompleteVnets": complete}
    if ipv6 is not None:
        kind["enableOnlyIPv6Peering"] = bool(ipv6)
    if not complete:
        kind |= {name: list(wanted.get(name) or before.get(name) or []) for name in (LOCAL, REMOTE)}
    return kind


def local_space(network: VirtualNetwork, kind: Mapping[str, Any]) -> list[str]:
    return _space(network, kind, LOCAL)


def remote_space(remote: VirtualNetwork, kind: Mapping[str, Any]) -> list[str]:
    return _space(remote, kind, REMOTE)


def kind_as_it_is(peering: Peering) -> dict[str, Any]:
    return {**peering.extra, "peerCompleteVnets": peering.flags["peerCompleteVnets"]}


def missing_subnet(network: VirtualNetwork, names: list[str]) -> str | None:
    return next((name for name in names if network.subnet(str(name)) is None), None)


def conflicts(network: VirtualNetwork, remote: VirtualNetwork, kind: Mapping[str, Any]) -> list[str]:
    """The prefixes that keep a pair from being. What is shown to the other side must be free in all of its network."""
    mine, theirs = local_space(network, kind), remote_space(remote, kind)
    if kind["peerCompleteVnets"]:
        return overlapping(mine, theirs)
    return [
        *(each for each in mine if overlapping([each], remote.prefixes)),
        *(each for each in theirs if overlapping([each], network.prefixes)),
    ]


def _space(network: VirtualNetwork, kind: Mapping[str, Any], member: str) -> list[str]:
    prefixes = network.prefixes
    if not kind["peerCompleteVnets"]:
        subnets = [network.subnet(str(name)) for name in kind.get(member, [])]
        prefixes = [prefix for subnet in subnets if subnet is not None for prefix in subnet.prefixes]
    if kind.get("enableOnlyIPv6Peering"):
        prefixes = [prefix for prefix in prefixes if range_of(prefix).version == 6]
    return prefixes
