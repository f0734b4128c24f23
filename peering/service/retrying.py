"""Many spokes are looked at again at once: what failed, was refused or given up, and what waits."""

from peering.core.record.record import Record, State
from peering.core.record.retried import MOST, Retried, counts
from peering.core.record.transitions import asked_again
from peering.log import logger
from peering.service.context import Context
from peering.service.opening import open_again

_log = logger(__name__)


async def retry(hub: str | None, state: State | None, who: str, context: Context) -> Retried:
    """Have them looked at, those first that were asked for first: of one hub or all, in one state or in any of them."""
    partitions = [hub] if hub else await context.ports.records.hubs()
    found = [row for each in partitions for row in await context.ports.records.of_hub(each) if counts(row, state)]
    found.sort(key=lambda row: (row.asked.requested, row.spoke.key))
    chosen, now, opened = found[:MOST], context.clock(), list[Record]()
    _log.warning("%s has %s networks looked at again", who, len(chosen))
    for each in dict.fromkeys(row.hub for row in chosen):
        rows = (asked_again(row, now) for row in chosen if row.hub == each)
        opened += await open_again(each, rows, f"{who} has it looked at again", context)
    return Retried(tuple(opened), more=len(found) > MOST)
