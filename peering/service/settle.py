"""Brings one batch of spokes of one hub to where they should be. The caller holds the hub's lease."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from peering.arm_calls import Meter, metered
from peering.core.estate import Estate
from peering.core.failures import NO_ANSWER, AzureFailure, blocks_the_hub
from peering.core.findings import Code, Finding
from peering.core.model import Half, Vnet
from peering.core.plan import Change, Plan, Side, make_departure
from peering.core.policy import Departure, HubPolicy
from peering.core.records import Record, State, connected, refused, removed
from peering.core.resource_ids import VnetId
from peering.core.verdict import Refusal, judge
from peering.log import correlated, logger
from peering.service.conclude import conclude, conclude_failure, wake
from peering.service.together import together
from peering.service.world import World

_log = logger(__name__)

type StillHeld = Callable[[], None]
type Observed = tuple[Record, Vnet | AzureFailure | None]


@dataclass(slots=True)
class Job:
    """A spoke of the batch that has something coming: its row, itself, its plan, and how far that has got."""

    record: Record
    spoke: Vnet | None
    plan: Plan
    meter: Meter = field(default_factory=Meter)
    hub_half: Half | None = None
    spoke_half: Half | None = None
    failure: AzureFailure | None = None


async def settle(policy: HubPolicy, rows: Sequence[Record], still_held: StillHeld, world: World) -> None:
    """Observe, decide, act, record.

    1. Read the hub once (its peerings are inline) and the spokes, all at the same time.
    2. Judge each spoke, knowing those that were let in before it. Refusals are recorded at once.
    3. Remove what stands in the way on the spokes' side, write the hub's halves one after another (ARM allows one
       write to a VNet at a time), then the spokes' halves all at once.
    4. Record each as soon as it is done. A spoke that fails stops none of the others.
    """
    rows = [replace(row, started=row.started or world.clock()) for row in rows]
    hub, observed = await asyncio.gather(_read(policy.vnet, world), _observe(rows, world))
    if isinstance(hub, AzureFailure):
        await together(conclude_failure(row, hub, policy, world) for row in rows)
        return
    if hub:
        world.telemetry.hub_seen(policy.name, 1 - len(hub.halves) / policy.max_peerings)
    jobs = await _decide(policy, hub, observed, world)
    await together(_apply(job, job.plan.writes_before_hub, still_held, world) for job in jobs)
    await _write_hub_halves(jobs, still_held, world)
    await together(_finish(job, policy, still_held, world) for job in jobs)


async def _read(vnet: VnetId, world: World) -> Vnet | AzureFailure | None:
    try:
        return await world.networks.read(vnet)
    except AzureFailure as failure:
        return failure


async def _observe(rows: Sequence[Record], world: World) -> list[Observed]:
    async def observe(row: Record) -> Observed:
        with metered(meter := Meter()):
            spoke = await _read(row.spoke, world)
        return replace(row, calls=row.calls + meter.calls), spoke

    return await together(observe(row) for row in rows)


async def _decide(policy: HubPolicy, hub: Vnet | None, observed: Sequence[Observed], world: World) -> list[Job]:
    """One job for each spoke with a plan. Departures first: they free addresses and places for the others."""
    seen: list[tuple[Record, Vnet | None]] = []
    for row, spoke in observed:
        if isinstance(spoke, AzureFailure):
            await conclude_failure(row, spoke, policy, world)
        else:
            seen.append((row, spoke))
    jobs = [Job(row, spoke, _departure(row, hub, spoke, policy)) for row, spoke in seen if row.state is State.LEAVING]
    estate = Estate.around(_without(hub, jobs), policy, world.catalogue) if hub else None
    for row, spoke in seen:
        if row.state is not State.LEAVING:
            estate = await _decide_joining(row, spoke, estate, jobs, policy, world)
    return jobs


def _without(hub: Vnet, departures: Sequence[Job]) -> Vnet:
    """The hub as it will be once these have left."""
    going = {change.name for job in departures for change in job.plan.of(Side.HUB)}
    return replace(hub, halves=tuple(half for half in hub.halves if half.name not in going))


async def _decide_joining(
    row: Record, spoke: Vnet | None, estate: Estate | None, jobs: list[Job], policy: HubPolicy, world: World
) -> Estate | None:
    """Judge one spoke against the estate; returns the estate as the next spoke will find it."""
    if spoke is None or estate is None:
        verdict: Plan | Refusal = Refusal((_missing(row, spoke, policy),))
    else:
        verdict = judge(spoke, estate, ours=bool(row.spoke_half))
    if isinstance(verdict, Refusal):
        await conclude(row, refused(row, verdict.findings, world.clock()), policy, spoke, world)
        return estate
    jobs.append(Job(row, spoke, verdict))
    return estate.with_spoke(spoke) if estate and spoke else estate


def _missing(row: Record, spoke: Vnet | None, policy: HubPolicy) -> Finding:
    if spoke is None:
        return Finding(Code.SPOKE_NOT_FOUND, f"There is no virtual network {row.spoke} any more.")
    return Finding(
        Code.HUB_NOT_FOUND,
        f"Hub {policy.name!r} is {policy.vnet} in the catalogue, and there is no such network. Nothing is wrong with "
        "yours; ask the hub's owners to correct hubs.toml.",
    )


def _departure(row: Record, hub: Vnet | None, spoke: Vnet | None, policy: HubPolicy) -> Plan:
    plan = make_departure(hub, spoke, policy, row.spoke)
    if spoke is not None and policy.departure is Departure.KEEP and plan.changes:
        return replace(plan, changes=(), notes=(*plan.notes, "the pair was kept, as the catalogue says"))
    return plan


async def _write_hub_halves(jobs: Sequence[Job], still_held: StillHeld, world: World) -> None:
    blocked: AzureFailure | None = None
    for job in (job for job in jobs if job.plan.of(Side.HUB) and not job.failure):
        if blocked:
            job.failure = blocked
            continue
        await _apply(job, job.plan.of(Side.HUB), still_held, world)
        if job.failure and blocks_the_hub(job.failure):
            blocked = job.failure


async def _apply(job: Job, changes: Sequence[Change], still_held: StillHeld, world: World) -> None:
    """Carry out some changes of a job in order, up to the first that fails."""
    with metered(job.meter), correlated(job.record.correlation):
        for change in changes:
            if job.failure:
                return
            still_held()
            _log.info("%s: %s", job.record.spoke, change)
            try:
                with world.telemetry.step(change.action, {"half": change.name, "side": change.side}):
                    half = await world.networks.apply(change)
            except AzureFailure as failure:
                job.failure = failure
            else:
                job.hub_half, job.spoke_half = (
                    (half, job.spoke_half) if change.side is Side.HUB else (job.hub_half, half)
                )


async def _finish(job: Job, policy: HubPolicy, still_held: StillHeld, world: World) -> None:
    await _apply(job, job.plan.writes_after_hub, still_held, world)
    leaving = job.record.state is State.LEAVING
    failure = job.failure or (None if leaving else _unverified(job, policy))
    record = replace(job.record, calls=job.record.calls + job.meter.calls)
    if failure:
        await conclude_failure(record, failure, policy, world, before=job.record)
    elif leaving or job.spoke is None:
        await conclude(job.record, removed(record, job.plan.notes, world.clock()), policy, job.spoke, world)
        if job.spoke is not None and world.catalogue.tag_value(job.spoke.tags) is not None:
            await wake(job.record, world)  # it moved: what stood in its new hub's way may be gone now
    else:
        done = connected(record, job.plan, job.spoke, policy, world.clock())
        await conclude(job.record, done, policy, job.spoke, world, mended=bool(job.plan.changes))


def _unverified(job: Job, policy: HubPolicy) -> AzureFailure | None:
    """ARM's last word must be `Connected` and `FullyInSync`; a 200 proves nothing (docs/facts/arm-peering.md, Sync)."""
    if job.plan.writes_after_hub or job.spoke is None:
        half = job.spoke_half
    elif job.plan.of(Side.HUB):
        half = job.hub_half
    else:
        half = job.spoke.half_to(policy.vnet)
    if half is not None and half.settled:
        return None
    seen = f"{half.state} and {half.sync_level}" if half else "missing"
    return AzureFailure(NO_ANSWER, "NotYetConnected", f"the peering was written but is {seen}.")
