"""Which hub a spoke is to be peered with, and which of its records have to go. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peering.core.catalogue.policy import UNKNOWN, Catalogue, GatewayUse, HubPolicy
from peering.core.decision.batch import Observed
from peering.core.decision.moves import is_connected
from peering.core.decision.pair import other_remote_gateway
from peering.core.decision.withheld import Limit
from peering.core.intake.requests import Door, NamedBy, Request
from peering.core.network.vnets import Vnet
from peering.core.record.approvals import has_a_say
from peering.core.record.holding import unheld
from peering.core.record.record import Record, State
from peering.core.record.staying import knows_of, reason_to_stay
from peering.core.record.telling import superseded
from peering.core.record.transitions import (
    back_to_its_grace,
    intend,
    leave,
    look_now,
    made_anew,
    named_in,
    opened,
    reopen,
)
from peering.core.record.waits import without_wait


@dataclass(frozen=True, slots=True)
class Choice:
    """The rows to write, in that order: the new one first, so that a crash in between leaves the wish written down."""

    rows: tuple[Record, ...]


def choose(request: Request, seen: Observed, rows: Sequence[Record], catalogue: Catalogue, now: datetime) -> Choice:
    """Compare what the spoke asks for with the records there are of it.

    No tag, no manual request and no record gives an empty choice: the spoke is not ours to look after. A network that
    is not there, or cannot be read, decides nothing here: its rows are looked at again, where the hub is seen too.
    """
    if not isinstance(seen, Vnet):
        if request.half_at and not _active(rows):
            left = _left_over(request, rows, request.half_at, catalogue) if seen is None else ()
            return Choice(tuple(left))
        return Choice(tuple(_unseen(request, rows, _active(rows), catalogue)))
    rows = [made_anew(row, seen) if row.is_understood else row for row in rows]
    wanted = _wanted(request, seen, _active(rows), catalogue)
    if wanted is None and not _active(rows) and request.door is Door.HTTP:
        wanted = ("", NamedBy.REQUEST)  # a person asked, and is owed an answer: that no hub was named
    policy = catalogue.hub(wanted[0]) if wanted else None
    target = policy.name if policy else UNKNOWN
    others = [row for row in _active(rows) if row.is_understood and (not wanted or row.hub != target)]
    standing = [row for row in others if reason_to_stay(row, seen, catalogue, rows, wanted[0] if wanted else None)]
    going = [row for row in others if row not in standing]
    leaving = [_leave(row, seen, catalogue, now, at_once=policy is not None) for row in going]
    if wanted is None or (standing and policy is None):
        # No hub to go to: who has a pair keeps it, and is told at its own row.
        told = [_told_again(row, request, seen, catalogue) for row in standing]
        stray = _stray(request, seen, rows, None, catalogue)
        return Choice(tuple(row for row in (*told, *leaving, *stray) if row))
    joining = _joining(request, seen, rows, going, wanted, catalogue)
    leaving += _stray(request, seen, rows, target, catalogue)
    odd = (row for row in standing if row.found.findings or has_a_say(row, catalogue.hub(row.hub)))
    looked_at = [_intend_again(row, request, seen, row.asked.wanted) for row in odd]
    return Choice(tuple(row for row in (joining, *leaving, *looked_at) if row))


def _active(rows: Sequence[Record]) -> list[Record]:
    return [row for row in rows if row.state is not State.REMOVED]


def _joining(
    request: Request,
    seen: Vnet,
    rows: Sequence[Record],
    going: Sequence[Record],
    wanted: tuple[str, NamedBy],
    catalogue: Catalogue,
) -> Record | None:
    """The wish, as a row; None where one read shows that nothing is to be done.

    A person who asks wants everything looked at, the hub too: its gateway may have come since.
    """
    name, named_by = wanted
    policy = catalogue.hub(name)
    hub = partition(policy)
    old = next((row for row in rows if row.hub == hub), None)
    overruled = old is not None and any(_spoke_later(row, old) for row in going)
    at_a_glance = request.door not in (Door.HTTP, Door.SWEEP)  # a sweep asks only about what differs, at either end
    if at_a_glance and not overruled and not seen.overruled and policy and old and is_untouched(old, seen, policy):
        return None
    if old is not None and not old.is_understood:
        return None
    row = intend(old, request, seen, hub, name, named_by)
    row = named_in(row, catalogue.tag) if named_by is NamedBy.TAG else row
    row = without_wait(row) if row.progress.accepted and not _leads_elsewhere(seen, hub, catalogue) else row
    return superseded(row) if overruled else row


def _leads_elsewhere(spoke: Vnet, hub: str, catalogue: Catalogue) -> bool:
    """Whether a half leads to another hub. One that waited for its old hub to let go need not wait once that has."""
    others = (catalogue.hub_of_half(half) for half in spoke.halves)
    return any(other is not None and other.name != hub for other in others)


def _spoke_later(row: Record, than: Record) -> bool:
    """Whether the other hub had the last word: what it said is no longer true, and stands where the owner looks."""
    mine, other = row.progress.finished, than.progress.finished
    return row.state is not State.LEAVING and mine is not None and other is not None and mine > other


def _told_again(row: Record, request: Request, seen: Vnet, catalogue: Catalogue) -> Record | None:
    """A row whose pair stays, to be looked at; None where nothing has changed since it was told why."""
    tag = catalogue.tag_value(seen.tags)
    if row.state is State.CONNECTED and knows_of(row, tag, catalogue) and request.door is not Door.HTTP:
        return None
    # What a person asked for stands; a tag that names no hub is no other wish.
    keeps = tag is None or row.asked.named_by is NamedBy.REQUEST
    return _intend_again(row, request, seen, row.asked.wanted if keeps else tag or "")


def _intend_again(row: Record, request: Request, seen: Vnet | None, wanted: str) -> Record:
    """The row, to be looked at, named by whom it was."""
    named_by = row.asked.named_by if isinstance(row.asked.named_by, NamedBy) else NamedBy.TAG
    return intend(row, request, seen, row.hub, wanted, named_by)


def _unseen(
    request: Request, rows: Sequence[Record], active: Sequence[Record], catalogue: Catalogue
) -> Iterator[Record]:
    """Every row of a network that is not there, or cannot be read; one that says so where there is none yet."""
    for row in (row for row in active if row.is_understood):
        if row.state is State.LEAVING:
            yield look_now(row)
        else:
            yield _intend_again(row, request, None, row.asked.wanted)
    if active or (request.gone and not request.hub):
        return  # of a network that was deleted before anybody knew of it there is nothing to tell
    if catalogue.hub_of(request.spoke) and not _is_owed(request):
        return  # it asks for nothing itself; its spokes are looked after where the hub is
    policy = catalogue.hub(request.hub or "")
    hub, named_by = partition(policy), NamedBy.REQUEST if _is_owed(request) else NamedBy.TAG
    old = next((row for row in rows if row.hub == hub), None)
    if old is None or old.is_understood:
        yield intend(old, request, None, hub, request.hub or "", named_by)


def _stray(
    request: Request, seen: Vnet, rows: Sequence[Record], target: str | None, catalogue: Catalogue
) -> list[Record]:
    """The same for a network that is there and wants another hub, or none, if a record says that it was here once.

    A write that got no answer may arrive after others have cleared up behind whoever sent it.
    """
    hub = request.half_at
    policy = catalogue.hub(hub) if hub else None
    if hub is None or policy is None or hub == target or not any(row.hub == hub for row in rows):
        return []
    half = seen.half_to(policy.vnet)
    is_over = all(row.state is State.REMOVED for row in rows if row.hub == hub)
    return list(_left_over(request, rows, hub, catalogue)) if is_over and not (half and half.is_connected) else []


def _left_over(request: Request, rows: Sequence[Record], hub: str, catalogue: Catalogue) -> Iterator[Record]:
    """A row on its way out for a half of ours that a sweep saw on a hub, and whose network nobody knows any more."""
    policy = catalogue.hub(hub)
    old = next((row for row in rows if row.hub == hub), None)
    if policy is not None and (old is None or old.is_understood):
        yield leave(intend(old, request, None, policy.name, policy.name, NamedBy.TAG), None)


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
    asked = [row for row in active if row.asked.named_by is NamedBy.REQUEST and row.state is not State.LEAVING]
    # Who was sent from one hub to another has a row at each for a while: the later wish counts.
    by_hand = max(asked, key=lambda row: (row.asked.requested, not row.is_standing), default=None)
    return (by_hand.asked.wanted, NamedBy.REQUEST) if by_hand else None


def _leave(row: Record, spoke: Vnet, catalogue: Catalogue, now: datetime, *, at_once: bool) -> Record | None:
    """The row on its way out, None when it is so already and not due yet.

    A connected pair whose tag is gone is given the hub's grace period: a redeployment may have dropped the tag and
    will bring it back. A tag that was changed to another hub is meant.
    """
    policy = catalogue.hub(row.hub)
    # A process that died may have made the pair, and not have written it down.
    has_pair = policy and (row.found.spoke_half or is_connected(spoke.half_to(policy.vnet)))
    grace = timedelta(minutes=policy.grace_minutes) if policy and has_pair and not at_once else timedelta()
    if row.progress.held == Limit.CATALOGUE:  # only a sweep, or somebody who asks, ends that
        row = unheld(row)
    if row.state is State.LEAVING and (row.is_due(now) or grace or row.progress.attempts):
        return row if row.is_due(now) else None
    due = now + grace if grace else None
    return leave(row, due)


def as_wanted(row: Record, spoke: Vnet, policy: HubPolicy, catalogue: Catalogue, now: datetime) -> Record | None:
    """The row, open, as a fresh read of its spoke wants it: a tag that is back is back, and one that is gone is gone.

    What a person named needs no tag. None when the read does not show what the row was written for, for the first
    time: reads lag, and one of the two is behind. That its pair stays all the same is asked before (reason_to_stay).
    """
    tag = catalogue.tag_value(spoke.tags)
    named = catalogue.hub(tag) if tag is not None else None
    here = named is not None and named.name == policy.name
    if row.state is State.LEAVING:
        if here:
            return reopen(row)
        ends = row.progress.grace_ends
        if tag is None and ends is None and not row.found.spoke_half and is_connected(spoke.half_to(policy.vnet)):
            return _leave(opened(reopen(row)), spoke, catalogue, now, at_once=False)
        return back_to_its_grace(row) if ends and ends > now else row
    if here or (tag is None and row.asked.named_by is NamedBy.REQUEST):
        return opened(row)
    moved = named is not None and is_connected(spoke.half_to(named.vnet))
    return _leave(row, spoke, catalogue, now, at_once=moved) if moved or row.progress.doubted else None


def is_untouched(record: Record, spoke: Vnet, policy: HubPolicy) -> bool:
    """True when the spoke alone shows that nothing is to be done: its half stands as recorded and says FullyInSync.

    A half that is Connected has its other half by definition, so the hub need not be read. When the hub lent its
    gateway and only the spoke could not use it, a spoke that now can is not as it should be.
    """
    found, half = record.found, spoke.half_to(policy.vnet)
    if record.state is not State.CONNECTED or half is None or not half.settled:
        return False
    if found.findings or record.approval.leave or record.hub_network not in (None, policy.vnet):
        return False
    lent = found.hub_flags is not None and found.hub_flags.gateway_transit
    may_use_it_now = spoke.gateway is None and other_remote_gateway(spoke, policy.vnet) is None
    return (
        half.flags == found.spoke_flags
        and half.flags.forwarded_traffic == policy.forwarded_traffic.spoke
        and half.flags.virtual_network_access == policy.virtual_network_access.spoke
        and spoke.prefixes == found.prefixes
        and not (lent and not half.flags.remote_gateways and may_use_it_now)
        and not (half.flags.remote_gateways and policy.gateway is GatewayUse.NEVER)
    )


def partition(policy: HubPolicy | None) -> str:
    """The partition of a record: the hub's name, or the one for hubs that nobody knows."""
    return policy.name if policy else UNKNOWN
