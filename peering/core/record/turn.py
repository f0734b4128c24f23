"""Whose turn it is: which of the waiting rows are taken next."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from peering.core.record.record import Record, State

SUSPICIOUS = 2
"""Processes that died over a row before it is taken alone and last, so that it takes nobody along."""
HOPELESS = 5
"""Processes that died over a row before it is abandoned."""


def next_turn(waiting: Sequence[Record], taken: Collection[str | None], now: datetime, size: int) -> list[Record]:
    """Up to `size` rows that are due and not in `taken` (versions that this drain has had), longest waiting first.

    A row over which processes have died comes alone, when nobody else is due.
    """
    wanting = [row for row in waiting if row.state is not State.REMOVED and not row.lets_go]
    due = [row for row in wanting if row.is_due(now) and row.etag not in taken]
    harmless = [row for row in due if row.progress.deaths < SUSPICIOUS]
    return harmless[:size] if harmless else due[:1]


def next_size(done: int, took: timedelta, most: int, within: timedelta) -> int:
    """How many are taken next: as many as will be done in the time of one turn at the pace of the last, up to `most`.

    More would be read for nothing. A hub whose first turn showed nothing yet is asked for `most`.
    """
    if not done or took <= timedelta():
        return most
    return max(1, min(most, int(done * within / took)))


def next_due(waiting: Sequence[Record], taken: Collection[str | None], now: datetime) -> datetime | None:
    """When the first is due of those that are not yet, and that this drain has not had."""
    times = (row.progress.not_before for row in waiting if row.etag not in taken)
    return min((when for when in times if when and when > now), default=None)
