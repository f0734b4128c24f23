"""How far a request by HTTP has got, told from its place in the registry and from the records of its spoke. Pure."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from peering.core.intake.registered import Registered
from peering.core.record.document import record_body, shown_time
from peering.core.record.record import Record, State


class Stage(StrEnum):
    """Where it stands: nobody has looked yet; something is still to be done; or it is over."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"


_ON_ITS_WAY_OUT = (State.LEAVING, State.REMOVED)


def stage_of(asked: Registered, rows: Sequence[Record]) -> Stage:
    """`rows` are all records of the spoke.

    That the look was made is shown by its mark in the registry, or by a row that was written because of it. A look that
    had nothing to do leaves no row, so the mark has to do; it is then over. What only waits for the end of its grace
    is over too: nobody works on it.
    """
    if asked.looked is None and not _because_of(asked, rows):
        return Stage.QUEUED
    at_work = any(row.is_open and not row.is_in_grace for row in _concerned(asked, rows))
    return Stage.WORKING if at_work else Stage.DONE


def outcome_of(asked: Registered, rows: Sequence[Record]) -> Record | None:
    """The record that says what came of it, once it is over: of several the one where the spoke is to stay."""
    if stage_of(asked, rows) is not Stage.DONE:
        return None
    concerned = _concerned(asked, rows)
    return max(concerned, key=lambda row: (row.state not in _ON_ITS_WAY_OUT, row.asked.requested), default=None)


def _because_of(asked: Registered, rows: Sequence[Record]) -> list[Record]:
    return [row for row in rows if row.asked.correlation == asked.id]


def _concerned(asked: Registered, rows: Sequence[Record]) -> Sequence[Record]:
    """Its own rows; where a later wish has taken them over, those of the hub that it named, or all there are."""
    return _because_of(asked, rows) or [row for row in rows if row.hub == asked.hub] or rows


def request_body(asked: Registered, rows: Sequence[Record]) -> dict[str, Any]:
    """A request as HTTP shows it."""
    outcome = outcome_of(asked, rows)
    return {
        "id": asked.id,
        "spoke": str(asked.spoke),
        "key": asked.spoke.key,
        "hub": asked.hub,
        "restore": asked.restore,
        "who": asked.who,
        "when": shown_time(asked.when),
        "looked": shown_time(asked.looked),
        "status": stage_of(asked, rows),
        "outcome": record_body(outcome) if outcome else None,
        "records": [record_body(row) for row in rows],
    }
