"""The prefixes a network or a subnet may have (docs/facts/arm-networks.md, Address space)."""

from __future__ import annotations

from localazure.emulator.networks import refusals
from localazure.emulator.networks.address_space import overlapping, range_of
from localazure.emulator.networks.estate import Estate
from localazure.emulator.resource_id import ResourceId

_RESERVED = ("224.0.0.0/4", "255.255.255.255/32", "127.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32")
_LARGEST, _SMALLEST = 2, 29
_IPV6_SUBNET = 64


def check_network_prefixes(estate: Estate, prefixes: list[str], target: ResourceId) -> None:
    """Raises for what Azure never takes: bad form, reserved ranges, twice the same, no room for any subnet."""
    code = estate.switches["invalidPrefixCode"]
    taken: list[str] = []
    for prefix in prefixes:
        try:
            range_of(prefix)
        except ValueError as error:
            raise refusals.invalid_prefix(prefix, target) from error
        if found := overlapping([prefix], _RESERVED):
            raise refusals.prefix_not_taken(code, prefix, target, f"it overlaps with the reserved range {found[1]}")
        if found := overlapping([prefix], taken):
            raise refusals.prefix_not_taken(code, prefix, target, f"it overlaps with {found[1]}")
        if estate.switches["networkPrefixSize"] == "checked" and not _has_room(prefix):
            raise refusals.prefix_not_taken(code, prefix, target, f"it is larger than /{_LARGEST} or holds no subnet")
        taken.append(prefix)


def check_subnet_size(prefix: str, subnet: str, network: ResourceId) -> None:
    length = _length(prefix)
    right = length == _IPV6_SUBNET if range_of(prefix).version == 6 else _LARGEST <= length <= _SMALLEST
    if not right:
        raise refusals.subnet_not_valid(subnet, network.name)


def _has_room(prefix: str) -> bool:
    """Room for one subnet at least, and not more than the largest."""
    length = _length(prefix)
    return length <= _IPV6_SUBNET if range_of(prefix).version == 6 else _LARGEST <= length <= _SMALLEST


def _length(prefix: str) -> int:
    return int(prefix.partition("/")[2] or 32)
