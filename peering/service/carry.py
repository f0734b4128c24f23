"""Carries what cannot be rebuilt out of the tables, and into others: see core/record/carried.py."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from peering.core.decision.pause import Pause
from peering.core.record.carried import Carried, Entry, Halt, Wish, is_carried, may_replace
from peering.core.record.record import Record
from peering.core.record.selection import EVERYTHING
from peering.ports import Pauses, Records, StaleRecord

_PAGE = 1000


async def carried_out(records: Records, pauses: Pauses, now: datetime) -> AsyncIterator[Carried]:
    """Everything, pauses first: what they hold must not be written meanwhile. Raises AzureFailure."""
    for pause in await pauses.all():
        if not pause.is_over(now):
            yield Halt(pause)
    token = None
    while True:
        rows, token = await records.page(EVERYTHING, _PAGE, token)
        for row in filter(is_carried, rows):
            yield Wish(row)
        if token is None:
            break
    while True:
        entries, token = await records.all_history(token)
        for when, row in entries:
            yield Entry(row, when)
        if token is None:
            return


async def carry_in(item: Carried, records: Records, pauses: Pauses) -> bool:
    """Write one of them, if nothing newer is there; returns whether it was written. Raises AzureFailure."""
    match item:
        case Halt(pause):
            return await _carry_pause_in(pause, pauses)
        case Wish(row):
            return await _carry_row_in(replace(row, etag=None), records)
        case Entry(row, when):
            return await records.restore_entry(row, when)


async def _carry_pause_in(pause: Pause, pauses: Pauses) -> bool:
    there = next((each for each in await pauses.all() if each.scope == pause.scope), None)
    if there is not None and there.since >= pause.since:
        return False
    await pauses.begin(pause)
    return True


async def _carry_row_in(row: Record, records: Records) -> bool:
    there = await records.get(row.hub, row.spoke.key)
    if there is not None and not may_replace(row, there):
        return False
    try:
        await records.save(replace(row, etag=there.etag if there else None))
    except StaleRecord:  # the app works at it: what it writes is newer
        return False
    return True
