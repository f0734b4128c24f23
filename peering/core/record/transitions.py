"""How a row goes from state to state, and how it begins. One table says which may follow which; `now` is an argument.

What it comes to is in outcomes.py, what it waits for in waits.py.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from peering.core.decision.switches import Word
from peering.core.intake.requests import Door, NamedBy, Request
from peering.core.network.vnets import Vnet
from peering.core.record.event_ids import moved_on
from peering.core.record.record import OPEN, RELEASED, Approval, Asked, Found, Progress, Record, State

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
_OFTEN = timedelta(seconds=10)  # a network that is written all the time must not undo every wait


class ImpossibleTransition(ValueError):
    """A row cannot go from where it is to where it was sent: a mistake in the code, or a row of a later version."""


def to_state(record: Record, state: State) -> Record:
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
        return Record(hub=hub, spoke=request.spoke, state=State.PENDING, asked=asked, found=with_seen(Found(), spoke))
    if request.door is Door.RETRY:
        again = reopen(old) if old.state is not State.PENDING else old
        return replace(again, asked=replace(old.asked, wanted=wanted, named_by=named_by))
    return replace(
        to_state(old, State.PENDING),
        asked=_asked_on(old, _asked(request, wanted, named_by, old.asked.tag)),
        progress=_anew(old, request.when),
        found=with_seen(old.found, spoke),
        approval=_asked_anew(old, request),
    )


def _asked_anew(old: Record, request: Request) -> Approval:
    """A person who asks again asks the hub's people too. What an earlier version let in, it did not write down."""
    approval, question = old.approval, old.approval.question
    if question and request.door is Door.HTTP:
        approval = replace(approval, question=replace(question, since=request.when))
    whole = old.state is State.CONNECTED and not old.found.findings
    return replace(approval, let_in=approval.let_in or (old.found.prefixes if whole else ()))


def _anew(old: Record, when: datetime) -> Progress:
    before = old.progress
    progress = Progress(
        was=old.last_outcome,
        told=before.told,
        tag=before.tag,
        owed=before.owed,
        event=before.event,
        unsent=before.unsent,
        undone=before.undone,
        undone_by=before.undone_by,
        begin_with=before.begin_with,
        deaths=before.deaths,
        accepted=before.accepted,
        held=_let_go(before),
        taken=before.taken,
        written=before.written,
    )
    if before.started is None or before.not_before is None:
        return progress
    # A wait that was lifted for later starts when it ends: that is how the next event knows, and keeps it.
    lifted = before.started + _OFTEN if before.started < before.not_before else before.started
    due = min(lifted, before.not_before)
    return replace(progress, started=due, not_before=due) if due > when else progress


def _let_go(before: Progress) -> str:
    """What a person has released stays so until it is done; what a limit withholds is decided anew."""
    return before.held if before.held == RELEASED else ""


def reopen(record: Record) -> Record:
    """To be looked at again, at once, as it was asked for before."""
    progress = replace(record.progress, not_before=None, was=record.last_outcome)
    return replace(to_state(record, State.PENDING), progress=progress)


def asked_again(record: Record, now: datetime) -> Record:
    """To be looked at again because a person says so, as it was asked for before: its wait is lifted as by any wish."""
    asked = replace(record.asked, word=max(record.asked.word, Word.LOOK))
    return replace(to_state(record, State.PENDING), asked=asked, progress=_anew(record, now))


def opened(record: Record) -> Record:
    """Open as it is, or else again."""
    return record if record.is_open else reopen(record)


def charged(record: Record, calls: int) -> Record:
    """With so many more ARM requests spent on it."""
    return replace(record, progress=replace(record.progress, calls=record.progress.calls + calls))


def wrote(record: Record, now: datetime) -> Record:
    """A half of its pair was written to, whatever came of it."""
    return replace(record, progress=replace(record.progress, written=now))


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


def with_seen(found: Found, spoke: Vnet | None) -> Found:
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
        event=record.progress.event,
        unsent=record.progress.unsent,
        calls=record.progress.calls,
        not_before=due,
        grace_ends=due,
        deaths=record.progress.deaths,
        held=_let_go(record.progress),
        taken=record.progress.taken,
        written=record.progress.written,
    )
    # What was found of the wish is no news any more; only a pair that stands is given a time to leave.
    found = replace(record.found, findings=(), notes=(_farewell(record.hub, due),)) if due else record.found
    return replace(to_state(record, State.LEAVING), progress=progress, found=found)


def _farewell(hub: str, due: datetime) -> str:
    return f"the tag that named hub {hub!r} is gone: it leaves at {due:%Y-%m-%dT%H:%MZ}, unless the tag is set again"


def look_now(record: Record) -> Record:
    """A row on its way out whose network cannot be seen: if it is gone there is no grace to wait for, and no limit."""
    progress = record.progress
    grace_ends = progress.grace_ends or progress.not_before
    return replace(record, progress=replace(progress, not_before=None, grace_ends=grace_ends, held=_let_go(progress)))


def back_to_its_grace(record: Record) -> Record:
    """It can be seen again, and its grace is not over."""
    return replace(record, progress=replace(record.progress, not_before=record.progress.grace_ends, doubted=None))


def made_anew(record: Record, spoke: Vnet) -> Record:
    """The row, of which nothing holds for a network that was made anew under the same id; else the row as it is."""
    if record.found.guid == spoke.guid or not (record.found.guid and spoke.guid):
        return record
    record = replace(record, approval=Approval())
    if record.state is State.REMOVED:
        return record
    record = opened(record)
    ends = record.progress.grace_ends
    progress = Progress(not_before=ends, grace_ends=ends, event=moved_on(record.progress.event))
    return replace(record, progress=progress, found=with_seen(Found(former=record.found.former), spoke))


def named_in(record: Record, tag: str) -> Record:
    """The hub was written in the tag of that name."""
    return replace(record, asked=replace(record.asked, tag=tag))
