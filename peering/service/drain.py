"""One writer per hub: takes the lease and works through everything that is due."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from peering.core.catalogue.policy import HubPolicy
from peering.core.intake.alarms import Alarm
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import lease_name
from peering.core.record.holding import waits_for_a_release
from peering.core.record.note import MARGIN
from peering.core.record.outcomes import abandoned
from peering.core.record.record import Record
from peering.core.record.transitions import opened
from peering.core.record.turn import HOPELESS
from peering.log import logger
from peering.ports import StaleRecord
from peering.service import batch, former
from peering.service.announcing import tell_of_list
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.outcome import Outcome, record, tell_again
from peering.service.requeue import arm
from peering.service.turns import take_turns
from peering.service.watch import LeaseLost, Watch

_log = logger(__name__)

_AFTER_A_BREAK = timedelta(seconds=4)
_DIED = f"{HOPELESS} processes died while they worked on it. Their logs, under the correlation id, may say how."


async def drain(hub: str, context: Context, in_hand: Alarm | None = None) -> list[Outcome]:
    """Bring everything that is due at the hub to where it should be; returns what became of each.

    Busy means finished, once an alarm is on its way: the holder looks again after it has let go (row before lease, look
    after release), and one that dies is covered by an alarm (see Watch), so no row is overlooked. Rows of a hub that
    nobody knows have a lease of their own.
    """
    policy, outcomes, began = context.catalogue.hub(hub), list[Outcome](), context.clock()
    holdings = context.memory.holdings
    name = lease_name(policy.vnet if policy else hub)
    due = in_hand.due if in_hand else None
    came = holdings.now()
    while not await holdings.left_to(hub, in_hand, came):
        async with holdings.asking(hub) as number:
            async with context.ports.leases.take(name) as lease:
                watch = Watch(hub, lease, await lease.read(), context, due) if lease else None
                taken = await _hold_or_lose(policy, watch, outcomes, context) if watch else None
            if watch is None or taken is None:
                await _leave_it_to(hub, name, context, in_hand)
                holdings.leave(hub, number)
                break
        due = watch.in_hand
        if context.clock() - began > context.patience or not await _left_over(hub, policy, watch, taken, context):
            break
    if any(waits_for_a_release(outcome.after) for outcome in outcomes):
        await tell_of_list(hub, context.ports, context.clock(), grown=False)
    return outcomes


async def _leave_it_to(hub: str, name: str, context: Context, in_hand: Alarm | None) -> None:
    """Somebody else holds the lease. Unless an alarm of his is on its way, one is sent: he may be dead already.

    Not only an alarm is put off so. A holder that died before its first alarm, or that was never told that the lease
    is its own, is looked after by nobody else.
    """
    due = context.clock() + context.ports.leases.duration + MARGIN
    note = await context.ports.leases.peek(name)
    if not note.covers(due, context.clock(), in_hand.due if in_hand else None):
        await arm(hub, due, context.ports, context.clock())


async def _hold_or_lose(
    policy: HubPolicy | None, watch: Watch, outcomes: list[Outcome], context: Context
) -> set[str | None] | None:
    """As `_hold`; None when the lease was lost meanwhile: what is left waits for its next holder."""
    try:
        return await _hold(watch.hub, policy, watch, outcomes, context)
    except LeaseLost:
        _log.warning("the lease on hub %s was lost", watch.hub)
        return None
    except Exception:
        await watch.interrupted()
        await _take_up_again(watch.hub, context)
        raise
    finally:
        context.memory.holdings.end(watch)  # whoever comes now finds the lease busy, or free


async def _take_up_again(hub: str, context: Context) -> None:
    """What is left is looked at soon, and not when the lease would have lapsed: its holder lives."""
    try:
        await arm(hub, context.clock() + _AFTER_A_BREAK, context.ports, context.clock())
    except AzureFailure:
        _log.warning("hub %s waits for the alarm that is on its way", hub, exc_info=True)


async def _hold(
    hub: str, policy: HubPolicy | None, watch: Watch, outcomes: list[Outcome], context: Context
) -> set[str | None]:
    """Work under the lease, turn after turn; returns the versions of the rows that were taken."""
    began = context.clock()
    if policy:
        await watch.compare_rules(policy)
    waiting = await context.ports.records.waiting(hub)
    if watch.note.turn:
        await _count_the_dead(watch.died_over(waiting), policy, watch, context)
        waiting = await context.ports.records.waiting(hub)
    if untold := [row for row in waiting if row.leaves_untold or (row.is_untold and row.is_due(began))]:
        await run_all(tell_again(row, policy, context, watch.cover) for row in untold)
        waiting = await context.ports.records.waiting(hub)
    waiting, taken = await take_turns(waiting, policy, watch, outcomes, context)
    if policy and watch.given_up:
        left = [row for row in waiting if row.is_due(context.clock()) and row.etag not in taken]
        hopeless = [row for row in left if watch.gives_up(row, watch.given_up)]
        outcomes += await batch.put_off(policy, hopeless, watch.given_up, watch, context)
        waiting = await context.ports.records.waiting(hub)
    await watch.end(waiting, taken)
    return taken


async def _count_the_dead(rows: Sequence[Record], policy: HubPolicy | None, watch: Watch, context: Context) -> None:
    """The last holder died over these rows. Who is there too often is taken alone, and at last abandoned."""
    for row in rows:
        deaths = row.progress.deaths + 1
        _log.warning("a process died while it worked on %s and others, %s so far", row.spoke, deaths)
        counted = replace(row, progress=replace(row.progress, deaths=deaths))
        if deaths >= HOPELESS:
            after, status_tag = abandoned(opened(counted), _DIED, context.clock()), context.catalogue.status_tag
            gone = Outcome(before=row, after=after, policy=policy, status_tag=status_tag)
            await record(gone, context.ports, context.clock(), watch.cover)
            continue
        try:
            await context.ports.records.save(counted)
        except StaleRecord:
            _log.info("%s was asked about again meanwhile", row.spoke)


async def _left_over(
    hub: str, policy: HubPolicy | None, watch: Watch, taken: set[str | None], context: Context
) -> bool:
    """Whether somebody wrote a row while the lease was held, and went away because it was.

    What lies on former networks of the hub is let go of here, between two leases of the hub: nobody holds two.
    """
    ports = context.ports
    if policy and ports.telemetry.counts_pairs:
        ports.telemetry.pairs(hub, (await ports.records.tally(hub)).states)
    rows = await ports.records.waiting(hub)
    if letting_go := [row for row in rows if row.lets_go and row.is_due(context.clock())]:
        await former.let_go(letting_go, policy, context)
        rows = await ports.records.waiting(hub)
    waiting = [row for row in rows if row.etag not in taken]
    if not watch.is_blocked and any(row.is_due(context.clock()) for row in waiting):
        return True
    due = watch.next_look(waiting)
    return due is not None and not watch.covers(due)
