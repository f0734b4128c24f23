"""What the worker does with one request."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from peering.arm_calls import Meter, metered
from peering.core.catalogue.policy import UNKNOWN
from peering.core.decision import findings
from peering.core.intake.requests import Door, NamedBy, Request
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Vnet
from peering.core.record.membership import choose, partition
from peering.core.record.record import Record, State
from peering.core.record.transitions import failed, intend, refused, removed, reopen
from peering.log import correlated, logger
from peering.ports import StaleRecord
from peering.service.context import Context
from peering.service.drain import drain
from peering.service.outcome import Outcome, record
from peering.service.requeue import requeue, requeue_row

_log = logger(__name__)

_TRIES = 10  # of writing an intent against others who write it too; each loss means that somebody else made progress


async def reconcile(request: Request, context: Context) -> list[Outcome]:
    """Look at a spoke and bring it to where it should be; returns what became of it, and of what was due beside it.

    1. Read the spoke as it is now and every record there is of it; the request itself says nothing about either.
    2. Choose: which hub it wants, which hubs it leaves. Nothing to do is finished here, with one read and no write.
    3. Write the intent as rows, before any lease is asked for: whoever holds it will find them.
    4. Drain the hubs concerned. A retry may stand for others too (the ticket of a holder that died, what a holder that
       ran out of time left over): whatever is due at a hub the spoke has a record with is worked through.
    """
    with correlated(request.correlation), context.ports.telemetry.step("reconcile", _attributes(request)):
        if request.door is not Door.RETRY:  # a retry was meant to wait
            context.ports.telemetry.message_waited(max(context.clock() - request.when, timedelta()))
        try:
            intent = await _observe_and_intend(request, context)
        except AzureFailure as failure:
            return await _put_off(request, failure, context)
        outcomes = [each for row in intent.written for each in await _pursue(row, intent.spoke, request, context)]
        if request.door is Door.RETRY:
            outcomes += await _relieve(intent.left_alone, request, context)
        return outcomes


def _attributes(request: Request) -> dict[str, str]:
    return {"spoke": str(request.spoke), "door": request.door, "correlation": request.correlation}


@dataclass(frozen=True, slots=True)
class _Intent:
    """The spoke as it was read, the rows as they were written, and those that were there before."""

    spoke: Vnet | None
    written: Sequence[Record]
    found: Sequence[Record]

    @property
    def left_alone(self) -> list[str]:
        """The hubs at which the spoke has a row that was not written now."""
        return sorted({row.hub for row in self.found} - {row.hub for row in self.written})


async def _observe_and_intend(request: Request, context: Context) -> _Intent:
    ports = context.ports
    with metered(meter := Meter()):
        spoke, rows = await asyncio.gather(ports.networks.read(request.spoke), ports.records.find(request.spoke))
    for _ in range(_TRIES):
        choice = choose(request, spoke, rows, context.catalogue, context.clock())
        try:
            written = [await ports.records.save(_charged(row, meter)) for row in choice.rows]
        except StaleRecord:
            rows = await ports.records.find(request.spoke)
            continue
        return _Intent(spoke, written, rows)
    raise StaleRecord(f"the row of {request.spoke} changed {_TRIES} times while it was being written")


def _charged(row: Record, meter: Meter) -> Record:
    return replace(row, progress=replace(row.progress, calls=row.progress.calls + meter.calls))


async def _pursue(row: Record, spoke: Vnet | None, request: Request, context: Context) -> list[Outcome]:
    policy = context.catalogue.hub(row.hub)
    if policy is None:
        return [await record(_without_hub(row, spoke, context), context.ports, context.clock())]
    if row.progress.not_before and row.progress.not_before > context.clock():
        await requeue_row(row, context.ports, context.clock())
        return []
    return await drain(policy, request, context)


async def _relieve(hubs: Sequence[str], request: Request, context: Context) -> list[Outcome]:
    outcomes = list[Outcome]()
    for policy in filter(None, map(context.catalogue.hub, hubs)):
        if await context.ports.records.due(policy.name, context.clock(), 1):
            outcomes += await drain(policy, request, context)
    return outcomes


def _without_hub(row: Record, spoke: Vnet | None, context: Context) -> Outcome:
    """A tag that names no hub, or one that no longer does."""
    now = context.clock()
    if row.state is State.LEAVING:
        left = (f"hub {row.hub!r} is no longer in the catalogue: what it has of the pair was left alone",)
        return Outcome(before=row, after=removed(row, () if row.hub == UNKNOWN else left, now), network=spoke)
    if spoke is None:
        why = findings.no_such_spoke(row.spoke)
    else:
        by_tag = row.asked.named_by is NamedBy.TAG
        why = findings.unknown_hub(row.asked.wanted, context.catalogue, by_tag=by_tag)
    return Outcome(before=row, after=refused(row, (why,), now), network=spoke)


async def _put_off(request: Request, failure: AzureFailure, context: Context) -> list[Outcome]:
    """The spoke itself cannot be read: nobody knows its hub, so the request waits instead of a row."""
    delay = context.backoff.after(failure, request.attempt + 1, context.chance())
    if delay is not None:
        _log.warning("cannot read %s, trying again in %s: %s", request.spoke, delay, failure)
        await requeue(request.again(request.attempt + 1), delay, context.ports)
        return []
    found = await context.ports.records.find(request.spoke)
    rows = [row for row in found if row.is_understood and row.state is not State.REMOVED]
    row = _opened(rows[0] if rows else None, request, context)
    now = context.clock()
    outcome = Outcome(before=row, after=failed(row, failure, now), policy=context.catalogue.hub(row.hub))
    return [await record(outcome, context.ports, now)]


def _opened(row: Record | None, request: Request, context: Context) -> Record:
    """The row to conclude: one that is there, as it was asked for, or one made for the request."""
    if row is None:
        named_by = NamedBy.REQUEST if request.hub else NamedBy.TAG
        hub = partition(context.catalogue.hub(request.hub or ""))
        return intend(None, request, None, hub, request.hub or "", named_by)
    if row.is_open:
        return row
    return reopen(row)
