"""How a row goes from state to state. One table says which may follow which; `now` is an argument."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from peering.core.decision.findings import Code, Finding, explain, given_up
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import Door, NamedBy, Request
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Vnet
from peering.core.record.record import OPEN, Asked, Found, Progress, Record, State

_AGAIN = frozenset(OPEN)
_GIVEN_UP = frozenset({State.FAILED, State.ABANDONED})

FOLLOWS: Mapping[State, frozenset[State]] = {
    State.PENDING: _AGAIN | _GIVEN_UP | {State.CONNECTED, State.REFUSED, State.AWAITING_APPROVAL},
    State.LEAVING: _AGAIN | _GIVEN_UP | {State.REMOVED},
    State.CONNECTED: _AGAIN,
    State.REFUSED: _AGAIN,
    State.AWAITING_APPROVAL: _AGAIN,
    State.FAILED: _AGAIN,
    State.ABANDONED: _AGAIN,
    State.REMOVED: frozenset({State.PENDING}),
}
"""What may follow what. What is over begins again as `Pending`, or takes leave; nothing jumps from end to end."""


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
    """The `Pending` row that says: this spoke is to be looked at. A retry keeps the count of attempts and the times."""
    if old is None:
        asked = _asked(request, wanted, named_by)
        return Record(hub=hub, spoke=request.spoke, state=State.PENDING, asked=asked, found=_seen(Found(), spoke))
    if request.door is Door.RETRY:
        return replace(reopen(old), asked=replace(old.asked, wanted=wanted, named_by=named_by))
    return replace(
        _to(old, State.PENDING),
        asked=_asked(request, wanted, named_by),
        progress=Progress(was=old.last_outcome),
        found=_seen(old.found, spoke),
    )


def reopen(record: Record) -> Record:
    """To be looked at again, at once, as it was asked for before."""
    progress = replace(record.progress, not_before=None, was=record.last_outcome)
    return replace(_to(record, State.PENDING), progress=progress)


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
    progress = replace(record.progress, not_before=due, attempts=0, was=record.last_outcome)
    return replace(_to(record, State.LEAVING), progress=progress)


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
    return _finished(record, State.AWAITING_APPROVAL if waits else State.REFUSED, findings, now)


def failed(record: Record, failure: AzureFailure, now: datetime) -> Record:
    """Given up: the attempts are spent, or another would fail the same way."""
    row = _finished(record, State.FAILED, (explain(failure),), now)
    return replace(row, progress=replace(row.progress, attempts=record.progress.attempts + 1))


def postponed(record: Record, failure: AzureFailure, not_before: datetime) -> Record:
    """Still to be done, with the reason for the delay where its owner can read it."""
    progress = replace(record.progress, not_before=not_before, attempts=record.progress.attempts + 1)
    return replace(record, progress=progress, found=replace(record.found, findings=(explain(failure),)))


def abandoned(record: Record, reason: str, now: datetime) -> Record:
    return _finished(record, State.ABANDONED, (given_up(reason),), now)


def removed(record: Record, notes: tuple[str, ...], now: datetime) -> Record:
    """Gone from the hub. What it had is kept for the reader, what it was told is not."""
    row = _finished(record, State.REMOVED, (), now)
    return replace(row, found=replace(row.found, notes=notes, hub_half="", spoke_half=""))


def _finished(record: Record, state: State, findings: tuple[Finding, ...], now: datetime) -> Record:
    progress: dict[str, Any] = {"finished": now, "not_before": None}
    return replace(
        _to(record, state),
        progress=replace(record.progress, **progress),
        found=replace(record.found, findings=findings),
    )


def carried_over(outcome: Record, current: Record) -> Record:
    """The outcome on a row that was asked about again meanwhile: still open, but knowing what was found."""
    progress = replace(
        current.progress, was=outcome.state, finished=outcome.progress.finished, calls=outcome.progress.calls
    )
    return replace(current, progress=progress, found=outcome.found)
