"""What a row waits for: it stays open, with a time and the reason. `now` is an argument."""

from dataclasses import replace
from datetime import datetime, timedelta

from peering.core.decision.findings import Finding, explain
from peering.core.network.failures import AzureFailure
from peering.core.record.outcomes import as_it_was, tried
from peering.core.record.record import Record, State
from peering.core.record.transitions import NEXT_LOOK

_LONGEST_WAIT = timedelta(hours=6)
_FIRST_DOUBT = timedelta(seconds=10)


def accepted(record: Record, finding: Finding, now: datetime) -> Record:
    """Its hub would take it, and waits for its old hub to let go: each pause is about as long as it has waited."""
    since = record.progress.accepted or now
    pause = min(now - since + _FIRST_DOUBT, _LONGEST_WAIT)
    progress = replace(record.progress, accepted=since, not_before=now + pause)
    return replace(record, progress=progress, found=replace(record.found, findings=(finding,)))


def without_wait(record: Record) -> Record:
    """What it waited for has come."""
    return replace(record, progress=replace(record.progress, not_before=None))


def postponed(record: Record, failure: AzureFailure, not_before: datetime, now: datetime) -> Record:
    """Still to be done, with the reason for the delay where its owner can read it."""
    progress = tried(replace(record.progress, not_before=not_before), now)
    return replace(record, progress=progress, found=replace(record.found, findings=(explain(failure),)))


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
    return as_it_was(row, now) if stays else row


def without_doubt(record: Record) -> Record:
    """What was read is what was known: should the next read contradict that, it is the first to do so."""
    return replace(record, progress=replace(record.progress, doubted=None))
