"""A hub as a batch of spokes finds it: who holds which addresses around it, and who has been let in so far."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.network.addresses import AddressBook, Claim, Prefix, overlap
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet

RESERVED = "reserved"  # who holds the ranges that the hub's owners keep for themselves


class Rank(IntEnum):
    """How good a claim is. It yields to a better one, so that nobody who is routed loses his place to a neighbour."""

    HUB = 0
    ROUTED = 1
    HELD = 2
    WISHED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSnapshot:
    """A hub as a batch sees it: its VNet, its policy, and who holds which addresses around it.

    `admitted` are the spokes this batch has already let in: their halves do not exist yet, but they count, as do the
    prefixes of those without one, `arrivals`. `forfeit` are halves of ours that nobody stands behind any more: they
    give way to the first that fits in their place.
    """

    hub: Vnet
    policy: HubPolicy
    catalogue: Catalogue
    book: AddressBook
    admitted: frozenset[VnetId] = frozenset()
    arrivals: tuple[Prefix, ...] = ()
    forfeit: tuple[Half, ...] = ()

    @classmethod
    def around(
        cls, hub: Vnet, policy: HubPolicy, catalogue: Catalogue, forfeit: frozenset[VnetId] = frozenset()
    ) -> "HubSnapshot":
        given_up = tuple(half for half in hub.halves if half.remote in forfeit and not half.is_connected)
        held = [half for half in hub.halves if half not in given_up]
        book = AddressBook(_claims(hub, policy, held))
        return cls(hub=hub, policy=policy, catalogue=catalogue, book=book, forfeit=given_up)

    def with_spoke(self, spoke: Vnet) -> "HubSnapshot":
        """The snapshot once this spoke is in, so that the next one of the batch cannot overlap it."""
        claims = [Claim(prefix, str(spoke.id), Rank.WISHED) for prefix in spoke.prefixes]
        gone = self.in_the_way_of(spoke)
        left = tuple(half for half in self.forfeit if half not in gone)
        new = spoke.prefixes if self.hub.half_to(spoke.id) is None else ()
        admitted, arrivals = self.admitted | {spoke.id}, self.arrivals + new
        return replace(self, book=self.book.plus(claims), admitted=admitted, arrivals=arrivals, forfeit=left)

    def rank(self, prefix: Prefix, spoke: VnetId) -> Rank:
        """How good the spoke's own claim to the prefix is."""
        half = self.hub.half_to(spoke)
        if half is None or not any(prefix.inside(held) for held in half.remote_prefixes):
            return Rank.WISHED
        return _rank(half)

    def in_the_way_of(self, spoke: Vnet) -> tuple[Half, ...]:
        """The halves that have to be removed first: ARM counts them in its check for overlaps, whatever their state."""
        others = (half for half in self.forfeit if half.remote != spoke.id)
        return tuple(half for half in others if overlap(half.remote_prefixes, spoke.prefixes))

    @property
    def peered(self) -> int:
        return len(self.hub.halves) + sum(self.hub.half_to(spoke) is None for spoke in self.admitted)


def _rank(half: Half) -> Rank:
    return Rank.ROUTED if half.is_connected else Rank.HELD


def _claims(hub: Vnet, policy: HubPolicy, halves: list[Half]) -> Iterator[Claim]:
    """What a neighbour has grown by and what is not routed yet is no claim: it is judged when its own turn comes."""
    yield from (Claim(prefix, str(hub.id), Rank.HUB) for prefix in hub.prefixes)
    # What is reserved later takes nobody's place who is there already.
    yield from (Claim(prefix, RESERVED, Rank.HELD) for prefix in policy.reserved_space)
    for half in halves:
        yield from (Claim(prefix, half.leads_to, _rank(half)) for prefix in half.remote_prefixes)
