"""Rows that a person has looked at again: an alarm before them and one after, and a line of the history for each."""

from collections.abc import Iterable

from peering.core.record.holding import remarked
from peering.core.record.record import Record
from peering.log import logger
from peering.ports import StaleRecord
from peering.service.context import Context
from peering.service.requeue import arm

_log = logger(__name__)


async def open_again(hub: str, rows: Iterable[Record], said: str, context: Context) -> list[Record]:
    """Save the rows, each with a note of who did what; returns those that nobody else has changed meanwhile.

    The alarm before them is for the case that we die in between.
    """
    changed = [remarked(row, said) for row in rows]
    if not changed:
        return []
    now, opened = context.clock(), []
    await arm(hub, now + context.ports.leases.duration, context.ports, now)
    for row in changed:
        try:
            opened.append(await context.ports.records.save(row))
        except StaleRecord:
            _log.info("%s was asked about meanwhile", row.spoke)
    await arm(hub, now, context.ports, now)
    for row in opened:
        await context.ports.records.note(row, now)
    return opened
