"""Address prefixes, who holds them, which of them clash and what is still free.

A prefix is kept as integers: a verdict compares a spoke with thousands of them, and `ipaddress` objects are
ten times slower to compare.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import chain, islice
from typing import NamedTuple, Self

_WIDTH = {4: 32, 6: 128}
_CIDR = re.compile(r"[0-9a-f:.]+/[0-9]{1,3}", re.IGNORECASE)  # ip_network also reads masks, zones and bare addresses


class InvalidPrefix(ValueError):
    """The text is not an address prefix in CIDR form."""


class Prefix(NamedTuple):
    """A block of addresses: IP version, first address as an integer, prefix length in bits."""

    version: int
    low: int
    length: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `10.1.0.0/16` or `fd00::/64`; raise InvalidPrefix for anything else.

        Host bits are refused too, for nobody knows what was meant; the message offers the prefix around them.
        """
        if not _CIDR.fullmatch(text):
            raise InvalidPrefix(f"{text!r} is not an address prefix: write it as 10.1.0.0/16 or fd00::/64.")
        try:
            network = ip_network(text, strict=False)
        except ValueError as error:
            raise InvalidPrefix(f"{text!r} is not an address prefix: {error}.") from error
        if ip_address(text.partition("/")[0]) != network.network_address:
            raise InvalidPrefix(f"{text!r} is an address and its prefix length, no prefix. Did you mean {network}?")
        return cls(network.version, int(network.network_address), network.prefixlen)

    @property
    def width(self) -> int:
        """The bits of an address of its version."""
        return _WIDTH[self.version]

    @property
    def high(self) -> int:
        """The last address, as an integer."""
        return self.low + (1 << (_WIDTH[self.version] - self.length)) - 1

    def overlaps(self, other: "Prefix") -> bool:
        return self.version == other.version and self.low <= other.high and other.low <= self.high

    def inside(self, other: "Prefix") -> bool:
        return self.version == other.version and other.low <= self.low and self.high <= other.high

    def __str__(self) -> str:
        address = IPv4Address(self.low) if self.version == 4 else IPv6Address(self.low)
        return f"{address}/{self.length}"


def parse_prefixes(texts: Iterable[str]) -> tuple[Prefix, ...]:
    return tuple(Prefix.parse(text) for text in texts)


def overlap(some: Iterable[Prefix], others: Collection[Prefix]) -> bool:
    """Whether any prefix of the one side shares an address with any of the other."""
    return any(one.overlaps(other) for one in some for other in others)


class Claim(NamedTuple):
    """A prefix and the one who holds it, in words a person recognises (a VNet's id, or `reserved`).

    Of two that overlap the one of the lower `rank` is the better.
    """

    prefix: Prefix
    owner: str
    rank: int = 0


class _Run:
    """Some claims in the order of their first address, which never change."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.claims = sorted(claims)
        self.by_prefix: dict[Prefix, list[Claim]] = {}
        for claim in self.claims:
            self.by_prefix.setdefault(claim.prefix, []).append(claim)
        self.lengths = {(prefix.version, prefix.length) for prefix in self.by_prefix}

    @cached_property
    def starts(self) -> list[tuple[int, int]]:
        return [(claim.prefix.version, claim.prefix.low) for claim in self.claims]

    @cached_property
    def ranges(self) -> dict[int, list[tuple[int, int]]]:
        """The claimed addresses of each version as disjoint ranges, neighbours joined, in order."""
        found: dict[int, list[tuple[int, int]]] = {version: [] for version in _WIDTH}
        for prefix in self.by_prefix:  # in the order of the claims
            _extend(found[prefix.version], prefix.low, prefix.high)
        return found

    def within(self, prefix: Prefix) -> Iterator[Claim]:
        first = bisect_left(self.starts, (prefix.version, prefix.low))
        last = bisect_right(self.starts, (prefix.version, prefix.high))
        return (claim for claim in self.claims[first:last] if claim.prefix.length >= prefix.length)


class AddressBook:
    """Claims in the order of their first address, so that a look-up costs a bisection and not a scan.

    Two CIDR blocks are either disjoint or one holds the other: what overlaps a prefix either begins inside it
    (a slice of the order) or is one of its at most 128 enclosing blocks (a dictionary).

    Books that grow share what they began with: each is a few runs, the longer first, and only short ones are merged.
    """

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._runs: tuple[_Run, ...] = (_Run(claims),)

    def plus(self, claims: Iterable[Claim]) -> "AddressBook":
        """This book and the given claims; this one stays as it is."""
        *runs, last = [*self._runs, _Run(claims)]
        while runs and len(runs[-1].claims) <= 2 * len(last.claims):
            last = _Run([*runs.pop().claims, *last.claims])
        grown = AddressBook(())
        grown._runs = (*runs, last)
        return grown

    def overlapping(self, prefix: Prefix) -> list[Claim]:
        """Every claim that shares an address with the prefix, enclosing blocks first."""
        return [*self._enclosing(prefix), *sorted(chain.from_iterable(run.within(prefix) for run in self._runs))]

    @cached_property
    def _lengths(self) -> list[tuple[int, int]]:
        return sorted(set().union(*(run.lengths for run in self._runs)))

    def _enclosing(self, prefix: Prefix) -> Iterator[Claim]:
        for version, length in self._lengths:
            if version == prefix.version and length < prefix.length:
                shift = _WIDTH[version] - length
                block = Prefix(version, prefix.low >> shift << shift, length)
                yield from sorted(chain.from_iterable(run.by_prefix.get(block, ()) for run in self._runs))

    def free(self, within: Sequence[Prefix], length: int, count: int = 3) -> list[Prefix]:
        """Up to `count` unclaimed prefixes of `length` bits inside the blocks of `within`, lowest first."""
        blocks = _outermost(block for block in within if block.length <= length)
        return list(islice(chain.from_iterable(self._free_in(block, length) for block in blocks), count))

    def _free_in(self, block: Prefix, length: int) -> Iterator[Prefix]:
        """Walk the gaps between what is taken, from one aligned prefix to the next."""
        size = 1 << (_WIDTH[block.version] - length)
        taken = self._ranges[block.version]
        index = max(0, bisect_right(taken, (block.low,)) - 1)
        low = block.low
        while low + size - 1 <= block.high:
            while index < len(taken) and taken[index][1] < low:
                index += 1
            if index == len(taken) or low + size <= taken[index][0]:
                yield Prefix(block.version, low, length)
                low += size
            else:
                low = -(-(taken[index][1] + 1) // size) * size

    def used(self, block: Prefix) -> float:
        """The share of the block's addresses that are claimed, from 0 to 1."""
        held = (min(high, block.high) - max(low, block.low) + 1 for low, high in self._ranges[block.version])
        return sum(size for size in held if size > 0) / (block.high - block.low + 1)

    @cached_property
    def _ranges(self) -> dict[int, list[tuple[int, int]]]:
        found: dict[int, list[tuple[int, int]]] = {version: [] for version in _WIDTH}
        for version, ranges in found.items():
            for low, high in sorted(chain.from_iterable(run.ranges[version] for run in self._runs)):
                _extend(ranges, low, high)
        return found


def _outermost(blocks: Iterable[Prefix]) -> list[Prefix]:
    """The blocks in the order of their first address, without those that lie inside another."""
    found: list[Prefix] = []
    for block in sorted(blocks):
        if not found or not block.inside(found[-1]):
            found.append(block)
    return found


def _extend(ranges: list[tuple[int, int]], low: int, high: int) -> None:
    if ranges and low <= ranges[-1][1] + 1:
        ranges[-1] = (ranges[-1][0], max(high, ranges[-1][1]))
    else:
        ranges.append((low, high))
