"""Which hub a spoke is to be peered with, and which of its records have to go. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peering.core.catalogue.policy import UNKNOWN, Catalogue, HubPolicy
from peering.core.decision.batch import Observed
from peering.core.decision.pair import other_remote_gateway
from peering.core.intake.requests import Door, NamedBy, Request
from peering.core.network.vnets import Vnet
from peering.core.record.record import Record, State
from peering.core.record.transitions import back_to_its_grace, intend, leave, look_now, opened, reopen


@dataclass(frozen=True, slots=True)
class Choice:
    """The rows to write, in that order: the new one first, so that a crash in between leaves the wish written down."""

    rows: tuple[Record, ...]


def choose(request: Request, seen: Observed, rows: Sequence[Record], catalogue: Catalogue, now: datetime) -> Choice:
    """Compare what the spoke asks for with the records there are of it.

    No tag, no manual request and no record gives an empty choice: the spoke is not ours to look after. A network that
    is not there, or cannot be read, decides nothing here: its rows are looked at again, where the hub is seen too.
    """
    active = [row for row in rows if row.state is not State.REMOVED]
    if not isinstance(seen, Vnet):
        return Choice(tuple(_unseen(request, rows, active, catalogue)))
    wanted = _wanted(request, seen, active, catalogue)
    if wanted is None and not active and request.door is Door.HTTP:
        wanted = ("", NamedBy.REQUEST)  # a person asked, and is owed an answer: that no hub was named
    policy = catalogue.hub(wanted[0]) if wanted else None
    target = policy.name if policy else UNKNOWN
    joining = None
    # A person who asks wants everything looked at, the hub too: its gateway may have come since.
    at_a_glance = request.door is not Door.HTTP
    if wanted and not (at_a_glance and policy and _nothing_to_do(rows, seen, policy)):
        old = next((row for row in rows if row.hub == target), None)
        if old is None or old.is_understood:
            joining = intend(old, request, seen, target, *wanted)
    others = (row for row in active if row.is_understood and (not wanted or row.hub != target))
    leaving = (_leave(row, catalogue, now, at_once=policy is not None) for row in others)
    return Choice(tuple(row for row in (joining, *leaving) if row))


def _unseen(
    request: Request, rows: Sequence[Record], active: Sequence[Record], catalogue: Catalogue
) -> Iterator[Record]:
    """Every row of a network that is not there, or cannot be read; one that says so where there is none yet."""
    for row in (row for row in active if row.is_understood):
        if row.state is State.LEAVING:
            yield look_now(row)
        else:
            named_by = row.asked.named_by if isinstance(row.asked.named_by, NamedBy) else NamedBy.TAG
            yield intend(row, request, None, row.hub, row.asked.wanted, named_by)
    if active or (request.gone and not request.hub):
        return  # of a network that was deleted before anybody knew of it there is nothing to tell
    policy = catalogue.hub(request.hub or "")
    hub, named_by = partition(policy), NamedBy.REQUEST if _is_owed(request) else NamedBy.TAG
    old = next((row for row in rows if row.hub == hub), None)
    if old is None or old.is_understood:
        yield intend(old, request, None, hub, request.hub or "", named_by)


def _is_owed(request: Request) -> bool:
    """Whether a person asked, who is owed an answer about a network that does not exist, too."""
    return bool(request.hub) or request.door is Door.HTTP


def _wanted(
    request: Request, spoke: Vnet, active: Sequence[Record], catalogue: Catalogue
) -> tuple[str, NamedBy] | None:
    """The hub as it is written, and by whom. A tag outranks a manual request: it is there for all to see."""
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
    will bring it back. A tag that was changed to another hub is meant.
    """
    policy = catalogue.hub(row.hub)
    grace = timedelta(minutes=policy.grace_minutes) if policy and row.found.spoke_half and not at_once else timedelta()
    if row.state is State.LEAVING and (row.is_due(now) or grace or row.progress.attempts):
        return row if row.is_due(now) else None
    due = now + grace if grace else None
    return leave(row, due)


def as_wanted(row: Record, spoke: Vnet, policy: HubPolicy, catalogue: Catalogue, now: datetime) -> Record | None:
    """The row, open, as a fresh read of its spoke wants it: a tag that is back is back, and one that is gone is gone.

    What a person named needs no tag. None when the read does not show what the row was written for, for the first
    time: reads lag, and one of the two is behind.
    """
    tag = catalogue.tag_value(spoke.tags)
    named = catalogue.hub(tag) if tag is not None else None
    here = named is not None and named.name == policy.name
    if row.state is State.LEAVING:
        if here:
            return reopen(row)
        ends = row.progress.grace_ends
        return back_to_its_grace(row) if ends and ends > now else row
    if here or (tag is None and row.asked.named_by is NamedBy.REQUEST):
        return opened(row)
    return _leave(row, catalogue, now, at_once=False) if row.progress.doubted else None


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
