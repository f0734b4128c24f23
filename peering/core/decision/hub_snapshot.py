"""A hub as a batch of spokes finds it: who holds which addresses around it, and who has been let in so far."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.network.addresses import AddressBook, Claim
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet

RESERVED = "reserved"  # who holds the ranges that the hub's owners keep for themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSnapshot:
    """A hub as a batch sees it: its VNet, its policy, and who holds which addresses around it.

    `admitted` are the spokes this batch has already let in: their halves do not exist yet, but they count.
    """

    hub: Vnet
    policy: HubPolicy
    catalogue: Catalogue
    book: AddressBook
    admitted: frozenset[VnetId] = frozenset()

    @classmethod
    def around(cls, hub: Vnet, policy: HubPolicy, catalogue: Catalogue) -> "HubSnapshot":
        return cls(hub=hub, policy=policy, catalogue=catalogue, book=AddressBook(_claims(hub, policy)))

    def with_spoke(self, spoke: Vnet) -> "HubSnapshot":
        """The snapshot once this spoke is in, so that the next one of the batch cannot overlap it."""
        claims = [Claim(prefix, str(spoke.id)) for prefix in spoke.prefixes]
        return replace(self, book=self.book.plus(claims), admitted=self.admitted | {spoke.id})

    @property
    def peered(self) -> int:
        existing = {half.remote for half in self.hub.halves}
        return len(self.hub.halves) + len(self.admitted - existing)


def _claims(hub: Vnet, policy: HubPolicy) -> Iterator[Claim]:
    yield from (Claim(prefix, str(hub.id)) for prefix in hub.prefixes)
    yield from (Claim(prefix, RESERVED) for prefix in policy.reserved_space)
    for half in hub.halves:
        yield from (Claim(prefix, half.leads_to) for prefix in half.remote_prefixes)
