"""The sweep: compares the whole estate with the records, and asks about what differs.

It reads Resource Graph page by page, each hub and each hub's rows once, and writes nothing but requests: what is to be
done about a difference is decided by whoever takes them, from what Azure itself shows then. One sweep at a time, under
a lease of its own. One that is interrupted, or has taken long enough, goes on where it was with the next message.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from peering.core.catalogue.digest import digest_of
from peering.core.catalogue.policy import UNKNOWN
from peering.core.decision.batch import Observed
from peering.core.intake.requests import Door, Request
from peering.core.intake.sweep_orders import SweepOrder
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId, lease_name
from peering.core.record.estate import Difference, HubView, Kind, differences, is_forgotten
from peering.core.record.record import Record
from peering.core.record.sightings import Sightings
from peering.core.record.sweep_report import SweepBook, SweepReport
from peering.log import correlated, logger
from peering.ports import Lease
from peering.service.announcing import tell_of_list, tell_of_pauses
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.observe import observe, tags_above
from peering.service.requeue import arm, requeue
from peering.service.retention import clear_history, clear_requests, clear_rows

_log = logger(__name__)

LEASE = "sweep"
_A_SECOND = 10  # requests: thousands of them must not keep the events of people waiting
_SPREAD = timedelta(minutes=20)  # over no longer than that, so that the next sweep does not find them still waiting
_AT_ONCE = 8  # messages that are sent
_AGREED = timedelta(minutes=1)  # by then it is written down which catalogue this sweep has compared with


@dataclass(slots=True, kw_only=True)
class _Run:
    """One holding of the sweep's lease: how far it has got, until when it may go on, and what it has seen."""

    lease: Lease
    book: SweepBook
    report: SweepReport
    until: datetime
    context: Context
    sent: int = 0

    @property
    def may_go_on(self) -> bool:
        return self.lease.held and self.context.clock() <= self.until

    async def save(self) -> None:
        self.book = replace(self.book, current=self.report)
        await self.context.ports.sweeps.write(self.book)


async def sweep(
    context: Context, *, door: Door = Door.SWEEP, who: str = "the timer", order: str | None = None
) -> SweepReport:
    """Sweep, or go on with the sweep that was interrupted; returns how far it has got.

    One that begins has the id of its `order`. Where another one is under way this ends at once, and returns that one's
    report. Raises AzureFailure when Resource Graph or our storage does not answer: the message is then tried again.
    """
    async with context.ports.leases.take(LEASE) as lease:
        if lease is None:
            _log.info("a sweep is under way already")
            book = await context.ports.sweeps.read()
            return book.current or _new(door, who, order, context)
        book = await context.ports.sweeps.read()
        report = book.under_way(context.clock()) or _new(door, who, order, context)
        run = _Run(lease=lease, book=book, report=report, until=context.clock() + context.patience, context=context)
        with correlated(report.id), context.ports.telemetry.step("sweep", {"correlation": report.id}):
            return await _sweep(run)


def _new(door: Door, who: str, order: str | None, context: Context) -> SweepReport:
    return SweepReport(id=order or str(uuid.uuid4()), door=str(door), who=who, started=context.clock())


async def _sweep(run: _Run) -> SweepReport:
    last, ports = run.book.last, run.context.ports
    ports.telemetry.sweep_began(run.context.clock() - last.finished if last and last.finished else None)
    lasting = [each.since for each in await ports.pauses.all() if not each.is_over(run.context.clock())]
    ports.telemetry.paused(run.context.clock() - min(lasting, default=run.context.clock()))
    await tell_of_pauses(ports, run.context.clock())
    await run.save()
    seen = await _read_the_estate(run)
    settled = set[VnetId]()
    for hub in await _partitions(run):
        if not run.may_go_on:
            return await _go_on_later(run)
        await _look_at(hub, seen, settled, run)
        await run.save()
    return await _finish(run)


async def _read_the_estate(run: _Run) -> Sightings:
    """All of it, whatever was read before: a sweep that goes on must not remember what is true no more."""
    seen, token, pages = Sightings(run.context.catalogue), None, 0
    above = tags_above(run.context)
    hubs = [policy.vnet for policy in run.context.catalogue.hubs.values()]
    while True:
        page = await run.context.ports.estate.page(hubs, token)
        networks, undecided = await above.decide_all(page.networks)
        seen.add(networks, (*page.unreadable, *undecided))
        token, pages = page.following, pages + 1
        if token is None:
            break
    run.report = replace(run.report, pages=pages, networks=len(seen))
    _log.info("Resource Graph shows %s networks on %s pages", len(seen), pages)
    return seen


async def _partitions(run: _Run) -> list[str]:
    """The hubs that are still to be looked at, in order; last of all the rows that belong to none."""
    known = {*run.context.catalogue.hubs, *await run.context.ports.records.hubs(), UNKNOWN}
    return [hub for hub in sorted(known, key=_place) if _place(hub) > _place(run.report.position)]


def _place(hub: str) -> tuple[bool, str]:
    return hub == UNKNOWN, hub


async def _look_at(hub: str, seen: Sightings, settled: set[VnetId], run: _Run) -> None:
    """Compare one hub and its rows with what was seen, and ask about what differs."""
    context = run.context
    policy, rows = context.catalogue.hub(hub), await context.ports.records.of_hub(hub)
    await tell_of_list(hub, context.ports, context.clock(), grown=True, rows=rows)
    document, digest = await _read_hub(hub, run), digest_of(policy, context.catalogue)
    changed = hub in run.book.digests and run.book.digests[hub] != digest
    view = HubView(
        name=hub, policy=policy, hub=document, rows=rows, changed=changed and hub != UNKNOWN, settled=settled
    )
    found = list(differences(view, seen, context.catalogue, context.clock()))
    for each in found:
        _log.info("%s is asked about: %s (hub %s)", each.about, each.why, hub)
    forgotten = await _is_forgotten(hub, rows, run)
    await _ask_about(found, run)
    kinds = Counter(str(each.kind) for each in found) + Counter({str(Kind.OVERDUE): int(forgotten)})
    gone = await clear_rows(hub, run.report, run.book.last, context)
    report = run.report.with_found(kinds, len(found) + int(forgotten))
    unread = isinstance(document, AzureFailure)
    run.report = replace(
        report, hubs=report.hubs + 1, unread=report.unread + unread, rows=report.rows + gone, position=hub
    )
    digests = {**run.book.digests, hub: digest}
    run.book = replace(run.book, digests={name: each for name, each in digests.items() if each})


async def _read_hub(hub: str, run: _Run) -> Observed:
    """The one read of it. Where nobody knows the hub there is nothing to be read, and nothing is said of it."""
    policy = run.context.catalogue.hub(hub)
    if policy is None:
        return None
    document, _ = await observe(policy.vnet, run.context)
    if isinstance(document, AzureFailure):
        _log.warning("hub %s cannot be read, and only its rows are looked at: %s", hub, document)
    return document


async def _is_forgotten(hub: str, rows: Sequence[Record], run: _Run) -> bool:
    """Whether nobody would ever look at what waits at the hub; an alarm is sent then."""
    context = run.context
    if not any(row.is_waiting for row in rows):
        return False
    policy = context.catalogue.hub(hub)
    note = await context.ports.leases.peek(lease_name(policy.vnet if policy else hub))
    if not is_forgotten(rows, note, context.clock()):
        return False
    _log.warning("what waits at hub %s has no message that will wake it (alarm: %s), and gets one", hub, note.alarm)
    await arm(hub, context.clock(), context.ports, context.clock())
    return True


async def _ask_about(found: Iterable[Difference], run: _Run) -> None:
    room = asyncio.Semaphore(_AT_ONCE)

    async def ask(each: Difference, delay: timedelta) -> None:
        async with room:
            await requeue(_request(each, run.report, run.context.clock() + delay), delay, run.context.ports)

    asked = []
    for each in found:
        delay = timedelta(seconds=run.sent // _A_SECOND) % _SPREAD
        delay += _AGREED if each.kind is Kind.CATALOGUE else timedelta()
        asked.append(ask(each, delay))
        run.sent += 1
    await run_all(asked)


def _request(difference: Difference, report: SweepReport, when: datetime) -> Request:
    return Request(
        id=report.id,
        spoke=difference.about,
        door=Door.SWEEP,
        who=report.who,
        when=when,
        correlation=report.id,
        half_at=difference.half_at,
    )


async def _go_on_later(run: _Run) -> SweepReport:
    report, context = run.report, run.context
    _log.info("the sweep has taken long enough and goes on after hub %r with the next message", report.position)
    order = SweepOrder(id=report.id, door=Door.SWEEP, who=report.who, when=context.clock())
    await requeue(order, timedelta(), context.ports)
    return report


async def _finish(run: _Run) -> SweepReport:
    context = run.context
    run.book, entries = await clear_history(run.book, context.ports.records, context.clock() - context.history)
    requests = await clear_requests(context.ports.registry, context.clock())
    run.report = replace(run.report, finished=context.clock(), entries=entries, rows=run.report.rows + requests)
    run.book = replace(run.book, last=run.report)
    await run.save()
    context.ports.telemetry.swept(run.report)
    _log.info(
        "swept %s networks and %s hubs: %s messages for %s",
        run.report.networks,
        run.report.hubs,
        run.report.queued,
        dict(run.report.differences) or "no difference",
    )
    return run.report
