"""Carries out what was decided on a batch, and says of each spoke what became of it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count

from peering.arm_calls import metered
from peering.core.catalogue.policy import GatewayUse, HubPolicy
from peering.core.decision.batch import Observed
from peering.core.decision.changes import Action, Change, Kind, Phase, Side
from peering.core.decision.pair import own_names, without_gateway
from peering.core.decision.plan import take_back
from peering.core.network.failures import (
    GATEWAY_NOT_READY,
    NO_ANSWER,
    NOT_YET_TAKEN_BACK,
    AzureFailure,
    blocks_the_hub,
    unforeseen,
)
from peering.core.network.in_the_way import names_the_spoke
from peering.core.network.vnets import PeeringState, Vnet
from peering.log import correlated, logger
from peering.ports import Accepted
from peering.service.arrival import has_arrived
from peering.service.concurrency import as_they_end, run_all
from peering.service.context import Context
from peering.service.job import Job, left_behind, outcome_of, unverified
from peering.service.limiting import Pausing
from peering.service.observe import observe
from peering.service.outcome import Outcome
from peering.service.watch import Watch

_log = logger(__name__)

_TOO_LATE = AzureFailure(NO_ANSWER, NOT_YET_TAKEN_BACK, "There was no time left to take it back.")


async def carry_out(
    jobs: Sequence[Job], hub: Vnet | None, policy: HubPolicy, watch: Watch, context: Context
) -> AsyncIterator[Outcome]:
    """Yield each outcome as soon as its spoke is done. A spoke that fails stops none of the others.

    What has to go first goes first for all of them. Then each spoke is handed over to be finished as soon as the hub
    has its half, while the half of the next one is written: nobody waits for the whole batch. What the spoke's side
    has refused is taken back on the hub at the end.
    """
    crew = Crew(hub, policy, watch, context)
    await run_all(crew.write(job, job.verdict.plan.at(Phase.FIRST)) for job in jobs)
    half_done = list[Job]()
    crew.expect(jobs)
    async for job in as_they_end(crew.finish(job) for job in jobs):
        if job.unreached:
            continue
        if left_behind(job, hub, policy, context).changes:
            half_done.append(job)
        else:
            yield outcome_of(job, policy, context)
    async for job in crew.take_back(half_done):
        yield outcome_of(job, policy, context)


class Crew:
    """Writes what the jobs of one batch want written."""

    def __init__(self, hub: Vnet | None, policy: HubPolicy, watch: Watch, context: Context) -> None:
        self._hub = hub
        self._policy = policy
        self._watch = watch
        self._context = context
        self._way = watch.way
        self._jobs: Sequence[Job] = ()
        self._passed = 0
        self._deadline = context.clock() + context.batch_time
        self._paused = Pausing(watch.hub, context)
        self._blocked: AzureFailure | None = None

    def expect(self, jobs: Sequence[Job]) -> None:
        """These are about to be finished."""
        self._jobs = jobs
        self._way.expect(sum(_concerns_the_hub(job) for job in jobs))

    async def finish(self, job: Job) -> Job:
        """The hub's half, in the order of the jobs, and then the spoke's."""
        if _concerns_the_hub(job):
            async with self._way.turn_at_hub():
                await self._take_turn(job)
        self._pass_on()
        if not job.unreached:
            await self._write_spoke_half(job)
        return job

    def _pass_on(self) -> None:
        """Behind the last one the hub is left to the next turn, where nothing of this one is still to come there.

        What was refused is taken back there. What takes something away is counted by the brake once it is recorded.
        """
        self._passed += 1
        if self._passed < len(self._jobs) or self._watch.takes_one_write:
            return
        if not any(job.is_over or job.takes_away for job in self._jobs):
            self._way.hub_is_left.set()

    async def _take_turn(self, job: Job) -> None:
        if self._blocked:
            self._block(job, self._blocked)
        elif self._context.clock() > self._deadline or await self._paused.holds(job.record.spoke):
            job.unreached = True
        else:
            await self._write_hub_half(job)

    async def _write_hub_half(self, job: Job) -> None:
        """Remembers a failure that holds for every other write to the hub as well."""
        await self.write(job, job.verdict.plan.at(Phase.HUB))
        if job.failure is None or not blocks_the_hub(job.failure):
            self._watch.hub_answered()
            return
        self._watch.hub_is_busy(job.failure)
        self._blocked = job.failure
        self._block(job, job.failure)

    def _block(self, job: Job, failure: AzureFailure) -> None:
        job.failure, job.hub_is_busy, job.given_up = failure, True, self._watch.gives_up(job.record, failure)

    async def _write_spoke_half(self, job: Job) -> None:
        await self.write(job, job.verdict.plan.at(Phase.SPOKE))
        if job.failure and job.failure.code == GATEWAY_NOT_READY and self._policy.gateway is GatewayUse.AUTO:
            await self._do_without_the_gateway(job)
        if job.failure is None:
            job.failure = unverified(job, self._hub, self._policy)

    async def _do_without_the_gateway(self, job: Job) -> None:
        """It shows in the hub long before it can be used: the pair is made without, and upgraded later."""
        pair = job.verdict.pair
        puts = [change for change in job.verdict.plan.of(Side.SPOKE) if change.action is not Action.REMOVE]
        if pair is None or not puts:
            return
        pair = without_gateway(pair)
        job.failure, job.failed_on, job.gateway_is_late = None, None, True
        job.verdict = replace(job.verdict, pair=pair)
        there = job.written.get(Side.SPOKE) or (job.network.half_to(self._policy.vnet) if job.network else None)
        if there is None or there.flags != pair.spoke_flags or there.state == PeeringState.DISCONNECTED:
            await self.write(job, [replace(puts[-1], flags=pair.spoke_flags, why="without the gateway")])

    async def write(self, job: Job, changes: Sequence[Change]) -> None:
        """Carry out some changes of a job that is not over, and note the one that failed."""
        if not job.is_over and (failed_one := await self._write_all(job, changes)):
            job.failure, job.failed_on = failed_one

    async def _write_all(self, job: Job, changes: Sequence[Change]) -> tuple[AzureFailure, Side] | None:
        """Write some changes in order, up to the first that fails; returns that failure and its side."""
        with metered(job.meter), correlated(job.record.asked.correlation):
            for change in changes:
                if failure := await self._insist(job, change):
                    return failure, change.side
        return None

    async def _insist(self, job: Job, change: Change) -> AzureFailure | None:
        """The write; and once more a moment later, where what kept it away passes within seconds.

        It may have arrived all the same, if an answer got lost: it is looked for first, and not made twice.
        """
        for tries in count(1):
            failure = await self._way.pass_through(change, job.record.spoke, partial(self._send, job, change))
            if failure is None or _is_the_spokes_own(change, failure):
                return failure
            wait = self._context.backoff.at_once(failure, tries)
            if wait is None or self._context.clock() > self._deadline:
                return failure
            await self._context.sleep(wait.total_seconds())
            arrived = await has_arrived(job, change, self._context)
            if arrived is None:
                return failure
            if arrived:
                return None
        raise AssertionError

    async def _send(self, job: Job, change: Change, accepted: Accepted) -> AzureFailure | None:
        ports = self._context.ports
        self._watch.still_held()
        _log.info("%s: %s", job.record.spoke, change)
        try:
            with ports.telemetry.step(change.action, {"half": change.name, "side": change.side}):
                match change.kind:
                    case Kind.PEERING:
                        job.written[change.side] = job.last = await ports.networks.apply(change, accepted)
        except AzureFailure as failure:
            return failure
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is this spoke's failure, not the batch's
            _log.exception("%s could not be carried out", change)
            return unforeseen(error)
        return None

    async def take_back(self, jobs: Sequence[Job]) -> AsyncIterator[Job]:
        """Undo what stands alone; yields each job when it is done.

        A fresh look decides: a write that got no answer may have arrived, and connected the two. If it fails, the row
        stays open, and the next time it is decided by looking as well.
        """
        if not jobs:
            return
        asked = (self._policy.vnet, *(job.record.spoke for job in jobs))
        (hub, _), *spokes = await run_all(observe(vnet, self._context) for vnet in asked)
        deadline = self._context.clock() + self._context.batch_time
        blocked = hub if isinstance(hub, AzureFailure) else None
        for job, (spoke, calls) in zip(jobs, spokes, strict=True):
            job.meter.calls += calls
            late = _TOO_LATE if self._context.clock() > deadline else None
            failure = blocked or late or await self._undo(job, _seen(hub), _seen(spoke))
            if failure:
                _log.warning("%s: what stands alone could not be taken back: %s", job.record.spoke, failure)
                job.failure = AzureFailure(NO_ANSWER, NOT_YET_TAKEN_BACK, f"{job.failure} {failure}")
                blocked = blocked or (failure if blocks_the_hub(failure) else None)
            yield job

    async def _undo(self, job: Job, hub: Vnet | None, spoke: Vnet | None) -> AzureFailure | None:
        names = own_names(hub, job.record.spoke, self._policy) if hub else ("", "")
        failed_one = await self._write_all(job, take_back(hub, spoke, job.record.spoke, names).changes)
        return failed_one[0] if failed_one else None


def _is_the_spokes_own(change: Change, failure: AzureFailure) -> bool:
    """A spoke that is busy with what its owner does must not keep its hub waiting."""
    return change.side is Side.HUB and not blocks_the_hub(failure) and names_the_spoke(failure, change.remote)


def _concerns_the_hub(job: Job) -> bool:
    return bool(job.verdict.plan.at(Phase.HUB)) and not job.failure


def _seen(network: Observed) -> Vnet | None:
    return network if isinstance(network, Vnet) else None
