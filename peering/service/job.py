"""A spoke of a batch that has something coming, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from peering.arm_calls import Meter
from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.changes import Side
from peering.core.decision.pair import own_names
from peering.core.decision.plan import Plan, take_back
from peering.core.decision.verdict import Verdict
from peering.core.network.failures import NO_ANSWER, NOT_YET_CONNECTED, AzureFailure, refuses
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet
from peering.core.record.holding import has_lost
from peering.core.record.outcomes import decided, failed, looked_at_soon
from peering.core.record.record import Record, State
from peering.core.record.transitions import charged, wrote
from peering.core.record.waits import held_up
from peering.service.context import Context
from peering.service.outcome import Outcome, outcome_of_failure


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


def unverified(job: Job, hub: Vnet | None, policy: HubPolicy) -> AzureFailure | None:
    """ARM's last word must be `Connected` and `FullyInSync`; a 200 proves nothing (docs/facts/arm-peering.md, Sync).

    And it must be its last word: what another process, or a write without an answer, has begun may end badly yet.
    """
    if job.verdict.pair is None or job.network is None:
        return None
    # Of the pair the half that was written last tells for both; without a write, what was read of the two does.
    half = job.last or job.network.half_to(policy.vnet)
    other = hub.half_to(job.record.spoke) if hub and job.last is None else None
    if any(each is not None and each.is_under_way for each in (half, other)):
        return AzureFailure(NO_ANSWER, NOT_YET_CONNECTED, "Azure is still writing the peering.")
    if half is not None and half.settled:
        return None
    seen = f"{half.state} and {half.sync_level}" if half else "missing"
    return AzureFailure(NO_ANSWER, NOT_YET_CONNECTED, f"the peering was written but is {seen}.")


def outcome_of(job: Job, policy: HubPolicy, context: Context) -> Outcome:
    before, network, now = job.record, job.network, context.clock()
    record = charged(before, job.meter.calls)
    record = wrote(record, now) if job.written else record
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


def left_behind(job: Job, hub: Vnet | None, policy: HubPolicy, context: Context) -> Plan:
    """What has to be taken back: one side has refused, or it is given up, and a half that we began stands alone."""
    failure = job.failure
    if failure is None or job.hub_is_busy or hub is None or job.verdict.pair is None or job.record.is_standing:
        return Plan()
    if not refuses(failure) and outcome_of(job, policy, context).after.is_open:
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
