"""Carries out what was decided on a batch, phase after phase, and says of each spoke what became of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from peering.arm_calls import Meter, metered
from peering.core.catalogue.policy import GatewayUse, HubPolicy
from peering.core.decision.batch import Observed
from peering.core.decision.changes import Action, Change, Kind, Phase, Side
from peering.core.decision.pair import own_names, without_gateway
from peering.core.decision.plan import Plan, take_back
from peering.core.decision.verdict import Verdict
from peering.core.network.failures import (
    GATEWAY_NOT_READY,
    NO_ANSWER,
    NOT_YET_CONNECTED,
    NOT_YET_TAKEN_BACK,
    AzureFailure,
    blocks_the_hub,
    refuses,
    unforeseen,
)
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, PeeringState, Vnet
from peering.core.record.holding import has_lost
from peering.core.record.outcomes import decided, failed, looked_at_soon
from peering.core.record.record import Record, State
from peering.core.record.transitions import charged
from peering.core.record.waits import held_up
from peering.log import correlated, logger
from peering.service.concurrency import as_they_end, run_all
from peering.service.context import Context
from peering.service.limiting import Pausing
from peering.service.observe import observe
from peering.service.outcome import Outcome, outcome_of_failure
from peering.service.watch import Watch

_log = logger(__name__)

_TOO_LATE = AzureFailure(NO_ANSWER, NOT_YET_TAKEN_BACK, "There was no time left to take it back.")


@dataclass(slots=True, kw_only=True)
class Job:
    """A spoke of the batch that has something coming: its row, itself, the verdict, and how far that has got.

    `written` are the halves as ARM last reported them, `last` is the one that was written last. `hub_is_busy` says that
    the failure is the hub's and no fault of the spoke, `given_up` that it has waited for the hub for too long all the
    same, `unreached` that the time of the batch was over before its turn came, `gateway_is_late` that the pair stands
    without the hub's gateway, which is still being built, `takes_away` that a pair that stood loses something.
    """

    record: Record
    network: Vnet | None
    verdict: Verdict
    meter: Meter = field(default_factory=Meter)
    written: dict[Side, Half | None] = field(default_factory=dict)
    last: Half | None = None
    failure: AzureFailure | None = None
    failed_on: Side | None = None
    hub_is_busy: bool = False
    given_up: bool = False
    unreached: bool = False
    gateway_is_late: bool = False
    takes_away: bool = False

    @property
    def is_over(self) -> bool:
        return self.failure is not None or self.unreached


async def carry_out(
    jobs: Sequence[Job], hub: Vnet | None, policy: HubPolicy, watch: Watch, context: Context
) -> AsyncIterator[Outcome]:
    """Yield each outcome as soon as its spoke is done. A spoke that fails stops none of the others.

    The hub's halves are written one after another, everything else at the same time (see Phase). What the spoke's side
    has refused is taken back on the hub at the end.
    """
    reached, half_done = list(jobs), list[Job]()
    for phase in Phase:
        match phase:
            case Phase.FIRST:
                await run_all(_apply(job, job.verdict.plan.at(phase), watch, context) for job in jobs)
            case Phase.HUB:
                await _write_hub_halves(jobs, watch, context)
                reached = [job for job in jobs if not job.unreached]
            case Phase.SPOKE:
                async for job in as_they_end(_write_spoke_half(job, policy, watch, context) for job in reached):
                    if _left_behind(job, hub, policy, context).changes:
                        half_done.append(job)
                    else:
                        yield _outcome(job, policy, context)
            case Phase.UNDO:
                async for job in _take_back(half_done, policy, watch, context):
                    yield _outcome(job, policy, context)


async def _write_hub_halves(jobs: Sequence[Job], watch: Watch, context: Context) -> None:
    deadline = context.clock() + context.batch_time
    paused = Pausing(watch.hub, context)
    blocked: AzureFailure | None = None
    for job in (job for job in jobs if job.verdict.plan.at(Phase.HUB) and not job.failure):
        if blocked:
            _blocked(job, blocked, watch)
        elif context.clock() > deadline or await paused.holds(job.record.spoke):
            job.unreached = True
        else:
            blocked = await _write_hub_half(job, watch, context)


async def _write_hub_half(job: Job, watch: Watch, context: Context) -> AzureFailure | None:
    """Returns the failure when it holds for every other write to the hub as well."""
    await _apply(job, job.verdict.plan.at(Phase.HUB), watch, context)
    if job.failure is None or not blocks_the_hub(job.failure):
        watch.hub_answered()
        return None
    watch.hub_is_busy(job.failure)
    _blocked(job, job.failure, watch)
    return job.failure


def _blocked(job: Job, failure: AzureFailure, watch: Watch) -> None:
    job.failure, job.hub_is_busy, job.given_up = failure, True, watch.gives_up(job.record, failure)


async def _write_spoke_half(job: Job, policy: HubPolicy, watch: Watch, context: Context) -> Job:
    await _apply(job, job.verdict.plan.at(Phase.SPOKE), watch, context)
    if job.failure and job.failure.code == GATEWAY_NOT_READY and policy.gateway is GatewayUse.AUTO:
        await _do_without_the_gateway(job, policy, watch, context)
    if job.failure is None:
        job.failure = _unverified(job, policy)
    return job


async def _do_without_the_gateway(job: Job, policy: HubPolicy, watch: Watch, context: Context) -> None:
    """It shows in the hub long before it can be used: the pair is made without, and upgraded later."""
    pair, puts = (
        job.verdict.pair,
        [change for change in job.verdict.plan.of(Side.SPOKE) if change.action is not Action.REMOVE],
    )
    if pair is None or not puts:
        return
    pair = without_gateway(pair)
    job.failure, job.failed_on, job.gateway_is_late = None, None, True
    job.verdict = replace(job.verdict, pair=pair)
    there = job.written.get(Side.SPOKE) or (job.network.half_to(policy.vnet) if job.network else None)
    if there is None or there.flags != pair.spoke_flags or there.state == PeeringState.DISCONNECTED:
        await _apply(job, [replace(puts[-1], flags=pair.spoke_flags, why="without the gateway")], watch, context)


async def _apply(job: Job, changes: Sequence[Change], watch: Watch, context: Context) -> None:
    """Carry out some changes of a job that is not over, and note the one that failed."""
    if not job.is_over and (failed_one := await _write_all(job, changes, watch, context)):
        job.failure, job.failed_on = failed_one


async def _write_all(
    job: Job, changes: Sequence[Change], watch: Watch, context: Context
) -> tuple[AzureFailure, Side] | None:
    """Write some changes in order, up to the first that fails; returns that failure and its side."""
    with metered(job.meter), correlated(job.record.asked.correlation):
        for change in changes:
            watch.still_held()
            _log.info("%s: %s", job.record.spoke, change)
            if failure := await _write(job, change, context):
                return failure, change.side
    return None


async def _write(job: Job, change: Change, context: Context) -> AzureFailure | None:
    ports = context.ports
    try:
        with ports.telemetry.step(change.action, {"half": change.name, "side": change.side}):
            match change.kind:
                case Kind.PEERING:
                    job.written[change.side] = job.last = await ports.networks.apply(change)
    except AzureFailure as failure:
        return failure
    except Exception as error:  # noqa: BLE001 - what nobody foresaw is this spoke's failure, not the batch's
        _log.exception("%s could not be carried out", change)
        return unforeseen(error)
    return None


def _unverified(job: Job, policy: HubPolicy) -> AzureFailure | None:
    """ARM's last word must be `Connected` and `FullyInSync`; a 200 proves nothing (docs/facts/arm-peering.md, Sync)."""
    if job.verdict.pair is None or job.network is None:
        return None
    # Of the pair the half that was written last tells for both; without a write, what was read of the spoke does.
    half = job.last or job.network.half_to(policy.vnet)
    if half is not None and half.settled:
        return None
    seen = f"{half.state} and {half.sync_level}" if half else "missing"
    return AzureFailure(NO_ANSWER, NOT_YET_CONNECTED, f"the peering was written but is {seen}.")


def _outcome(job: Job, policy: HubPolicy, context: Context) -> Outcome:
    before, network, now = job.record, job.network, context.clock()
    record = charged(before, job.meter.calls)
    if job.failure:
        failed_one = _outcome_of_failure(job, job.failure, record, policy, context)
        return replace(failed_one, tags=network.tags if network else None, goes_on=job.verdict.pair is not None)
    leaving = before.state is State.LEAVING
    named = context.catalogue.tag_value(network.tags) is not None if network else False
    after = decided(record, job.verdict, network, now)
    after = has_lost(after, now) if job.takes_away and job.written else after
    return Outcome(
        before=before,
        after=looked_at_soon(after, now) if job.gateway_is_late else after,
        policy=policy,
        is_tagged=network is not None and (not leaving or context.catalogue.speaks_for(policy.name, network.tags)),
        tags=network.tags if network else None,
        mended=bool(job.written) and not leaving,
        again=leaving and named,
    )


def _outcome_of_failure(
    job: Job, failure: AzureFailure, record: Record, policy: HubPolicy, context: Context
) -> Outcome:
    if job.hub_is_busy and job.given_up:
        return Outcome(before=job.record, after=failed(record, failure, context.clock()), policy=policy)
    if job.hub_is_busy:
        return Outcome(before=job.record, after=held_up(job.record, failure), policy=policy)
    refusing = job.failed_on if refuses(failure) else None
    progress = replace(record.progress, begin_with=str(refusing or record.progress.begin_with))
    return outcome_of_failure(job.record, replace(record, progress=progress), failure, policy, context)


def _left_behind(job: Job, hub: Vnet | None, policy: HubPolicy, context: Context) -> Plan:
    """What has to be taken back: one side has refused, or it is given up, and a half that we began stands alone."""
    failure = job.failure
    if failure is None or job.hub_is_busy or hub is None or job.verdict.pair is None or job.record.is_standing:
        return Plan()
    if not refuses(failure) and _outcome(job, policy, context).after.is_open:
        return Plan()
    there = _as_it_stands(hub, job.written, Side.HUB, job.record.spoke)
    here = _as_it_stands(job.network, job.written, Side.SPOKE, hub.id)
    return take_back(there, here, job.record.spoke, own_names(hub, job.record.spoke, policy))


def _as_it_stands(network: Vnet | None, written: Mapping[Side, Half | None], side: Side, remote: VnetId) -> Vnet | None:
    """The network with the half to `remote` as ARM reported it last."""
    if network is None or side not in written:
        return network
    others = [half for half in network.halves if half.remote != remote]
    return replace(network, halves=(*others, *(half for half in [written[side]] if half)))


async def _take_back(jobs: Sequence[Job], policy: HubPolicy, watch: Watch, context: Context) -> AsyncIterator[Job]:
    """Undo what stands alone; yields each job when it is done.

    A fresh look decides: a write that got no answer may have arrived, and connected the two. If it fails, the row stays
    open, and the next time it is decided by looking as well.
    """
    if not jobs:
        return
    looks = await run_all(observe(vnet, context) for vnet in (policy.vnet, *(job.record.spoke for job in jobs)))
    (hub, _), *spokes = looks
    deadline = context.clock() + context.batch_time
    blocked = hub if isinstance(hub, AzureFailure) else None
    for job, (spoke, calls) in zip(jobs, spokes, strict=True):
        job.meter.calls += calls
        late = _TOO_LATE if context.clock() > deadline else None
        failure = blocked or late or await _undo(job, _seen(hub), _seen(spoke), policy, watch, context)
        if failure:
            _log.warning("%s: what stands alone could not be taken back: %s", job.record.spoke, failure)
            job.failure = AzureFailure(NO_ANSWER, NOT_YET_TAKEN_BACK, f"{job.failure} {failure}")
            blocked = blocked or (failure if blocks_the_hub(failure) else None)
        yield job


def _seen(network: Observed) -> Vnet | None:
    return network if isinstance(network, Vnet) else None


async def _undo(
    job: Job, hub: Vnet | None, spoke: Vnet | None, policy: HubPolicy, watch: Watch, context: Context
) -> AzureFailure | None:
    names = own_names(hub, job.record.spoke, policy) if hub else ("", "")
    failed_one = await _write_all(job, take_back(hub, spoke, job.record.spoke, names).changes, watch, context)
    return failed_one[0] if failed_one else None
