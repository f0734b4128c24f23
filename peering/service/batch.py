"""Brings one batch of spokes of one hub to where they should be. The caller holds the hub's lease."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision import limits
from peering.core.decision.batch import CERTAIN, Candidate, Decision, Doubt, Observed, decide
from peering.core.decision.changes import Side
from peering.core.intake.requests import NamedBy
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.membership import as_wanted
from peering.core.record.record import Record, State
from peering.core.record.transitions import charged, decided, doubted, failed, held_up, opened, without_doubt
from peering.service.apply import Job, carry_out
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.observe import observe
from peering.service.outcome import Outcome, outcome_of_failure, record
from peering.service.watch import Watch


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a hub showed: the hub, the rows by their spokes, those to decide about, and what is settled."""

    hub: Vnet | None
    rows: Mapping[VnetId, Record]
    candidates: tuple[Candidate, ...]
    settled: tuple[Outcome, ...]


async def work_off(policy: HubPolicy, rows: Sequence[Record], watch: Watch, context: Context) -> list[Outcome]:
    """Observe, decide, limit, apply, record; returns what became of each.

    What needs no write (a refusal, a failure to read) is recorded beside the writes, not before them; what was
    written, as soon as it is done.
    """
    hub, seen = await _look(policy, rows, context)
    if isinstance(hub, AzureFailure) or (hub is None and not _is_gone(watch, context)):
        return await _hold_up(hub, policy, rows, watch, context)
    known = _known(hub, seen, policy, context)
    decisions = limits.within(decide(hub, policy, context.catalogue, known.candidates), context.limits)
    jobs, at_once = _prepared(decisions, known, policy, context)

    def recording(outcome: Outcome) -> asyncio.Task[Outcome]:
        return asyncio.create_task(record(outcome, context.ports, context.clock(), watch.cover))

    tasks = [recording(outcome) for outcome in (*known.settled, *at_once)]
    try:
        async for outcome in carry_out(jobs, hub, policy, watch, context):
            tasks.append(recording(outcome))  # noqa: PERF401 - a list made at once would be lost with what is raised
    finally:
        outcomes = await run_all(tasks)
    if hub:
        watch.hub_was_seen()
    return outcomes


async def _look(
    policy: HubPolicy, rows: Sequence[Record], context: Context
) -> tuple[Observed, list[tuple[Record, Observed]]]:
    """One read of the hub (its peerings are inline) and one of each spoke, all at the same time."""
    (hub, _), seen = await asyncio.gather(
        observe(policy.vnet, context), run_all(_look_at(row, context) for row in rows)
    )
    if isinstance(hub, Vnet):
        context.ports.telemetry.hub_seen(policy.name, 1 - len(hub.halves) / policy.max_peerings)
    return hub, seen


async def _look_at(row: Record, context: Context) -> tuple[Record, Observed]:
    started = row.progress.started or context.clock()
    network, calls = await observe(row.spoke, context)
    return charged(replace(row, progress=replace(row.progress, started=started)), calls), network


def _is_gone(watch: Watch, context: Context) -> bool:
    """Whether the hub's 404 has stood for so long that it is believed."""
    missing = watch.note.missing
    return missing is not None and context.clock() - missing >= CERTAIN


async def _hold_up(
    hub: Observed, policy: HubPolicy, rows: Sequence[Record], watch: Watch, context: Context
) -> list[Outcome]:
    """The hub cannot be read: nobody's fault, and nobody fares better. One read and a pause for all of them."""
    if isinstance(hub, AzureFailure):
        failure = hub
        watch.hub_is_busy(failure)
    else:
        failure = watch.hub_is_missing(policy)
    return await put_off(policy, rows, failure, watch, context)


async def put_off(
    policy: HubPolicy, rows: Sequence[Record], failure: AzureFailure, watch: Watch, context: Context
) -> list[Outcome]:
    """The hub is what fails: the rows wait on, or are given up for now, and none of them is read for that."""
    now = context.clock()

    def fate(row: Record) -> Record:
        return failed(opened(row), failure, now) if watch.gives_up(row, failure) else held_up(row, failure)

    outcomes = [Outcome(before=row, after=fate(row), policy=policy) for row in rows]
    return await run_all(record(outcome, context.ports, now, watch.cover) for outcome in outcomes)


def _known(hub: Vnet | None, seen: Iterable[tuple[Record, Observed]], policy: HubPolicy, context: Context) -> Seen:
    """The rows as the fresh reads want them. A row that its spoke contradicts is an outcome already."""
    rows, candidates, settled = dict[VnetId, Record](), list[Candidate](), list[Outcome]()
    now = context.clock()
    for before, network in seen:
        row: Record | None = opened(before)
        if isinstance(network, Vnet):
            row = as_wanted(before, network, policy, context.catalogue, now)
        if row is None:
            after = doubted(opened(before), None, now)
            settled.append(Outcome(before=before, after=after, policy=policy, quiet=True))
        elif not row.is_due(now) and row.state is State.LEAVING:
            settled.append(Outcome(before=before, after=row, policy=policy))
        else:
            rows[row.spoke] = row
            candidates.append(_candidate(row, network, context))
    return Seen(hub, rows, tuple(candidates), tuple(settled))


def _candidate(row: Record, network: Observed, context: Context) -> Candidate:
    since = row.progress.doubted
    return Candidate(
        id=row.spoke,
        network=network,
        ours=bool(row.found.spoke_half),
        standing=row.is_standing,
        leaving=row.state is State.LEAVING,
        by_request=row.asked.named_by is NamedBy.REQUEST,
        doubted_for=context.clock() - since if since else None,
        spoke_first=row.progress.begin_with == Side.SPOKE,
    )


def _prepared(
    decisions: Iterable[Decision], seen: Seen, policy: HubPolicy, context: Context
) -> tuple[list[Job], list[Outcome]]:
    """What has to be carried out, and what is an outcome as it stands.

    A plan without changes is carried out too: that the pair really stands is verified there.
    """
    jobs, outcomes, now = list[Job](), list[Outcome](), context.clock()
    for decision in decisions:
        row, network = seen.rows[decision.candidate.id], decision.candidate.seen
        match decision.answer:
            case AzureFailure() as failure:
                outcomes.append(outcome_of_failure(row, row, failure, policy, context))
            case Doubt() as doubt:
                after = doubted(row, doubt.finding, now)
                outcomes.append(
                    Outcome(before=row, after=after, policy=policy, quiet=not decision.candidate.is_certain)
                )
            case verdict if verdict.is_only_told:
                after, tags = decided(row, verdict, None, now), network.tags if network else None
                told = Outcome(before=row, after=after, policy=policy, is_tagged=network is not None, tags=tags)
                outcomes.append(told)
            case verdict:
                jobs.append(Job(record=without_doubt(row), network=network, verdict=verdict))
    return jobs, outcomes
