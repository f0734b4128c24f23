"""Pairs that are ours by their names alone: Connected, called as we would call them, without a record. Pure.

They are what is left when the tables are lost. Nobody writes to them before a person has said whose they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision.ownership import is_ours
from peering.core.decision.pair import own_names, standing_pair
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import NamedBy, Request
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.outcomes import connected
from peering.core.record.record import Record
from peering.core.record.transitions import intend, named_in


@dataclass(frozen=True, slots=True, kw_only=True)
class OursByName:
    """A pair of `hub` and `spoke` that bears our names and has no record.

    `tag` is the value of the spoke's tag, None where it has none: then a request was its wish, or the tag is gone, and
    nothing that is left can tell which.
    """

    hub: str
    spoke: VnetId
    tag: str | None

    @property
    def is_claimed_only(self) -> bool:
        """Whether a person has to name the hub himself."""
        return self.tag is None


def ours_by_name(hub: Vnet, networks: Iterable[Vnet], policy: HubPolicy, catalogue: Catalogue) -> Iterator[OursByName]:
    """The pairs among these networks that bear our names, in their order. Which have a record is not asked here."""
    for spoke in networks:
        if catalogue.hub_of(spoke.id) is None and is_by_name(hub, spoke, policy):
            yield OursByName(hub=policy.name, spoke=spoke.id, tag=catalogue.tag_value(spoke.tags))


def is_by_name(hub: Vnet, spoke: Vnet, policy: HubPolicy) -> bool:
    """Whether both halves are Connected, and called as ours and nobody else's would be."""
    pair = standing_pair(hub, spoke)
    halves = (hub.half_to(spoke.id), spoke.half_to(hub.id))
    if pair is None or not all(half and is_ours(half, policy) for half in halves):
        return False
    ours = own_names(hub, spoke.id, policy)
    return (pair.hub_half.lower(), pair.spoke_half.lower()) == (ours[0].lower(), ours[1].lower())


def taken_over(request: Request, hub: Vnet, spoke: Vnet, policy: HubPolicy, catalogue: Catalogue) -> Record:
    """The row of a pair that a person says is ours: `Connected` as it stands, wished by its tag or by that person.

    Whether it is as the catalogue wants it is said by whoever looks at it next.
    """
    tag = catalogue.tag_value(spoke.tags)
    wanted, named_by = (tag, NamedBy.TAG) if tag is not None else (policy.name, NamedBy.REQUEST)
    row = intend(None, request, spoke, policy.name, wanted, named_by)
    row = named_in(row, catalogue.tag) if named_by is NamedBy.TAG else row
    verdict = Verdict(pair=standing_pair(hub, spoke), as_it_stands=True)
    return connected(row, verdict, spoke, request.when)
