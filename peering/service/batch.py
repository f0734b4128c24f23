"""Brings one batch of spokes of one hub to where they should be. The caller holds the hub's lease."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.batch import CERTAIN, Decision, Doubt, Observed
from peering.core.decision.brake import takes_away
from peering.core.decision.contest import puts_right
from peering.core.decision.moves import Accepted, Kept
from peering.core.decision.verdict import Verdict
from peering.core.decision.withheld import Withheld
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.holding import withheld
from peering.core.record.letting_go import lets_go_of
from peering.core.record.outcomes import decided, failed, stays, undone
from peering.core.record.record import Record, State
from peering.core.record.transitions import opened, with_seen
from peering.core.record.waits import accepted, doubted, held_up, without_doubt
from peering.service.apply import carry_out
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.job import Job
from peering.service.judging import Meanwhile, Seen, judged
from peering.service.look import look
from peering.service.outcome import Outcome, outcome_of_failure, record
from peering.service.watch import Watch


async def work_off(
    policy: HubPolicy,
    rows: Sequence[Record],
    watch: Watch,
    context: Context,
    in_hand: frozenset[VnetId] = frozenset(),
) -> list[Outcome]:
    """Observe, decide, limit, apply, record; returns what became of each. `in_hand`: those of whom a turn still writes.

    What needs no write (a refusal, a failure to read) is recorded beside the writes, not before them; what was
    written, as soon as it is done.
    """
    (hub, seen), pauses = await asyncio.gather(look(policy, rows, context), context.ports.pauses.all())
    if isinstance(hub, AzureFailure) or (hub is None and not _is_gone(watch, context)):
        return await _hold_up(hub, policy, rows, watch, context)
    seen = [each for each in seen if each.row.spoke not in in_hand]  # what it left at the hub may have been seen too
    known, decisions = await judged(hub, seen, Meanwhile(pauses, watch.is_new, in_hand), policy, context)
    jobs, at_once = _prepared(decisions, known, policy, context)
    righted = frozenset(each.candidate.id for each in decisions if _puts_right(each, hub))

    def recording(outcome: Outcome) -> asyncio.Task[Outcome]:
        return asyncio.create_task(record(outcome, context.ports, context.clock(), watch.cover))

    tasks = [recording(outcome) for outcome in (*known.settled, *at_once)]
    try:
        async for outcome in carry_out(jobs, hub, policy, watch, context):
            tasks.append(recording(_gone_on(outcome, known, righted, policy, context)))  # noqa: PERF401 - a list made at once would be lost with what is raised
    finally:
        outcomes = await run_all(tasks)
    if hub:
        watch.hub_was_seen()
    return outcomes


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


def _prepared(
    decisions: Iterable[Decision], seen: Seen, policy: HubPolicy, context: Context
) -> tuple[list[Job], list[Outcome]]:
    """What has to be carried out, and what is an outcome as it stands.

    A plan without changes is carried out too: that the pair really stands is verified there.
    """
    jobs, outcomes, now = list[Job](), list[Outcome](), context.clock()
    for decision in decisions:
        row, network = seen.rows[decision.candidate.id], decision.candidate.seen
        tags = network.tags if network else None
        match decision.answer:
            case AzureFailure() as failure:
                outcomes.append(outcome_of_failure(row, row, failure, policy, context))
            case Doubt() as doubt:
                after = doubted(row, doubt.finding, now)
                outcomes.append(
                    Outcome(before=row, after=after, policy=policy, quiet=not decision.candidate.is_certain)
                )
            case Kept() as kept:
                row = replace(row, found=with_seen(row.found, network)) if kept.asks else row
                after = stays(row, kept.findings, kept.notes, now, kept.asks)
                told = bool(kept.findings) and context.catalogue.speaks_for(policy.name, tags or {})
                outcomes.append(
                    Outcome(before=row, after=after, policy=policy, is_tagged=told, tags=tags, again=kept.unheard)
                )
            case Accepted() as move:
                after = accepted(row, move.finding, now)
                outcomes.append(Outcome(before=row, after=after, policy=policy, tags=tags, again=True, waits=True))
            case Verdict() as verdict if verdict.is_only_told:
                after = decided(row, verdict, network, now)
                told_so = Outcome(before=row, after=after, policy=policy, is_tagged=network is not None, tags=tags)
                outcomes.append(told_so)
            case Withheld() as what:
                context.ports.telemetry.withheld(policy.name, what.limit)
                after = withheld(row, what, now)
                outcomes.append(Outcome(before=row, after=after, policy=policy, tags=tags, waits=True))
            case Verdict() as verdict:
                taking = takes_away(decision, seen.hub)
                jobs.append(Job(record=without_doubt(row), network=network, verdict=verdict, takes_away=taking))
    return jobs, outcomes


def _puts_right(decision: Decision, hub: Vnet | None) -> bool:
    """Whether it makes good what somebody has undone."""
    verdict, candidate = decision.answer, decision.candidate
    if not isinstance(verdict, Verdict) or hub is None or candidate.seen is None:
        return False
    return puts_right(verdict, candidate.known, hub, candidate.seen)


def _gone_on(outcome: Outcome, known: Seen, righted: frozenset[VnetId], policy: HubPolicy, context: Context) -> Outcome:
    """What follows from an outcome elsewhere: the old hub of a spoke that has arrived, the former network of this hub.

    The request for the old hub's sake is sent before the row says Connected: whoever dies in between sends it again.
    """
    row, before = outcome.after, outcome.before
    if row.state is State.CONNECTED and row.spoke in righted and outcome.mended:
        row = undone(row, context.clock())
        outcome = replace(outcome, after=row)
    if row.state is State.CONNECTED and row.spoke in known.movers:
        return replace(outcome, again=True)
    if row.state is State.REMOVED and before.hub_network not in (None, policy.vnet):
        return replace(outcome, after=lets_go_of(row, before.found.hub_half, context.clock()))
    return outcome
