"""Whose turn it is: which of the waiting rows are taken next."""

from collections.abc import Collection, Sequence
from datetime import datetime

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
