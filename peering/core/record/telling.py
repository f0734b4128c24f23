"""What a row remembers of what was told about it: to the outcome topic, and on the status tag.

The id of an event is the digest of what it tells, and a digest of that and the event before it. So what is told again
(the answer was lost, or the process died before it saved the row) has the id that it had, and what comes back after
something else (A, B, A) has one of its own. The row keeps the last id, told or not.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from peering.core.network.failures import doubled
from peering.core.record.event_ids import following, moved_on
from peering.core.record.record import UNTOLD, Record, State, Tag
from peering.core.record.transitions import NEXT_LOOK

_OWED_FOR = timedelta(days=30)  # of what is over: nobody keeps its row for the sake of a tag
_TELL_AGAIN, _TELL_AT_LEAST = timedelta(minutes=1), timedelta(hours=6)


def told(record: Record, due: datetime | None) -> Record:
    """Its outcome has been told; `due` is when it is looked at again, if ever."""
    return replace(record, progress=replace(record.progress, told=record.digest, not_before=due))


def known(record: Record) -> Record:
    """Nothing is new. A row of an earlier version does not say what was told; from here on it does."""
    if record.is_open or record.progress.told is not None:
        return record
    return replace(record, progress=replace(record.progress, told=record.digest))


def bearing(record: Record, tag: Tag) -> Record:
    """Its spoke bears this status tag now."""
    return replace(record, progress=replace(record.progress, tag=tag, owed=False))


def bare(record: Record) -> Record:
    """Its spoke bears no status tag of ours any more."""
    return replace(record, progress=replace(record.progress, tag=None, owed=False))


def owing(record: Record, now: datetime) -> Record:
    """We may not write its status tag, so it does not say what is true. It is tried again once a day.

    A lock goes and a role comes without an event of the network.
    """
    progress = record.progress
    if record.state is State.REMOVED and progress.finished and now - progress.finished >= _OWED_FOR:
        return replace(record, progress=replace(progress, owed=False, not_before=None))
    if record.is_open:  # it is looked at again anyway
        return replace(record, progress=replace(progress, owed=True))
    sooner = progress.not_before is not None and progress.not_before > now
    due = progress.not_before if sooner else now + NEXT_LOOK
    return replace(record, progress=replace(progress, owed=True, not_before=due))


def quits(record: Record) -> Record:
    """Whatever its status tag should say, it is not for this row to say it."""
    return replace(record, progress=replace(record.progress, owed=False))


def superseded(record: Record) -> Record:
    """What was told of it is no longer true, or somebody has spoken since: the next outcome is news."""
    event = moved_on(record.progress.event)
    return replace(record, progress=replace(record.progress, told=UNTOLD, event=event, unsent=False))


def with_event(record: Record, *, anew: bool) -> Record:
    """The row with the id of the event that tells its outcome: the one that it has, where that told the same.

    `anew`: it has come about once more since.
    """
    progress = record.progress
    if progress.event.startswith(record.digest) and not anew:
        return record
    before = progress.event or record.asked.requested.isoformat()
    event = record.digest + following(before, record.hub, record.spoke.key, record.digest)
    return replace(record, progress=replace(progress, event=event, unsent=True))


def sent(record: Record) -> Record:
    """Its event has been taken."""
    return replace(record, progress=replace(record.progress, unsent=False))


def untold(record: Record, now: datetime) -> Record:
    """Its outcome could not be told. It stands all the same, and is told again, with growing pauses.

    What is still open is looked at again anyway, at a time of its own.
    """
    if record.is_open:
        return replace(record, progress=replace(record.progress, told=UNTOLD))
    pause = doubled(_TELL_AGAIN, record.progress.attempts, _TELL_AT_LEAST)
    due = min(record.progress.not_before or now + pause, now + pause)
    progress = replace(record.progress, told=UNTOLD, not_before=due, attempts=record.progress.attempts + 1)
    return replace(record, progress=progress)


def next_look(record: Record, now: datetime) -> datetime | None:
    """When a row that is over is looked at again: what does not stand once a day, what is in doubt soon."""
    if record.lets_go:
        return now
    if record.progress.owed:
        return record.progress.not_before
    if record.progress.doubted:
        return now + _TELL_AGAIN
    odd = record.state is State.CONNECTED and bool(record.found.findings)
    return now + NEXT_LOOK if odd or record.state in _LOOKED_AT_AGAIN else None


_LOOKED_AT_AGAIN = frozenset({State.REFUSED, State.AWAITING_APPROVAL, State.FAILED, State.ABANDONED})
