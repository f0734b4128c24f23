"""Address prefixes as integer ranges, so that thousands of overlap tests cost milliseconds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_network
from typing import NamedTuple


class Range(NamedTuple):
    """The addresses of one prefix; `version` is 4 or 6."""

    version: int
    first: int
    last: int

    def overlaps(self, other: Range) -> bool:
        return self.version == other.version and self.first <= other.last and other.first <= self.last

    def contains(self, other: Range) -> bool:
        return self.version == other.version and self.first <= other.first and other.last <= self.last


@lru_cache(maxsize=65536)
def range_of(prefix: str) -> Range:
    """The range of a CIDR prefix. Raises ValueError when it is not one or has host bits set."""
    network = ip_network(prefix)
    return Range(network.version, int(network.network_address), int(network.broadcast_address))


def without_host_bits(prefix: str) -> str:
    """The prefix that is meant by one with host bits set; empty when it is none either."""
    try:
        return str(ip_network(prefix, strict=False))
    except ValueError:
        return ""


def overlapping(one: Iterable[str], other: Iterable[str]) -> list[str]:
    """The overlapping prefixes, pair after pair, in the form Azure lists them: `a, b` for each a over b."""
    others = [(prefix, range_of(prefix)) for prefix in other]
    found: list[str] = []
    for prefix in one:
        mine = range_of(prefix)
        for theirs, their_range in others:
            if mine.overlaps(their_range):
                found += [prefix, theirs]
    return found


def inside(prefix: str, space: Iterable[str]) -> bool:
    mine = range_of(prefix)
    return any(range_of(outer).contains(mine) for outer in space)
