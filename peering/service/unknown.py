"""Rows without a hub that could be written to: nobody knows it, its spoke cannot be read, or it left the catalogue.

They are looked at without a single write to ARM, a few at a time, so that a role lost over thousands of networks does
not starve the one that has just been made.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from peering.core.catalogue.policy import UNKNOWN
from peering.core.decision import findings
from peering.core.decision.batch import CERTAIN
from peering.core.decision.moves import Kept
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import NamedBy
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Vnet
from peering.core.record.outcomes import refused, removed, stays
from peering.core.record.record import Record, State
from peering.core.record.staying import reason_to_stay
from peering.core.record.transitions import charged, opened
from peering.core.record.waits import doubted
from peering.log import correlated
from peering.ports import StaleRecord
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.observe import observe, tags_above
from peering.service.outcome import Outcome, outcome_of_failure, record
from peering.service.requeue import look_again
from peering.service.tags_above import TagsAbove
from peering.service.watch import Watch

TURN = timedelta(seconds=30)
_AT_ONCE = 8  # reads
_UNTIL_RECONCILED = timedelta(minutes=1)  # before a row is looked at again whose spoke has been asked about


async def look_over(partition: str, rows: Sequence[Record], watch: Watch, context: Context) -> list[Outcome]:
    """Look at each row once, for as long as a turn may take; returns those of which something has become."""
    room, began, above = asyncio.Semaphore(_AT_ONCE), context.clock(), tags_above(context)

    async def one(row: Record) -> list[Outcome]:
        async with room:
            if context.clock() - began > TURN:
                return []
            with correlated(row.asked.correlation):
                return await _look(partition, row, watch, context, above)

    found = await run_all(one(row) for row in rows)
    return [outcome for outcomes in found for outcome in outcomes]


async def _look(partition: str, row: Record, watch: Watch, context: Context, above: TagsAbove) -> list[Outcome]:
    if row.state is State.LEAVING and row.last_outcome is None and row.progress.tag is None:
        await _forget(row, context)
        return []
    if row.state is State.LEAVING:
        outcome = await _left(partition, row, context)
    else:
        seen, calls = await observe(row.spoke, context, above)
        again = charged(opened(row), calls)
        match seen:
            case AzureFailure() as failure:
                outcome = outcome_of_failure(row, again, failure, None, context)
            case None:
                absent = _absent(partition, row, again, context)
                if absent is None:
                    await _forget(row, context)
                    return []
                outcome = absent
            case network:
                return await _readable(row, again, network, watch, context)
    return [await record(outcome, context.ports, context.clock(), watch.cover)]


async def _left(partition: str, row: Record, context: Context) -> Outcome:
    """It is over. Only a tag that still says something makes a read necessary: another hub may have the word."""
    seen, calls = await observe(row.spoke, context) if row.progress.tag else (None, 0)
    after = removed(charged(row, calls), _left_alone(partition), context.clock())
    return _outcome(row, after, seen if isinstance(seen, Vnet) else None, context)


def _outcome(row: Record, after: Record, network: Vnet | None, context: Context) -> Outcome:
    speaks = network is not None and context.catalogue.speaks_for(row.hub, network.tags)
    tags = network.tags if network else None
    return Outcome(before=row, after=after, status_tag=context.catalogue.status_tag, is_tagged=speaks, tags=tags)


def _left_alone(partition: str) -> tuple[str, ...]:
    """What is said of a pair with a hub that is no longer in the catalogue."""
    left = f"hub {partition!r} is no longer in the catalogue: what it has of the pair was left alone"
    return () if partition == UNKNOWN else (left,)


def _absent(partition: str, row: Record, again: Record, context: Context) -> Outcome | None:
    """A 404, which may only be early. Who asked by name is told in the end; of anybody else nothing is kept."""
    since, now = row.progress.doubted, context.clock()
    if since is None or now - since < CERTAIN:
        return Outcome(before=row, after=doubted(again, findings.spoke_not_there_yet(row.spoke), now), quiet=True)
    if row.is_standing:
        return Outcome(before=row, after=removed(again, _left_alone(partition), now))
    if row.asked.named_by is not NamedBy.REQUEST:
        return None
    return _outcome(row, refused(again, (findings.spoke_is_gone(row.spoke),), now), None, context)


async def _readable(row: Record, again: Record, network: Vnet, watch: Watch, context: Context) -> list[Outcome]:
    """It names a hub now, none, or nothing any more. Who has a pair keeps it, and is told where that is recorded."""
    tag, asked = context.catalogue.tag_value(network.tags), row.hub_that_was_asked_for
    named, now = tag if tag is not None else asked, context.clock()
    rows = await context.ports.records.find(row.spoke)
    if kept := reason_to_stay(row, network, context.catalogue, rows):
        return [await record(_staying(row, again, kept, network, context), context.ports, now, watch.cover)]
    if named is None and row.is_standing:
        gone = _outcome(row, removed(again, _left_alone(row.hub), now), network, context)
        return [await record(gone, context.ports, now, watch.cover)]
    has_a_pair = any(reason_to_stay(other, network, context.catalogue, rows) for other in rows if _is_there(other))
    if named is None or (has_a_pair and not context.catalogue.hub(named)):
        return await _unnamed(row, again, network, watch, context)
    if context.catalogue.hub(named):
        later = replace(again, progress=replace(again.progress, not_before=now + _UNTIL_RECONCILED, doubted=None))
        await look_again(again, context.ports)  # that writes the row under its hub, and then closes this one
        return [await record(Outcome(before=row, after=later), context.ports, now, watch.cover)]
    why = findings.unknown_hub(named, context.catalogue, by_tag=tag is not None)
    found = _outcome(row, refused(again, (why,), now), network, context)
    return [await record(found, context.ports, now, watch.cover)]


def _is_there(row: Record) -> bool:
    return row.is_understood and row.state is not State.REMOVED


def _staying(row: Record, again: Record, kept: Kept | Verdict, network: Vnet, context: Context) -> Outcome:
    now = context.clock()
    match kept:
        case Kept():
            outcome = _outcome(row, stays(again, kept.findings, kept.notes, now, kept.asks), network, context)
            return replace(outcome, is_tagged=outcome.is_tagged and bool(kept.findings), again=kept.unheard)
        case Verdict():
            return _outcome(row, refused(again, kept.findings, now), network, context)


async def _unnamed(row: Record, again: Record, network: Vnet, watch: Watch, context: Context) -> list[Outcome]:
    """Neither tag nor request names a hub. Who asked is told so, in the record and for a day; nobody else asks."""
    now = context.clock()
    if row.asked.named_by is NamedBy.REQUEST and row.is_open and row.asked.wanted == "":
        why = findings.no_hub_named(row.spoke, context.catalogue)
        outcome = replace(_outcome(row, refused(again, (why,), now), network, context), is_tagged=False)
    elif row.progress.tag:
        outcome = _outcome(row, removed(again, (), now), network, context)
    else:
        await _forget(row, context)
        return []
    return [await record(outcome, context.ports, now, watch.cover)]


async def _forget(row: Record, context: Context) -> None:
    """Nothing was ever done for it, and nothing is wanted: no trace is kept. Asked about meanwhile, it stays."""
    try:
        await context.ports.records.forget(row)
    except StaleRecord:
        return
