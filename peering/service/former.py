"""Lets go of halves that lie on former networks of a hub, each under the lease of its own network.

The new pair stands by then, or the spoke has left. A row says which halves are left (`formerHalves`), and waits, with
an alarm, until none is.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from peering.core.catalogue.policy import HubPolicy, Mode
from peering.core.decision.former import Fate, FormerHalf, fate_of
from peering.core.decision.limits import Limits
from peering.core.network.failures import AzureFailure, doubled, unforeseen
from peering.core.network.resource_ids import lease_name, network_of
from peering.core.record.letting_go import held_on
from peering.core.record.letting_go import let_go as settled
from peering.core.record.note import MARGIN
from peering.core.record.record import Record, State
from peering.log import correlated, logger
from peering.ports import Lease, StaleRecord
from peering.service.context import Context
from peering.service.observe import observe
from peering.service.outcome import Outcome, record
from peering.service.requeue import arm

_log = logger(__name__)

_FIRST, _LONGEST = timedelta(seconds=15), timedelta(hours=1)  # between two looks at what could not be let go of


async def let_go(rows: Sequence[Record], policy: HubPolicy | None, context: Context) -> None:
    """Take one half of each of these rows."""
    for row in rows:
        with correlated(row.asked.correlation):
            await _let_go(row, policy, context)


async def _let_go(row: Record, policy: HubPolicy | None, context: Context) -> None:
    half = row.found.former[0]
    network = network_of(half)
    if await _is_withheld(row, policy, context):
        await _hold_on(row, _LONGEST, context)
        return
    if network is None:  # somebody has edited the row: there is nothing that could be looked for
        await _settle(row, half, f"{half} is no peering of a virtual network", policy, context)
        return
    async with context.ports.leases.take(lease_name(network)) as lease:
        if lease is None:
            await _hold_on(row, context.ports.leases.duration + MARGIN, context)
            return
        which = FormerHalf(
            network=network,
            name=half.rpartition("/")[2],
            spoke=row.spoke,
            policy=policy,
            has_left=row.state is State.REMOVED,
        )
        answer = await _carry_out(which, lease, context)
    match answer:
        case Fate(note="") | None:
            await _hold_on(row, doubled(_FIRST, row.progress.attempts, _LONGEST), context)
        case AzureFailure() as failure:
            _log.warning("%s cannot be let go of yet: %s", half, failure)
            wait = context.backoff.pause(failure, row.progress.attempts + 1, context.chance())
            await _hold_on(row, min(wait, _LONGEST), context)
        case fate:
            await _settle(row, half, fate.note, policy, context, wrote=bool(fate.changes))


async def _is_withheld(row: Record, policy: HubPolicy | None, context: Context) -> bool:
    """Who goes on to the hub's new network loses nothing, so the brake is not asked here."""
    if policy and policy.mode is Mode.OBSERVE:
        return True
    limits = Limits(at=context.clock(), pauses=await context.ports.pauses.all())
    return limits.pause_of(row.hub, row.spoke) is not None


async def _carry_out(half: FormerHalf, lease: Lease, context: Context) -> Fate | AzureFailure | None:
    """What was done; None when the lease was lost on the way."""
    (network, _), (spoke, _) = await asyncio.gather(observe(half.network, context), observe(half.spoke, context))
    if isinstance(network, AzureFailure):
        return network
    if isinstance(spoke, AzureFailure):
        return spoke
    fate = fate_of(half, network, spoke, context.catalogue)
    try:
        for change in fate.changes:
            if not lease.held:
                return None
            _log.info("%s: %s", half.spoke, change)
            await context.ports.networks.apply(change)
    except AzureFailure as failure:
        return failure
    except Exception as error:  # noqa: BLE001 - what nobody foresaw is this row's failure, and stops no other
        _log.exception("%s could not be let go of", half.name)
        return unforeseen(error)
    return fate


async def _settle(
    row: Record, half: str, note: str, policy: HubPolicy | None, context: Context, *, wrote: bool = False
) -> None:
    now = context.clock()
    outcome = Outcome(before=row, after=settled(row, half, note, now), policy=policy, mended=wrote)
    await record(outcome, context.ports, now, partial(_arm, row.hub, context))


async def _hold_on(row: Record, wait: timedelta, context: Context) -> None:
    """Later: first the alarm, then the row."""
    due = context.clock() + wait
    await _arm(row.hub, context, due)
    try:
        await context.ports.records.save(held_on(row, due))
    except StaleRecord:
        _log.info("%s was asked about again meanwhile", row.spoke)


async def _arm(hub: str, context: Context, due: datetime) -> None:
    await arm(hub, due, context.ports, context.clock())
