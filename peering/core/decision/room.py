"""What is free around a hub, and how much of its space is used: for refusals, what-ifs and whoever plans a network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.hub_snapshot import HubSnapshot, Rank
from peering.core.network.addresses import AddressBook, Claim, Prefix, parse_prefixes
from peering.core.network.vnets import Vnet

PRIVATE = parse_prefixes(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"])
"""Where networks lie whose hub does not say where: RFC 1918, and the half of RFC 4193 that anybody may choose from."""
SIZES = {4: range(8, 30), 6: range(33, 65)}
"""Prefix lengths that a network of each IP version may sensibly have (docs/facts/arm-networks.md, Address space)."""


def blocks_of(policy: HubPolicy, version: int) -> tuple[Prefix, ...]:
    """Where spokes may lie: what the catalogue says, or private space where it says nothing at all."""
    return tuple(block for block in policy.allowed_space or PRIVATE if block.version == version)


class Beside:
    """What is free for one network: neither anybody else's, nor what it has already."""

    def __init__(self, spoke: Vnet, snapshot: HubSnapshot) -> None:
        self._spoke = spoke
        self._snapshot = snapshot

    @cached_property
    def book(self) -> AddressBook:
        """Made by the first refusal: most networks are let in."""
        if len(self._spoke.prefixes) < 2:
            return self._snapshot.book
        return self._snapshot.book.plus(Claim(each, str(self._spoke.id), Rank.WISHED) for each in self._spoke.prefixes)

    def free(self, prefix: Prefix) -> list[Prefix]:
        """Up to three ranges of the same size that would do in the place of the prefix; none where any would."""
        return self.book.free(_allowed(prefix.version, self._snapshot), prefix.length)


def _allowed(version: int, snapshot: HubSnapshot) -> list[Prefix]:
    return [block for block in snapshot.policy.allowed_space if block.version == version]


def suggested(refused: Sequence[Prefix], spoke: Vnet, snapshot: HubSnapshot, spare: int = 2) -> tuple[Prefix, ...]:
    """Free ranges for all that are refused of a network, and some more of each size. No two of them overlap."""
    book, found = Beside(spoke, snapshot).book, list[Prefix]()
    for version, length in sorted({(each.version, each.length) for each in refused}):
        wanted = spare + sum((each.version, each.length) == (version, length) for each in refused)
        free = book.free(blocks_of(snapshot.policy, version), length, wanted)
        book = book.plus(Claim(each, str(spoke.id), Rank.WISHED) for each in free)
        found += free
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How full a block is: the share of its addresses that somebody holds, from 0 to 1, and the largest free range."""

    block: Prefix
    used: float
    largest: Prefix | None


def uses_of(blocks: Iterable[Prefix], book: AddressBook) -> tuple[Use, ...]:
    """One for each block."""
    return tuple(Use(block=each, used=book.used(each), largest=_largest(each, book)) for each in blocks)


def _largest(block: Prefix, book: AddressBook) -> Prefix | None:
    lengths = range(block.length, block.width + 1)
    return next((free[0] for length in lengths if (free := book.free([block], length, 1))), None)
