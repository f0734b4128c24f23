"""Brings one batch of spokes of one hub to where they should be. The caller holds the hub's lease."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from peering.arm_calls import Meter, metered
from peering.core.catalogue.policy import HubPolicy
from peering.core.decision import limits
from peering.core.decision.batch import Candidate, Decision, Observed, decide
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.record import Record, State
from peering.core.record.transitions import decided
from peering.service.apply import Job, StillHeld, carry_out
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.outcome import Outcome, outcome_of_failure, record


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a hub showed: the hub, and the rows with the spokes they are about."""

    hub: Observed
    rows: Mapping[VnetId, Record]
    candidates: tuple[Candidate, ...]


async def work_off(policy: HubPolicy, rows: Sequence[Record], still_held: StillHeld, context: Context) -> list[Outcome]:
    """Observe, decide, limit, apply, record; returns what became of each.

    What needs no write (a refusal, a failure to read) is recorded beside the writes, not before them; what was
    written, as soon as it is done.
    """
    seen = await _observe(policy, rows, context)
    decisions = limits.within(decide(seen.hub, policy, context.catalogue, seen.candidates), context.limits)
    jobs, at_once = _prepared(decisions, seen, policy, context)

    def recording(outcome: Outcome) -> asyncio.Task[Outcome]:
        return asyncio.create_task(record(outcome, context.ports, context.clock()))

    tasks = [recording(outcome) for outcome in at_once]
    try:
        async for outcome in carry_out(jobs, policy, still_held, context):
            tasks.append(recording(outcome))  # noqa: PERF401 - a list made at once would be lost with what is raised
    finally:
        outcomes = await run_all(tasks)
    return outcomes


async def _observe(policy: HubPolicy, rows: Sequence[Record], context: Context) -> Seen:
    """One read of the hub (its peerings are inline) and one of each spoke, all at the same time."""
    hub, observed = await asyncio.gather(_read(policy.vnet, context), run_all(_look(row, context) for row in rows))
    if isinstance(hub, Vnet):
        context.ports.telemetry.hub_seen(policy.name, 1 - len(hub.halves) / policy.max_peerings)
    return Seen(
        hub, {row.spoke: row for row, _ in observed}, tuple(_candidate(row, network) for row, network in observed)
    )


async def _read(vnet: VnetId, context: Context) -> Observed:
    try:
        return await context.ports.networks.read(vnet)
    except AzureFailure as failure:
        return failure


async def _look(row: Record, context: Context) -> tuple[Record, Observed]:
    progress = replace(row.progress, started=row.progress.started or context.clock())
    with metered(meter := Meter()):
        network = await _read(row.spoke, context)
    return replace(row, progress=replace(progress, calls=progress.calls + meter.calls)), network


def _candidate(row: Record, network: Observed) -> Candidate:
    return Candidate(
        id=row.spoke,
        network=network,
        ours=bool(row.found.spoke_half),
        standing=row.last_outcome == State.CONNECTED,
        leaving=row.state is State.LEAVING,
    )


def _prepared(
    decisions: Iterable[Decision], seen: Seen, policy: HubPolicy, context: Context
) -> tuple[list[Job], list[Outcome]]:
    """What has to be carried out, and what is an outcome as it stands.

    A plan without changes is carried out too: that the pair really stands is verified there.
    """
    jobs, outcomes = list[Job](), list[Outcome]()
    for decision in decisions:
        row, network, answer = seen.rows[decision.candidate.id], decision.candidate.seen, decision.answer
        if isinstance(answer, AzureFailure):
            outcomes.append(outcome_of_failure(row, row, answer, policy, context))
        elif answer.is_only_told:
            after = decided(row, answer, None, context.clock())
            outcomes.append(Outcome(before=row, after=after, policy=policy, network=network))
        else:
            jobs.append(Job(record=row, network=network, verdict=answer))
    return jobs, outcomes
