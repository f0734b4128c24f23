"""Writes down what became of a spoke, and tells those who want to know."""

from datetime import timedelta

from peering.core.failures import AzureFailure
from peering.core.model import Vnet
from peering.core.policy import HubPolicy
from peering.core.records import Record, State, carried_over, failed, postponed
from peering.core.requests import Door, Request
from peering.core.status import status_text
from peering.log import correlated, logger
from peering.ports import StaleRecord
from peering.service.world import World

_log = logger(__name__)

_NOW = timedelta()


async def conclude(
    before: Record, after: Record, policy: HubPolicy | None, spoke: Vnet | None, world: World, *, mended: bool = False
) -> None:
    """Save the outcome; if it is news, also append it to the history, announce it and write the status tag.

    That something was written to Azure to get here (`mended`) is always news: the history is the audit trail. It
    comes first: a crash in between repeats an entry, the other order would lose one.
    """
    with correlated(after.correlation):
        await _conclude(after, policy, spoke, world, news=mended or after.tells_more_than(before))


async def _conclude(after: Record, policy: HubPolicy | None, spoke: Vnet | None, world: World, *, news: bool) -> None:
    if news:
        await world.records.note(after, world.clock())
    await _save(after, world)
    _log.info("%s under hub %s: %s%s", after.spoke, after.hub, after.state, _because(after))
    if news:
        world.telemetry.outcome(after)
        await world.announcer.announce(after)
        await _tag(after, policy, spoke, world)


async def _save(outcome: Record, world: World) -> None:
    """A row that was asked about again in the meantime stays open, so that the next look is not lost."""
    row: Record | None = outcome
    while row is not None:
        try:
            await world.records.save(row)
        except StaleRecord:
            current = await world.records.get(outcome.hub, outcome.spoke.key)
            row = carried_over(outcome, current) if current else None
        else:
            return


async def conclude_failure(
    record: Record, failure: AzureFailure, policy: HubPolicy, world: World, before: Record | None = None
) -> None:
    """Try again later, as long as the table of failures and the attempts allow; else `Failed`."""
    delay = world.backoff.after(failure, record.attempts + 1, world.chance())
    if delay is None:
        await conclude(before or record, failed(record, failure, world.clock()), policy, None, world)
        return
    with correlated(record.correlation):
        _log.warning("%s waits %s: %s", record.spoke, delay, failure)
    waiting = postponed(record, failure, world.clock() + delay)
    await wake(waiting, world)  # before the row: a message too many is harmless, a row that nothing wakes is not
    try:
        await world.records.save(waiting)
    except StaleRecord:
        _log.info("%s was asked about again meanwhile; it will be looked at once more", record.spoke)


async def wake(record: Record, world: World) -> None:
    """Have the spoke looked at when its row becomes due."""
    due = record.not_before or world.clock()
    request = Request(
        record.correlation,
        record.spoke,
        Door.RETRY,
        record.who,
        record.requested,
        record.correlation,
        None,
        record.attempts,
    )
    await world.requests.send(request, max(due - world.clock(), _NOW))


async def _tag(record: Record, policy: HubPolicy | None, spoke: Vnet | None, world: World) -> None:
    """The answer where the question was asked. It is a courtesy: failing to write it undoes nothing."""
    if policy is None or policy.status_tag is None or spoke is None:
        return
    try:
        await world.networks.write_tag(record.spoke, policy.status_tag, status_text(record))
    except AzureFailure as failure:
        _log.warning("cannot write the tag %s on %s: %s", policy.status_tag, record.spoke, failure)


def _because(record: Record) -> str:
    if record.state is State.CONNECTED or not record.findings:
        return ""
    return ": " + " ".join(finding.message for finding in record.findings)
