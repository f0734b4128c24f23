"""Which hub a spoke is to be peered with, and which of its records have to go. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peering.core.catalogue.policy import UNKNOWN, Catalogue, HubPolicy
from peering.core.decision.pair import other_remote_gateway
from peering.core.intake.requests import Door, NamedBy, Request
from peering.core.network.vnets import Vnet
from peering.core.record.record import Record, State
from peering.core.record.transitions import intend, leave


@dataclass(frozen=True, slots=True)
class Choice:
    """The row to connect (if any) and those to take leave of."""

    joining: Record | None
    leaving: tuple[Record, ...]

    @property
    def rows(self) -> tuple[Record, ...]:
        """In the order to deal with them: what leaves at once may hold the gateway or addresses that joining needs."""
        at_once = [row for row in self.leaving if row.progress.not_before is None]
        later = [row for row in self.leaving if row.progress.not_before is not None]
        return (*at_once, *([self.joining] if self.joining else []), *later)


def choose(request: Request, spoke: Vnet | None, rows: Sequence[Record], catalogue: Catalogue, now: datetime) -> Choice:
    """Compare what the spoke asks for with the records there are of it.

    No tag, no manual request and no record gives an empty choice: the spoke is not ours to look after.
    """
    active = [row for row in rows if row.state is not State.REMOVED]
    wanted = _wanted(request, spoke, active, catalogue)
    policy = catalogue.hub(wanted[0]) if wanted else None
    target = policy.name if policy else UNKNOWN
    joining = None
    # A person who asks wants everything looked at, the hub too: its gateway may have come since.
    at_a_glance = request.door is not Door.HTTP
    if wanted and not (at_a_glance and policy and spoke and _nothing_to_do(rows, spoke, policy)):
        old = next((row for row in rows if row.hub == target), None)
        if old is None or old.is_understood:
            joining = intend(old, request, spoke, target, *wanted)
    moved = spoke is None or policy is not None
    others = (row for row in active if row.is_understood and (not wanted or row.hub != target))
    return Choice(joining, tuple(row for row in (_leave(row, catalogue, now, at_once=moved) for row in others) if row))


def _wanted(
    request: Request, spoke: Vnet | None, active: Sequence[Record], catalogue: Catalogue
) -> tuple[str, NamedBy] | None:
    """The hub as it is written, and by whom. A tag outranks a manual request: it is there for all to see."""
    if spoke is None:
        # Only a person who asked by name is owed an answer about a network that does not exist.
        return (request.hub, NamedBy.REQUEST) if request.hub and not active else None
    tagged = catalogue.tag_value(spoke.tags)
    if tagged is not None:
        return tagged, NamedBy.TAG
    if request.hub:
        return request.hub, NamedBy.REQUEST
    by_hand = next(
        (row for row in active if row.asked.named_by is NamedBy.REQUEST and row.state is not State.LEAVING), None
    )
    return (by_hand.asked.wanted, NamedBy.REQUEST) if by_hand else None


def _nothing_to_do(rows: Sequence[Record], spoke: Vnet, policy: HubPolicy) -> bool:
    row = next((row for row in rows if row.hub == policy.name), None)
    return row is not None and is_untouched(row, spoke, policy)


def _leave(row: Record, catalogue: Catalogue, now: datetime, *, at_once: bool) -> Record | None:
    """The row on its way out, None when it is so already and not due yet.

    A connected pair whose tag is gone is given the hub's grace period: a redeployment may have dropped the tag and
    will bring it back. A tag that was changed to another hub, or a network that was deleted, is meant.
    """
    policy = catalogue.hub(row.hub)
    grace = timedelta(minutes=policy.grace_minutes) if policy and row.found.spoke_half and not at_once else timedelta()
    if row.state is State.LEAVING:
        if row.progress.not_before is None or row.progress.not_before <= now:
            return row
        if grace or row.progress.attempts:
            return None
    due = now + grace if grace else None
    return leave(row, due)


def is_untouched(record: Record, spoke: Vnet, policy: HubPolicy) -> bool:
    """True when the spoke alone shows that nothing is to be done: its half stands as recorded and says FullyInSync.

    A half that is Connected has its other half by definition, so the hub need not be read. When the hub lent its
    gateway and only the spoke could not use it, a spoke that now can is not as it should be.
    """
    found, half = record.found, spoke.half_to(policy.vnet)
    if record.state is not State.CONNECTED or half is None or not half.settled:
        return False
    lent = found.hub_flags is not None and found.hub_flags.gateway_transit
    may_use_it_now = spoke.gateway is None and other_remote_gateway(spoke, policy.vnet) is None
    return (
        half.flags == found.spoke_flags
        and half.flags.forwarded_traffic == policy.forwarded_traffic.spoke
        and half.flags.virtual_network_access == policy.virtual_network_access.spoke
        and spoke.prefixes == found.prefixes
        and not (lent and not half.flags.remote_gateways and may_use_it_now)
    )


def partition(policy: HubPolicy | None) -> str:
    """The partition of a record: the hub's name, or the one for hubs that nobody knows."""
    return policy.name if policy else UNKNOWN
