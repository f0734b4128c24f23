"""Rows that a person has looked at again: an alarm before them and one after, and a line of the history for each."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from peering.core.record.holding import remarked
from peering.core.record.record import Record
from peering.log import logger
from peering.ports import StaleRecord
from peering.service.context import Context
from peering.service.requeue import arm

_log = logger(__name__)


@asynccontextmanager
async def between_alarms(hub: str, context: Context) -> AsyncIterator[None]:
    """Rows of the hub are opened inside the block: an alarm before, for the case that we die in it, and one after.

    What is raised in it opens nothing, and the first alarm finds nothing to do.
    """
    now = context.clock()
    await arm(hub, now + context.ports.leases.duration, context.ports, now)
    yield
    await arm(hub, now, context.ports, now)


async def open_again(hub: str, rows: Iterable[Record], said: str, context: Context) -> list[Record]:
    """Save the rows, each with a note of who did what; returns those that nobody else has changed meanwhile."""
    changed = [remarked(row, said) for row in rows]
    if not changed:
        return []
    now, opened = context.clock(), list[Record]()
    async with between_alarms(hub, context):
        for row in changed:
            try:
                opened.append(await context.ports.records.save(row))
            except StaleRecord:
                _log.info("%s was asked about meanwhile", row.spoke)
    for row in opened:
        await context.ports.records.note(row, now)
    return opened
