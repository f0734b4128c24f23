"""What the worker does with one request."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from peering.arm_calls import Meter, metered
from peering.core.catalogue import closest
from peering.core.choice import choose
from peering.core.failures import AzureFailure
from peering.core.findings import Code, Finding, listing
from peering.core.model import Vnet
from peering.core.policy import UNKNOWN, Catalogue
from peering.core.records import NamedBy, Record, State, failed, intend, partition, refused, removed
from peering.core.requests import Door, Request
from peering.log import correlated, logger
from peering.ports import StaleRecord
from peering.service.conclude import conclude, wake
from peering.service.drain import drain
from peering.service.world import World

_log = logger(__name__)

_TRIES = 10  # of writing an intent against others who write it too; each loss means that somebody else made progress


async def handle(request: Request, world: World) -> None:
    """Look at a spoke and bring it to where it should be.

    1. Read the spoke as it is now and every record there is of it; the request itself says nothing about either.
    2. Choose: which hub it wants, which hubs it leaves. Nothing to do is finished here, with one read and no write.
    3. Write the intent as rows, before any lease is asked for: whoever holds it will find them.
    4. Drain the hubs concerned. A retry may stand for others too (the ticket of a holder that died, what a holder that
       ran out of time left over): whatever is due at a hub the spoke has a record with is worked through.
    """
    with correlated(request.correlation), world.telemetry.step("handle", _attributes(request)):
        if request.door is not Door.RETRY:  # a retry was meant to wait
            world.telemetry.message_waited(max(world.clock() - request.when, timedelta()))
        await _handle(request, world)


def _attributes(request: Request) -> dict[str, str]:
    return {"spoke": str(request.spoke), "door": request.door, "correlation": request.correlation}


async def _handle(request: Request, world: World) -> None:
    try:
        spoke, written, found = await _observe_and_intend(request, world)
    except AzureFailure as failure:
        await _put_off(request, failure, world)
        return
    for row in written:
        policy = world.catalogue.hub(row.hub)
        if policy is None:
            await _answer_without_hub(row, spoke, world)
        elif row.not_before and row.not_before > world.clock():
            await wake(row, world)
        else:
            await drain(policy, request, world)
    if request.door is Door.RETRY:
        await _relieve({row.hub for row in found} - {row.hub for row in written}, request, world)


async def _relieve(hubs: set[str], request: Request, world: World) -> None:
    for policy in (world.catalogue.hub(hub) for hub in sorted(hubs)):
        if policy and await world.records.due(policy.name, world.clock(), 1):
            await drain(policy, request, world)


async def _observe_and_intend(request: Request, world: World) -> tuple[Vnet | None, list[Record], Sequence[Record]]:
    """The spoke, the rows as they were written, and those that were there before."""
    with metered(meter := Meter()):
        spoke, rows = await asyncio.gather(world.networks.read(request.spoke), world.records.find(request.spoke))
    for _ in range(_TRIES):
        choice = choose(request, spoke, rows, world.catalogue, world.clock())
        try:
            saved = [await world.records.save(replace(row, calls=row.calls + meter.calls)) for row in choice.rows]
        except StaleRecord:
            rows = await world.records.find(request.spoke)
            continue
        return spoke, saved, rows
    raise StaleRecord(f"the row of {request.spoke} changed {_TRIES} times while it was being written")


async def _answer_without_hub(row: Record, spoke: Vnet | None, world: World) -> None:
    """A tag that names no hub, or one that no longer does."""
    now = world.clock()
    if row.state is State.LEAVING:
        left = (f"hub {row.hub!r} is no longer in the catalogue: what it has of the pair was left alone",)
        await conclude(row, removed(row, () if row.hub == UNKNOWN else left, now), None, spoke, world)
    else:
        await conclude(row, refused(row, (_unknown(row, spoke, world.catalogue),), now), None, spoke, world)


def _unknown(row: Record, spoke: Vnet | None, catalogue: Catalogue) -> Finding:
    if spoke is None:
        return Finding(
            Code.SPOKE_NOT_FOUND, f"There is no virtual network {row.spoke}. Check the id, or create it first."
        )
    asked = f"The tag {catalogue.tag!r}" if row.named_by is NamedBy.TAG else "The request"
    named = f"names {row.wanted[:100]!r}, which is no hub" if row.wanted else "is empty"
    meant = closest(row.wanted, catalogue)
    hint = f" Did you mean {meant!r}?" if meant else ""
    return Finding(Code.UNKNOWN_HUB, f"{asked} {named}.{hint} Known hubs: {listing(sorted(catalogue.hubs), 10)}.")


async def _put_off(request: Request, failure: AzureFailure, world: World) -> None:
    """The spoke itself cannot be read: nobody knows its hub, so the request waits instead of a row."""
    delay = world.backoff.after(failure, request.attempt + 1, world.chance())
    if delay is not None:
        _log.warning("cannot read %s, trying again in %s: %s", request.spoke, delay, failure)
        await world.requests.send(request.again(request.attempt + 1), delay)
        return
    rows = [row for row in await world.records.find(request.spoke) if row.state is not State.REMOVED]
    named_by = NamedBy.REQUEST if request.hub else NamedBy.TAG
    hub = partition(world.catalogue.hub(request.hub or ""))
    row = rows[0] if rows else intend(None, request, None, hub, request.hub or "", named_by)
    await conclude(row, failed(row, failure, world.clock()), world.catalogue.hub(row.hub), None, world)
