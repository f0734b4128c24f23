"""What becomes of a row once it has been looked at: the states that stand. `now` is an argument."""

from dataclasses import replace
from datetime import datetime, timedelta

from peering.core.decision.approval import Ask, waits_for_a_person
from peering.core.decision.contest import lately
from peering.core.decision.findings import Finding, explain, given_up
from peering.core.decision.pair import Pair
from peering.core.decision.switches import Word
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure, doubled
from peering.core.network.resource_ids import network_of
from peering.core.network.vnets import Flags, Vnet
from peering.core.record.approvals import asked, left, let_in
from peering.core.record.record import Found, Progress, Record, State
from peering.core.record.transitions import NEXT_LOOK, ImpossibleTransition, reopen, to_state, with_seen

_FIRST_LOOK = timedelta(minutes=5)


def decided(record: Record, verdict: Verdict, spoke: Vnet | None, now: datetime) -> Record:
    """What a verdict makes of the row, once its plan has been carried out."""
    if verdict.pair:
        return connected(record, verdict, spoke, now)
    if verdict.findings:
        record = replace(record, found=with_seen(record.found, spoke))
        return asked(refused(record, verdict.findings, now, is_closed=verdict.is_closed), verdict.asks, now)
    return removed(record, verdict.plan.notes, now)


def connected(record: Record, verdict: Verdict, spoke: Vnet | None, now: datetime) -> Record:
    pair = verdict.pair
    if pair is None:
        raise ImpossibleTransition(f"no pair of {record.spoke} with hub {record.hub} stands.")
    found = replace(
        with_seen(record.found, spoke),
        former=_former(record, pair),
        hub_half=pair.hub_half_id,
        spoke_half=pair.spoke_half_id,
        hub_flags=pair.hub_flags,
        spoke_flags=pair.spoke_flags,
        gateway=pair.gateway or "none",
        notes=(*verdict.plan.notes, *pair.notes),
        left_off=record.found.left_off if verdict.as_it_stands else pair.left_off,
        rightful=_rightful(record.found, pair) if verdict.as_it_stands else None,
    )
    row = _looked_at_again(_finished(replace(record, found=found), State.CONNECTED, verdict.findings, now), now)
    return asked(row if verdict.as_it_stands else let_in(row), verdict.asks, now)


def _rightful(found: Found, pair: Pair) -> tuple[Flags, Flags] | None:
    """What people switch while something speaks against the pair is put right when nothing does any more."""
    same = (found.hub_half.lower(), found.spoke_half.lower()) == (pair.hub_half_id.lower(), pair.spoke_half_id.lower())
    if not same or found.hub_flags is None or found.spoke_flags is None:
        return None
    return found.rightful or (found.hub_flags, found.spoke_flags)


def _former(record: Record, pair: Pair) -> tuple[str, ...]:
    """The hub halves that are to be let go of, now that this pair stands instead."""
    halves = dict.fromkeys((*record.found.former, record.found.hub_half))
    return tuple(half for half in halves if network_of(half) not in (None, pair.hub))


def _looked_at_again(row: Record, now: datetime) -> Record:
    """A pair that stands with a finding is as little final as any other outcome that has one."""
    if row.lets_go or not row.found.findings:
        return row
    return replace(row, progress=replace(row.progress, not_before=now + NEXT_LOOK))


def stays(
    record: Record, findings: tuple[Finding, ...], notes: tuple[str, ...], now: datetime, asks: Ask | None = None
) -> Record:
    """The pair stands and is left as it is, whatever is found: what the row knows of it stays."""
    row = _finished(record, State.CONNECTED, findings, now)
    row = replace(row, found=replace(row.found, notes=notes))
    row = row if row.lets_go else replace(row, progress=replace(row.progress, not_before=now + NEXT_LOOK))
    return asked(row, asks, now)


def looked_at_soon(record: Record, now: datetime) -> Record:
    """Over, but something better is on its way: looked at again with growing pauses, in case nobody tells of it."""
    if record.lets_go:
        return record
    pause = doubled(_FIRST_LOOK, record.progress.attempts, NEXT_LOOK)
    progress = replace(record.progress, not_before=now + pause, attempts=record.progress.attempts + 1)
    return replace(record, progress=progress)


def refused(record: Record, findings: tuple[Finding, ...], now: datetime, *, is_closed: bool = False) -> Record:
    """`is_closed`: a person could have let it in, and the time to do so is over."""
    waits = waits_for_a_person(findings, is_closed=is_closed)
    row = _finished(record, State.AWAITING_APPROVAL if waits else State.REFUSED, findings, now)
    return replace(row, progress=replace(row.progress, not_before=now + NEXT_LOOK))


def failed(record: Record, failure: AzureFailure, now: datetime) -> Record:
    """Given up for now: it has been tried for long enough, or another try would fail the same way."""
    row = _finished(record, State.FAILED, (explain(failure, given_up=True),), now)
    return replace(row, progress=tried(replace(row.progress, not_before=now + NEXT_LOOK), now))


def tried(progress: Progress, now: datetime) -> Progress:
    return replace(progress, attempts=progress.attempts + 1, failing=progress.failing or now)


def as_it_was(record: Record, now: datetime) -> Record:
    """A pair that stood stands, whatever is to be done about it later."""
    return replace(to_state(record, State.CONNECTED), progress=replace(record.progress, finished=now))


def undone(record: Record, now: datetime) -> Record:
    """What stood is to be put right. Where the event says who has undone it, that is counted: each one's own times."""
    if record.asked.door != Door.EVENT:
        return record
    progress, who = record.progress, record.asked.who
    times = lately(progress.undone, now) if progress.undone_by == who else ()
    return replace(record, progress=replace(progress, undone=(*times, now), undone_by=who))


def abandoned(record: Record, reason: str, now: datetime) -> Record:
    """A row over which processes die is remembered as such: one more death, and not five, brings it here again."""
    row = _finished(record, State.ABANDONED, (given_up(reason),), now)
    return replace(row, progress=replace(row.progress, not_before=now + NEXT_LOOK, deaths=record.progress.deaths))


def removed(record: Record, notes: tuple[str, ...], now: datetime) -> Record:
    """Gone from the hub. What it had is kept for the reader, what it was told is not."""
    row = _finished(record, State.REMOVED, (), now)
    return left(replace(row, found=replace(row.found, notes=notes, hub_half="", spoke_half="")))


def _finished(record: Record, state: State, findings: tuple[Finding, ...], now: datetime) -> Record:
    progress = replace(record.progress, finished=now)
    if state is not State.FAILED:  # the streak of failures is over, and so is whatever contradicted
        progress = replace(progress, failing=None, doubted=None, begin_with="", deaths=0, grace_ends=None)
    progress = replace(progress, accepted=None, held="", not_before=now if record.found.former else None)
    found, asked = replace(record.found, findings=findings), replace(record.asked, word=Word.NONE)
    return replace(to_state(record, state), asked=asked, progress=progress, found=found)


def carried_over(outcome: Record, current: Record) -> Record:
    """The outcome on a row that was written by somebody else meanwhile.

    Asked about again, it stays open, but knows what was found. Concluded by somebody who saw less (the host gave up on
    a message), the outcome stands. What a person has said meanwhile counts in either case.
    """
    said = replace(outcome.approval, ruling=current.approval.ruling, leave=current.approval.leave)
    if not current.is_open:
        return replace(outcome, etag=current.etag, approval=said)
    if outcome.state is State.CONNECTED and current.state is State.LEAVING and not current.found.spoke_half:
        # Sent away before it had a pair, so without a grace. It has one now, and is looked at as one that has.
        current = reopen(current)
    progress = replace(
        current.progress,
        was=outcome.last_outcome,
        told=outcome.progress.told,
        tag=outcome.progress.tag,
        owed=outcome.progress.owed,
        event=outcome.progress.event,
        unsent=outcome.progress.unsent,
        finished=outcome.progress.finished,
        calls=outcome.progress.calls,
        written=outcome.progress.written,
        taken=outcome.progress.taken,
        undone=outcome.progress.undone,
        undone_by=outcome.progress.undone_by,
    )
    return replace(current, progress=progress, found=outcome.found, approval=said)
