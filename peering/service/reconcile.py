"""What the worker does with one request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.batch import Observed
from peering.core.intake.coalescing import once_more
from peering.core.intake.requests import Door, Request
from peering.core.network.vnets import Vnet
from peering.core.record.membership import choose
from peering.core.record.record import Record, State
from peering.core.record.transitions import charged
from peering.log import correlated
from peering.ports import StaleRecord
from peering.service.coalesce import taken_up
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.drain import drain
from peering.service.hub_look import reopen_what_differs
from peering.service.observe import observe
from peering.service.outcome import Outcome
from peering.service.requeue import ONCE_MORE, requeue
from peering.service.telling import remind

_TRIES = 10  # of writing an intent against others who write it too; each loss means that somebody else made progress
_FRESH = timedelta(seconds=10)


async def reconcile(request: Request, context: Context) -> list[Outcome]:
    """Look at a spoke and bring it to where it should be; returns what became of it, and of what was due beside it.

    0. An event that another look stands for is finished here.
    1. Read the spoke as it is now and every record there is of it; the request itself says nothing about either.
    2. Choose: which hub it wants, which hubs it leaves. Nothing to do is finished here, with one read and no write.
    3. Write the intent as rows, before any lease is asked for: whoever holds it will find them. Where the network is
       itself a hub, the rows of those of its spokes for which something differs are written too.
    4. Drain the hubs concerned. A retry of an earlier version may stand for others too (a holder that died): whatever
       is due at a hub the spoke has a record with is worked through.
    """
    with correlated(request.correlation):
        async with taken_up(request, context) as look:
            return await _look(look, context) if look else []


async def _look(request: Request, context: Context) -> list[Outcome]:
    with correlated(request.correlation), context.ports.telemetry.step("reconcile", _attributes(request)):
        began = context.clock()
        if request.door is not Door.RETRY and request.since is None:  # those were meant to wait
            context.ports.telemetry.message_waited(max(began - request.when, timedelta()))
        intent, policy = await _observe_and_intend(request, context), context.catalogue.hub_of(request.spoke)
        if request.door is Door.HTTP:  # after the rows: who asks how far it is sees them as soon as it was looked at
            await context.ports.registry.looked_at(request.id, context.clock())
        differs = policy is not None and await reopen_what_differs(request, policy, intent.seen, context)
        if not differs and _may_be_early(request, intent, policy, context):
            await requeue(once_more(request, began), ONCE_MORE, context.ports)
        # What leaves at once may hold the gateway or addresses that joining needs. A row that was there and waits is
        # looked after too: whoever wrote it may have died before an alarm was armed.
        leaving = (row for row in intent.written if row.state is State.LEAVING and row.is_due(context.clock()))
        waiting = (row for row in intent.found if row.is_waiting or request.door is Door.RETRY)
        hubs = dict.fromkeys(row.hub for row in (*leaving, *intent.written, *waiting))
        if policy and differs:
            hubs[policy.name] = None
        return [outcome for hub in hubs for outcome in await drain(hub, context)]


def _attributes(request: Request) -> dict[str, str]:
    return {"spoke": str(request.spoke), "door": request.door, "correlation": request.correlation}


@dataclass(frozen=True, slots=True)
class _Intent:
    """The spoke as it was read, the rows as they were written, and those that were there before."""

    seen: Observed
    written: Sequence[Record]
    found: Sequence[Record]


async def _observe_and_intend(request: Request, context: Context) -> _Intent:
    seen, calls = await observe(request.spoke, context)
    async with context.memory.intents.turn(_hub_concerned(request, seen, context)):
        return await _intend(request, seen, calls, context)


def _hub_concerned(request: Request, seen: Observed, context: Context) -> str:
    """As far as it can be told so early: what the request names, or the tag."""
    tag = context.catalogue.tag_value(seen.tags) if isinstance(seen, Vnet) else None
    hub = context.catalogue.hub(request.hub or tag or "")
    return hub.name if hub else ""


async def _intend(request: Request, seen: Observed, calls: int, context: Context) -> _Intent:
    records = context.ports.records
    rows = await records.find(request.spoke)
    for _ in range(_TRIES):
        choice = choose(request, seen, rows, context.catalogue, context.clock())
        try:
            written = [await records.save(charged(row, calls)) for row in choice.rows]
        except StaleRecord:
            rows = await records.find(request.spoke)
            continue
        if isinstance(seen, Vnet):
            untouched = [row for row in rows if row.hub not in {each.hub for each in written}]
            await run_all(remind(row, seen, context.catalogue, context.ports, context.clock()) for row in untouched)
        return _Intent(seen, written, rows)
    raise StaleRecord(f"the row of {request.spoke} changed {_TRIES} times while it was being written")


def _may_be_early(request: Request, intent: _Intent, policy: HubPolicy | None, context: Context) -> bool:
    """Whether a look that found nothing wanted came so soon after the event that Azure's read may lag behind it.

    A look that was sent for later comes late enough. Of a spoke that was deleted nothing can be wanted; of a hub that
    was (it has a policy), that its spokes are told.
    """
    over = all(row.state is State.REMOVED for row in intent.found)
    nothing = isinstance(intent.seen, Vnet) and not intent.written and over
    fresh = request.door is Door.EVENT and context.clock() - request.when < _FRESH
    is_first = request.since is None and not request.repeated
    return nothing and fresh and is_first and (not request.gone or policy is not None)
