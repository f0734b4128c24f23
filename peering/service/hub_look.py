"""A look at a hub, for an event about it: of its spokes only those are looked at for which the hub shows a difference.

The hub has been read once, its peerings inline; its rows are read once. What differs is written as `Pending` rows
before any lease is asked for, so that the drain that follows reads those spokes and no others.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.batch import Observed
from peering.core.intake.coalescing import once_more
from peering.core.intake.requests import Door, GatewayRequest, NamedBy, Request
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Vnet
from peering.core.record.drift import Drift, drifted
from peering.core.record.note import MARGIN
from peering.core.record.record import Record
from peering.core.record.transitions import intend
from peering.log import logger
from peering.ports import StaleRecord
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.outcome import Outcome
from peering.service.requeue import ONCE_MORE, arm, requeue

_log = logger(__name__)

_AT_ONCE = 8  # rows that are saved
_TRIES = 10  # of saving one against others who write it too


async def ask_about_hubs(request: GatewayRequest, context: Context) -> list[Outcome]:
    """Have each hub in the subscription of a gateway looked at; there may be none, and then nothing is read.

    A message for each: one that cannot be read now holds up no other.
    """
    where = request.subscription.lower()
    for policy in context.catalogue.hubs.values():
        if policy.vnet.subscription.lower() == where:
            await requeue(request.about(policy.vnet), timedelta(), context.ports)
    return []


async def reopen_what_differs(request: Request, policy: HubPolicy, seen: Observed, context: Context) -> bool:
    """Write the rows for which the hub, as it was `seen`, shows a difference; True when it has to be drained.

    A hub that cannot be read says nothing: the look is put off. One that reads 404 says nothing the first time; the
    second time its standing rows are opened, and how long a 404 has to stand to be believed is the drain's to say.
    """
    if isinstance(seen, AzureFailure):
        await _put_off(request, policy, seen, context)
        return False
    if seen is None and not request.repeated:
        await requeue(once_more(request, context.clock()), ONCE_MORE, context.ports)
        return False
    rows = await context.ports.records.of_hub(policy.name)
    found = [(row, drift) for row, drift in drifted(seen, rows, policy) if _is_worth_it(drift, request)]
    if found:
        await _reopen_all(found, request, policy, seen, context)
    return bool(found)


async def _reopen_all(
    found: Sequence[tuple[Record, Drift]], request: Request, policy: HubPolicy, seen: Vnet | None, context: Context
) -> None:
    # Before the rows, and whoever gets as far as the drain: who dies in between leaves nothing that nobody wakes.
    await arm(policy.name, context.clock() + context.ports.leases.duration + MARGIN, context.ports, context.clock())
    room = asyncio.Semaphore(_AT_ONCE)

    async def reopen(row: Record, drift: Drift) -> None:
        async with room:
            _log.info("%s is looked at again: %s (%s)", row.spoke, drift, policy.vnet)
            await _reopen(row, request, policy, seen, context)

    await run_all(reopen(row, drift) for row, drift in found)


def _is_worth_it(drift: Drift, request: Request) -> bool:
    """A pair that does without the gateway is mostly the spoke's doing: only a gateway's event, or a person, asks."""
    return drift is not Drift.GATEWAY_UNUSED or request.gateway or request.door is Door.HTTP


async def _put_off(request: Request, policy: HubPolicy, failure: AzureFailure, context: Context) -> None:
    tried_for = context.clock() - request.when if request.attempt else timedelta()
    delay = context.backoff.after(failure, request.attempt + 1, tried_for, context.chance())
    if delay is None:
        _log.error("what happened at hub %s is not known, as it cannot be read: %s", policy.name, failure)
        return
    _log.warning("hub %s cannot be read and is looked at again in %s: %s", policy.name, delay, failure)
    await requeue(request.again(request.attempt + 1), delay, context.ports)


async def _reopen(row: Record, request: Request, policy: HubPolicy, seen: Vnet | None, context: Context) -> None:
    """Somebody who wrote the row meanwhile may have read the hub before: then it is judged anew."""
    records, current = context.ports.records, row
    for _ in range(_TRIES):
        try:
            await records.save(_asked_about(current, request))
        except StaleRecord:
            again = await records.get(row.hub, row.spoke.key)
            if again is None or not any(drifted(seen, [again], policy)):
                return
            current = again
        else:
            return
    raise StaleRecord(f"the row of {row.spoke} changed {_TRIES} times while it was being written")


def _asked_about(row: Record, request: Request) -> Record:
    """The row, open, as if the event had been about its spoke: with its caller and correlation, as wished as before."""
    door = Door.EVENT if request.door is Door.RETRY else request.door
    named_by = row.asked.named_by if isinstance(row.asked.named_by, NamedBy) else NamedBy.TAG
    about = replace(request, spoke=row.spoke, door=door)
    return intend(row, about, None, row.hub, row.asked.wanted, named_by)
