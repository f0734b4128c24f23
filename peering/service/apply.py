"""Carries out what was decided on a batch, phase after phase, and says of each spoke what became of it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace

from peering.arm_calls import Meter, metered
from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.changes import Change, Phase, Side
from peering.core.decision.verdict import Verdict
from peering.core.network.failures import NO_ANSWER, AzureFailure, blocks_the_hub
from peering.core.network.vnets import Half, Vnet
from peering.core.record.record import Record, State
from peering.core.record.transitions import decided
from peering.log import correlated, logger
from peering.service.concurrency import as_they_end, run_all
from peering.service.context import Context
from peering.service.outcome import Outcome, outcome_of_failure

_log = logger(__name__)

type StillHeld = Callable[[], None]
"""Raises when the hub's lease is not held any more."""


@dataclass(slots=True, kw_only=True)
class Job:
    """A spoke of the batch that has something coming: its row, itself, the verdict, and how far that has got."""

    record: Record
    network: Vnet | None
    verdict: Verdict
    meter: Meter = field(default_factory=Meter)
    last_seen: dict[Side, Half | None] = field(default_factory=dict)
    failure: AzureFailure | None = None


async def carry_out(
    jobs: Sequence[Job], policy: HubPolicy, still_held: StillHeld, context: Context
) -> AsyncIterator[Outcome]:
    """Yield each outcome as soon as its spoke is done. A spoke that fails stops none of the others.

    The hub's halves are written one after another, everything else at the same time (see Phase).
    """
    for phase in Phase:
        match phase:
            case Phase.CLEAR:
                await run_all(_apply(job, phase, still_held, context) for job in jobs)
            case Phase.HUB:
                await _write_hub_halves(jobs, still_held, context)
            case Phase.SPOKE:
                async for outcome in as_they_end(_finish(job, policy, still_held, context) for job in jobs):
                    yield outcome


async def _write_hub_halves(jobs: Sequence[Job], still_held: StillHeld, context: Context) -> None:
    blocked: AzureFailure | None = None
    for job in (job for job in jobs if job.verdict.plan.at(Phase.HUB) and not job.failure):
        if blocked:
            job.failure = blocked
            continue
        await _apply(job, Phase.HUB, still_held, context)
        if job.failure and blocks_the_hub(job.failure):
            blocked = job.failure


async def _finish(job: Job, policy: HubPolicy, still_held: StillHeld, context: Context) -> Outcome:
    await _apply(job, Phase.SPOKE, still_held, context)
    before, network = job.record, job.network
    spent = before.progress.calls + job.meter.calls
    record = replace(before, progress=replace(before.progress, calls=spent))
    if failure := job.failure or _unverified(job, policy):
        return outcome_of_failure(before, record, failure, policy, context)
    leaving = before.state is State.LEAVING
    return Outcome(
        before=before,
        after=decided(record, job.verdict, network, context.clock()),
        policy=policy,
        network=network,
        mended=bool(job.verdict.plan.changes) and not leaving,
        again=leaving and network is not None and context.catalogue.tag_value(network.tags) is not None,
    )


async def _apply(job: Job, phase: Phase, still_held: StillHeld, context: Context) -> None:
    """Carry out the changes of one phase in order, up to the first that fails."""
    with metered(job.meter), correlated(job.record.asked.correlation):
        for change in job.verdict.plan.at(phase):
            if job.failure:
                return
            still_held()
            await _write(job, change, context)


async def _write(job: Job, change: Change, context: Context) -> None:
    _log.info("%s: %s", job.record.spoke, change)
    try:
        with context.ports.telemetry.step(change.action, {"half": change.name, "side": change.side}):
            job.last_seen[change.side] = await context.ports.networks.apply(change)
    except AzureFailure as failure:
        job.failure = failure


def _unverified(job: Job, policy: HubPolicy) -> AzureFailure | None:
    """ARM's last word must be `Connected` and `FullyInSync`; a 200 proves nothing (docs/facts/arm-peering.md, Sync)."""
    if job.verdict.pair is None or job.network is None:
        return None
    # Of the pair the half that was written last tells for both; without a write, what was read of the spoke does.
    written = job.last_seen
    half = next((written[side] for side in (Side.SPOKE, Side.HUB) if side in written), job.network.half_to(policy.vnet))
    if half is not None and half.settled:
        return None
    seen = f"{half.state} and {half.sync_level}" if half else "missing"
    return AzureFailure(NO_ANSWER, "NotYetConnected", f"the peering was written but is {seen}.")
