"""What of the records cannot be rebuilt from Azure, and so is carried from one storage account to another. Pure.

A wish that was a request is nowhere but in its row; the history is nowhere else either. What a tag says is read again.
"""

from dataclasses import dataclass
from datetime import datetime

from peering.core.decision.pause import Pause
from peering.core.intake.requests import NamedBy
from peering.core.record.record import Record, State


@dataclass(frozen=True, slots=True)
class Wish:
    """The row of a spoke whose hub a person named."""

    row: Record


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a spoke's history, and the time that it is kept under."""

    row: Record
    when: datetime


@dataclass(frozen=True, slots=True)
class Halt:
    """A pause that is not over."""

    pause: Pause


type Carried = Halt | Wish | Entry


def is_carried(row: Record) -> bool:
    """Whether nothing but the row says what is wanted. What is over is wanted no more."""
    return row.asked.named_by == NamedBy.REQUEST and row.state != State.REMOVED


def may_replace(row: Record, there: Record) -> bool:
    """Whether a row that was carried is newer than the one that is there, which this version must understand."""
    return there.is_understood and _latest(row) > _latest(there)


def _latest(row: Record) -> datetime:
    """When somebody last had to do with it."""
    times = (row.asked.requested, row.progress.started, row.progress.finished)
    return max(time for time in times if time)
