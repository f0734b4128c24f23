"""What is kept for so long and no longer: rows that are over, and the history. A bounded piece with every sweep."""

from dataclasses import replace
from datetime import datetime, timedelta

from peering.core.intake.registered import KEPT
from peering.core.record.sweep_report import SweepBook, SweepReport
from peering.log import logger
from peering.ports import Records, Registry, StaleRecord
from peering.service.context import Context

_log = logger(__name__)

_ROWS_KEPT = timedelta(days=1)
_ROWS = 100  # of one hub in one sweep
_REQUESTS = 500  # by HTTP, and the keys that they may be sent again by
_ENTRIES, _PIECES = 200, 5  # of the history: those of one piece, and the pieces of one sweep


async def clear_rows(hub: str, report: SweepReport, last: SweepReport | None, context: Context) -> int:
    """Delete the hub's rows that were over for a day and for a complete sweep; returns how many.

    That sweep would have found what the row was removed too early for.
    """
    if last is None:
        return 0
    before, gone = min(report.started - _ROWS_KEPT, last.started), 0
    for row in await context.ports.records.over(hub, before, _ROWS):
        try:
            await context.ports.records.drop(row)
        except StaleRecord:
            _log.info("%s was asked about again meanwhile, and its row is kept", row.spoke)
        else:
            gone += 1
    return gone


async def clear_requests(registry: Registry, now: datetime) -> int:
    """Delete what was asked for by HTTP long ago; returns how many rows that were."""
    return await registry.forget(now - KEPT, _REQUESTS)


async def clear_history(book: SweepBook, records: Records, before: datetime) -> tuple[SweepBook, int]:
    """Delete entries from before that time; returns the book, which knows where to go on, and how many they were."""
    token, gone = book.history, 0
    for _ in range(_PIECES):
        found, token = await records.forget_history(before, _ENTRIES, token)
        gone += found
        if token is None:
            break
    return replace(book, history=token), gone
