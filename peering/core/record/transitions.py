"""How a row goes from state to state. One table says which may follow which; `now` is an argument."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from peering.core.decision.findings import Code, Finding, explain, given_up
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import Door, NamedBy, Request
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Vnet
from peering.core.record.record import OPEN, Asked, Found, Progress, Record, State

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
        asked = _asked(request, wanted, named_by)
        return Record(hub=hub, spoke=request.spoke, state=State.PENDING, asked=asked, found=_seen(Found(), spoke))
    if request.door is Door.RETRY:
        again = reopen(old) if old.state is not State.PENDING else old
        return replace(again, asked=replace(old.asked, wanted=wanted, named_by=named_by))
    return replace(
        _to(old, State.PENDING),
        asked=_asked(request, wanted, named_by),
        progress=_anew(old, request),
        found=_seen(old.found, spoke),
    )


def _anew(old: Record, request: Request) -> Progress:
    before = old.progress
    progress = Progress(
        was=old.last_outcome,
        told=before.told,
        tag=before.tag,
        begin_with=before.begin_with,
        deaths=before.deaths,
    )
    if before.started is None or before.not_before is None:
        return progress
    # A wait that was lifted for later starts when it ends: that is how the next event knows, and keeps it.
    lifted = before.started + _OFTEN if before.started < before.not_before else before.started
    due = min(lifted, before.not_before)
    return replace(progress, started=due, not_before=due) if due > request.when else progress


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


def _asked(request: Request, wanted: str, named_by: NamedBy) -> Asked:
    return Asked(
        wanted=wanted,
        named_by=named_by,
        door=request.door,
        who=request.who,
        correlation=request.correlation,
        requested=request.when,
    )


def _seen(found: Found, spoke: Vnet | None) -> Found:
    return replace(found, prefixes=spoke.prefixes, location=spoke.location) if spoke else found


def leave(record: Record, due: datetime | None) -> Record:
    """On its way out, at `due` or at once."""
    progress = Progress(
        was=record.last_outcome,
        told=record.progress.told,
        tag=record.progress.tag,
        calls=record.progress.calls,
        not_before=due,
        grace_ends=due,
        deaths=record.progress.deaths,
    )
    found = replace(record.found, notes=(_farewell(record.hub, due),)) if due else record.found
    return replace(_to(record, State.LEAVING), progress=progress, found=found)


def _farewell(hub: str, due: datetime) -> str:
    return f"the tag that named hub {hub!r} is gone: it leaves at {due:%Y-%m-%dT%H:%MZ}, unless the tag is set again"


def look_now(record: Record) -> Record:
    """A row on its way out whose network cannot be seen: if it is gone there is no grace to wait for."""
    grace_ends = record.progress.grace_ends or record.progress.not_before
    return replace(record, progress=replace(record.progress, not_before=None, grace_ends=grace_ends))


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
        hub_half=pair.hub_half_id,
        spoke_half=pair.spoke_half_id,
        hub_flags=pair.hub_flags,
        spoke_flags=pair.spoke_flags,
        gateway=pair.gateway or "none",
        notes=(*verdict.plan.notes, *pair.notes),
    )
    return _finished(replace(record, found=found), State.CONNECTED, verdict.findings, now)


def refused(record: Record, findings: tuple[Finding, ...], now: datetime) -> Record:
    waits = all(finding.code == Code.APPROVAL_NEEDED for finding in findings)
    row = _finished(record, State.AWAITING_APPROVAL if waits else State.REFUSED, findings, now)
    return row if waits else replace(row, progress=replace(row.progress, not_before=now + NEXT_LOOK))


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
    return replace(_to(row, State.CONNECTED), progress=replace(progress, finished=now)) if stays else row


def without_doubt(record: Record) -> Record:
    """What was read is what was known: should the next read contradict that, it is the first to do so."""
    return replace(record, progress=replace(record.progress, doubted=None))


def abandoned(record: Record, reason: str, now: datetime) -> Record:
    """A row over which processes die is remembered as such: one more death, and not five, brings it here again."""
    row = _finished(record, State.ABANDONED, (given_up(reason),), now)
    return replace(row, progress=replace(row.progress, not_before=now + NEXT_LOOK, deaths=record.progress.deaths))


def removed(record: Record, notes: tuple[str, ...], now: datetime) -> Record:
    """Gone from the hub. What it had is kept for the reader, what it was told is not."""
    row = _finished(record, State.REMOVED, (), now)
    return replace(row, found=replace(row.found, notes=notes, hub_half="", spoke_half=""))


def _finished(record: Record, state: State, findings: tuple[Finding, ...], now: datetime) -> Record:
    progress = replace(record.progress, finished=now, not_before=None)
    if state is not State.FAILED:  # the streak of failures is over, and so is whatever contradicted
        progress = replace(progress, failing=None, doubted=None, begin_with="", deaths=0, grace_ends=None)
    return replace(_to(record, state), progress=progress, found=replace(record.found, findings=findings))


def carried_over(outcome: Record, current: Record) -> Record:
    """The outcome on a row that was written by somebody else meanwhile.

    Asked about again, it stays open, but knows what was found. Concluded by somebody who saw less (the host gave up on
    a message), the outcome stands.
    """
    if not current.is_open:
        return replace(outcome, etag=current.etag)
    progress = replace(
        current.progress,
        was=outcome.last_outcome,
        told=outcome.progress.told,
        tag=outcome.progress.tag,
        finished=outcome.progress.finished,
        calls=outcome.progress.calls,
    )
    return replace(current, progress=progress, found=outcome.found)
