"""How a row goes from state to state. One table says which may follow which; `now` is an argument."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from peering.core.decision.contest import lately
from peering.core.decision.findings import Code, Finding, explain, given_up
from peering.core.decision.pair import Pair
from peering.core.decision.switches import Word
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import Door, NamedBy, Request
from peering.core.network.failures import AzureFailure, doubled
from peering.core.network.resource_ids import network_of
from peering.core.network.vnets import Flags, Vnet
from peering.core.record.record import OPEN, RELEASED, Asked, Found, Progress, Record, State

_AGAIN = frozenset(OPEN)
_GIVEN_UP = frozenset({State.FAILED, State.ABANDONED})

FOLLOWS: Mapping[State, frozenset[State]] = {
    State.PENDING: _AGAIN | _GIVEN_UP | {State.CONNECTED, State.REFUSED, State.AWAITING_APPROVAL, State.REMOVED},
    State.LEAVING: _AGAIN | _GIVEN_UP | {State.REMOVED},
    State.CONNECTED: _AGAIN,
    State.REFUSED: _AGAIN,
    State.AWAITING_APPROVAL: _AGAIN,
    State.FAILED: _AGAIN,
    State.ABANDONED: _AGAIN,
    State.REMOVED: frozenset({State.PENDING}),
}
"""What may follow what. What is over begins again as `Pending`, or takes leave; nothing jumps from end to end."""


NEXT_LOOK = timedelta(days=1)
"""Nothing is final while the wish stands: what was refused or given up is looked at again after this long."""
_LONGEST_WAIT = timedelta(hours=6)
_FIRST_LOOK = timedelta(minutes=5)
_FIRST_DOUBT = timedelta(seconds=10)
_OFTEN = timedelta(seconds=10)  # a network that is written all the time must not undo every wait


class ImpossibleTransition(ValueError):
    """A row cannot go from where it is to where it was sent: a mistake in the code, or a row of a later version."""


def _to(record: Record, state: State) -> Record:
    now = record.state
    if not isinstance(now, State) or state not in FOLLOWS[now]:
        raise ImpossibleTransition(f"the row of {record.spoke} under hub {record.hub} is {now}; {state} cannot follow.")
    return replace(record, state=state)


def intend(
    old: Record | None, request: Request, spoke: Vnet | None, hub: str, wanted: str, named_by: NamedBy
) -> Record:
    """The `Pending` row that says: this spoke is to be looked at.

    A fresh reason to look starts counting anew and lifts the wait, but not more often than every ten seconds; a retry
    keeps the count, the times and the wait.
    """
    if old is None:
        asked = _asked(request, wanted, named_by, "")
        return Record(hub=hub, spoke=request.spoke, state=State.PENDING, asked=asked, found=_seen(Found(), spoke))
    if request.door is Door.RETRY:
        again = reopen(old) if old.state is not State.PENDING else old
        return replace(again, asked=replace(old.asked, wanted=wanted, named_by=named_by))
    return replace(
        _to(old, State.PENDING),
        asked=_asked_on(old, _asked(request, wanted, named_by, old.asked.tag)),
        progress=_anew(old, request),
        found=_seen(old.found, spoke),
    )


def _anew(old: Record, request: Request) -> Progress:
    before = old.progress
    progress = Progress(
        was=old.last_outcome,
        told=before.told,
        tag=before.tag,
        owed=before.owed,
        undone=before.undone,
        undone_by=before.undone_by,
        begin_with=before.begin_with,
        deaths=before.deaths,
        accepted=before.accepted,
        held=_let_go(before),
        taken=before.taken,
    )
    if before.started is None or before.not_before is None:
        return progress
    # A wait that was lifted for later starts when it ends: that is how the next event knows, and keeps it.
    lifted = before.started + _OFTEN if before.started < before.not_before else before.started
    due = min(lifted, before.not_before)
    return replace(progress, started=due, not_before=due) if due > request.when else progress


def _let_go(before: Progress) -> str:
    """What a person has released stays so until it is done; what a limit withholds is decided anew."""
    return before.held if before.held == RELEASED else ""


def reopen(record: Record) -> Record:
    """To be looked at again, at once, as it was asked for before."""
    progress = replace(record.progress, not_before=None, was=record.last_outcome)
    return replace(_to(record, State.PENDING), progress=progress)


def opened(record: Record) -> Record:
    """Open as it is, or else again."""
    return record if record.is_open else reopen(record)


def charged(record: Record, calls: int) -> Record:
    """With so many more ARM requests spent on it."""
    return replace(record, progress=replace(record.progress, calls=record.progress.calls + calls))


def _asked(request: Request, wanted: str, named_by: NamedBy, tag: str) -> Asked:
    return Asked(
        wanted=wanted,
        named_by=named_by,
        door=request.door,
        who=request.who,
        correlation=request.correlation,
        requested=request.when,
        word=Word.RESTORE if request.restore else Word.LOOK if request.door is Door.HTTP else Word.NONE,
        tag=tag,
    )


def _asked_on(old: Record, asked: Asked) -> Asked:
    """What a person has asked for, and nobody has answered yet, an event does not take back."""
    return replace(asked, word=max(asked.word, old.asked.word))


def _seen(found: Found, spoke: Vnet | None) -> Found:
    if spoke is None:
        return found
    return replace(found, prefixes=spoke.prefixes, location=spoke.location, guid=spoke.guid or found.guid)


def leave(record: Record, due: datetime | None) -> Record:
    """On its way out, at `due` or at once."""
    progress = Progress(
        was=record.last_outcome,
        told=record.progress.told,
        tag=record.progress.tag,
        owed=record.progress.owed,
        calls=record.progress.calls,
        not_before=due,
        grace_ends=due,
        deaths=record.progress.deaths,
        held=_let_go(record.progress),
        taken=record.progress.taken,
    )
    # What was found of the wish is no news any more; only a pair that stands is given a time to leave.
    found = replace(record.found, findings=(), notes=(_farewell(record.hub, due),)) if due else record.found
    return replace(_to(record, State.LEAVING), progress=progress, found=found)


def _farewell(hub: str, due: datetime) -> str:
    return f"the tag that named hub {hub!r} is gone: it leaves at {due:%Y-%m-%dT%H:%MZ}, unless the tag is set again"


def look_now(record: Record) -> Record:
    """A row on its way out whose network cannot be seen: if it is gone there is no grace to wait for, and no limit."""
    progress = record.progress
    grace_ends, held = progress.grace_ends or progress.not_before, "" if record.is_held else progress.held
    return replace(record, progress=replace(progress, not_before=None, grace_ends=grace_ends, held=held))


def back_to_its_grace(record: Record) -> Record:
    """It can be seen again, and its grace is not over."""
    return replace(record, progress=replace(record.progress, not_before=record.progress.grace_ends, doubted=None))


def decided(record: Record, verdict: Verdict, spoke: Vnet | None, now: datetime) -> Record:
    """What a verdict makes of the row, once its plan has been carried out."""
    if verdict.pair:
        return connected(record, verdict, spoke, now)
    if verdict.findings:
        return refused(record, verdict.findings, now)
    return removed(record, verdict.plan.notes, now)


def connected(record: Record, verdict: Verdict, spoke: Vnet | None, now: datetime) -> Record:
    pair = verdict.pair
    if pair is None:
        raise ImpossibleTransition(f"no pair of {record.spoke} with hub {record.hub} stands.")
    found = replace(
        _seen(record.found, spoke),
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
    return _looked_at_again(_finished(replace(record, found=found), State.CONNECTED, verdict.findings, now), now)


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


def stays(record: Record, findings: tuple[Finding, ...], notes: tuple[str, ...], now: datetime) -> Record:
    """The pair stands and is left as it is, whatever is found: what the row knows of it stays."""
    row = _finished(record, State.CONNECTED, findings, now)
    row = replace(row, found=replace(row.found, notes=notes))
    return row if row.lets_go else replace(row, progress=replace(row.progress, not_before=now + NEXT_LOOK))


def accepted(record: Record, finding: Finding, now: datetime) -> Record:
    """Its hub would take it, and waits for its old hub to let go: each pause is about as long as it has waited."""
    since = record.progress.accepted or now
    pause = min(now - since + _FIRST_DOUBT, _LONGEST_WAIT)
    progress = replace(record.progress, accepted=since, not_before=now + pause)
    return replace(record, progress=progress, found=replace(record.found, findings=(finding,)))


def without_wait(record: Record) -> Record:
    """What it waited for has come."""
    return replace(record, progress=replace(record.progress, not_before=None))


def made_anew(record: Record, spoke: Vnet) -> Record:
    """The row, of which nothing holds for a network that was made anew under the same id; else the row as it is."""
    same = record.found.guid == spoke.guid or not (record.found.guid and spoke.guid)
    if same or record.state is State.REMOVED:
        return record
    record = opened(record)
    progress = Progress(not_before=record.progress.grace_ends, grace_ends=record.progress.grace_ends)
    return replace(record, progress=progress, found=_seen(Found(former=record.found.former), spoke))


def looked_at_soon(record: Record, now: datetime) -> Record:
    """Over, but something better is on its way: looked at again with growing pauses, in case nobody tells of it."""
    if record.lets_go:
        return record
    pause = doubled(_FIRST_LOOK, record.progress.attempts, NEXT_LOOK)
    progress = replace(record.progress, not_before=now + pause, attempts=record.progress.attempts + 1)
    return replace(record, progress=progress)


def refused(record: Record, findings: tuple[Finding, ...], now: datetime) -> Record:
    waits = all(finding.code == Code.APPROVAL_NEEDED for finding in findings)
    row = _finished(record, State.AWAITING_APPROVAL if waits else State.REFUSED, findings, now)
    return replace(row, progress=replace(row.progress, not_before=now + NEXT_LOOK))


def failed(record: Record, failure: AzureFailure, now: datetime) -> Record:
    """Given up for now: it has been tried for long enough, or another try would fail the same way."""
    row = _finished(record, State.FAILED, (explain(failure, given_up=True),), now)
    return replace(row, progress=_tried(replace(row.progress, not_before=now + NEXT_LOOK), now))


def postponed(record: Record, failure: AzureFailure, not_before: datetime, now: datetime) -> Record:
    """Still to be done, with the reason for the delay where its owner can read it."""
    progress = _tried(replace(record.progress, not_before=not_before), now)
    return replace(record, progress=progress, found=replace(record.found, findings=(explain(failure),)))


def _tried(progress: Progress, now: datetime) -> Progress:
    return replace(progress, attempts=progress.attempts + 1, failing=progress.failing or now)


def held_up(record: Record, failure: AzureFailure) -> Record:
    """Still to be done, and not by its own fault: the hub is what is busy, and that does not count against the row."""
    return replace(record, found=replace(record.found, findings=(explain(failure),)))


def as_it_was(record: Record, now: datetime) -> Record:
    """A pair that stood stands, whatever is to be done about it later."""
    return replace(_to(record, State.CONNECTED), progress=replace(record.progress, finished=now))


def doubted(record: Record, finding: Finding | None, now: datetime) -> Record:
    """Reads contradict what was known. A pair that stood stays as it was, with the finding, and is looked at again.

    Each pause is about as long as the doubt has lasted. How often the spoke was tried before says nothing about it.
    """
    since = record.progress.doubted or now
    pause = min(now - since + _FIRST_DOUBT, NEXT_LOOK)
    progress = replace(record.progress, doubted=since, not_before=now + pause)
    found = replace(record.found, findings=(finding,)) if finding else record.found
    row = replace(record, progress=progress, found=found)
    stays = record.state is State.PENDING and record.is_standing
    return as_it_was(row, now) if stays else row


def without_doubt(record: Record) -> Record:
    """What was read is what was known: should the next read contradict that, it is the first to do so."""
    return replace(record, progress=replace(record.progress, doubted=None))


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
    return replace(row, found=replace(row.found, notes=notes, hub_half="", spoke_half=""))


def named_in(record: Record, tag: str) -> Record:
    """The hub was written in the tag of that name."""
    return replace(record, asked=replace(record.asked, tag=tag))


def _finished(record: Record, state: State, findings: tuple[Finding, ...], now: datetime) -> Record:
    progress = replace(record.progress, finished=now)
    if state is not State.FAILED:  # the streak of failures is over, and so is whatever contradicted
        progress = replace(progress, failing=None, doubted=None, begin_with="", deaths=0, grace_ends=None)
    progress = replace(progress, accepted=None, held="", not_before=now if record.found.former else None)
    found, asked = replace(record.found, findings=findings), replace(record.asked, word=Word.NONE)
    return replace(_to(record, state), asked=asked, progress=progress, found=found)


def carried_over(outcome: Record, current: Record) -> Record:
    """The outcome on a row that was written by somebody else meanwhile.

    Asked about again, it stays open, but knows what was found. Concluded by somebody who saw less (the host gave up on
    a message), the outcome stands.
    """
    if not current.is_open:
        return replace(outcome, etag=current.etag)
    if outcome.state is State.CONNECTED and current.state is State.LEAVING and not current.found.spoke_half:
        # Sent away before it had a pair, so without a grace. It has one now, and is looked at as one that has.
        current = reopen(current)
    progress = replace(
        current.progress,
        was=outcome.last_outcome,
        told=outcome.progress.told,
        tag=outcome.progress.tag,
        owed=outcome.progress.owed,
        finished=outcome.progress.finished,
        calls=outcome.progress.calls,
    )
    return replace(current, progress=progress, found=outcome.found)
