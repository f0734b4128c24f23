"""What became of a spoke, as a value, and the one recorder that writes it down and tells those who want to know."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from peering.core.catalogue.policy import HubPolicy
from peering.core.network.failures import UNFORESEEN, AzureFailure, refuses
from peering.core.record.record import Record, State
from peering.core.record.status_tag import status_text
from peering.core.record.transitions import abandoned, carried_over, failed, next_look, postponed, told, untold
from peering.log import correlated, logger
from peering.ports import Ports, StaleRecord
from peering.service.context import Context
from peering.service.requeue import look_again

_log = logger(__name__)

type Cover = Callable[[datetime], Awaitable[None]]
"""Makes sure that an alarm comes not after that time."""

_UNFORESEEN_TRIES = 5  # as often as the host delivers a message
_TELL_TIME = timedelta(seconds=30)  # for one of those who are told: who hangs must not hold up the hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The row as it stood, and as it is to be: still open when it has to wait.

    `is_tagged`: the network was there to be read, so the answer goes onto it as a tag. `mended` says that something
    was written to Azure to get here, `again` that the spoke is to be looked at once more (it moved: what stood in its
    new hub's way may be gone now), `quiet` that it is too early to tell anybody.
    """

    before: Record
    after: Record
    policy: HubPolicy | None = None
    is_tagged: bool = False
    mended: bool = False
    again: bool = False
    quiet: bool = False

    @property
    def is_news(self) -> bool:
        """Worth a line in the history. That something was written to Azure always is: it is the audit trail."""
        ended = not (self.after.is_open or self.quiet)
        return ended and (self.mended or self.after.tells_more_than(self.before))


def outcome_of_failure(
    before: Record, record: Record, failure: AzureFailure, policy: HubPolicy | None, context: Context
) -> Outcome:
    """Later, for as long as the table of failures says; else `Failed`. What nobody foresaw is not tried for ever."""
    now, progress = context.clock(), record.progress
    tried_for = now - (progress.failing or now)
    delay = context.backoff.after(failure, progress.attempts + 1, tried_for, context.chance())
    if failure.code == UNFORESEEN and progress.attempts + 1 >= _UNFORESEEN_TRIES:
        after = abandoned(record, failure.message, now)
    elif delay is None:
        after = failed(record, failure, now)
    else:
        after = postponed(record, failure, now + delay, now)
    return Outcome(before=before, after=after, policy=policy)


async def record(outcome: Outcome, ports: Ports, now: datetime, cover: Cover | None) -> Outcome:
    """Write the outcome down; returns it for whoever asked.

    What has to be sent is sent first and the row saved last: a crash in between repeats an entry or a message, the
    other order would lose one.
    """
    row = outcome.after
    with correlated(row.asked.correlation):
        if outcome.again:
            await look_again(row, ports)
        if outcome.is_news:
            await ports.records.note(row, now)
            ports.telemetry.outcome(row)
            row = await _told(outcome, ports, now)
        await _keep(row, ports, cover)
        _say(row)
    return outcome


async def _keep(row: Record, ports: Ports, cover: Cover | None) -> None:
    if row.progress.not_before and cover:
        await cover(row.progress.not_before)
    await _save(row, ports)


async def _save(row: Record, ports: Ports) -> None:
    """A row that was asked about again in the meantime stays open, so that the next look is not lost."""
    pending: Record | None = row
    while pending is not None:
        try:
            await ports.records.save(pending)
        except StaleRecord:
            current = await ports.records.get(row.hub, row.spoke.key)
            pending = carried_over(row, current) if current else None
        else:
            return


async def _told(outcome: Outcome, ports: Ports, now: datetime) -> Record:
    """The row, knowing whether its outcome has been told; if that failed, it is told again, and soon."""
    row = outcome.after
    if await _announced(row, ports) and await _tagged(outcome, ports):
        return told(row, row.progress.not_before)
    return untold(row, now)


async def tell_again(row: Record, policy: HubPolicy | None, ports: Ports, now: datetime, cover: Cover) -> None:
    """Tell an outcome that stands, but could not be told when it came about."""
    outcome = Outcome(before=row, after=row, policy=policy, is_tagged=row.state is not State.REMOVED)
    after = await _told(outcome, ports, now)
    if not after.is_untold:
        after = told(after, next_look(after, now))
    await _keep(after, ports, cover)


async def _announced(row: Record, ports: Ports) -> bool:
    try:
        async with asyncio.timeout(_TELL_TIME.total_seconds()):
            await ports.announcer.announce(row)
    except Exception as error:  # noqa: BLE001 - whatever it is, it undoes nothing of what was done
        _log.warning("could not announce %s of %s: %r", row.state, row.spoke, error)
        return False
    return True


async def _tagged(outcome: Outcome, ports: Ports) -> bool:
    """The answer where the question was asked. It is a courtesy: where we may not write it, nothing is undone."""
    policy, row = outcome.policy, outcome.after
    if policy is None or policy.status_tag is None or not outcome.is_tagged:
        return True
    try:
        async with asyncio.timeout(_TELL_TIME.total_seconds()):
            await ports.networks.write_tag(row.spoke, policy.status_tag, status_text(row))
    except AzureFailure as failure:
        _log.warning("cannot write the tag %s on %s: %s", policy.status_tag, row.spoke, failure)
        return refuses(failure) or failure.status == 404
    except Exception:  # noqa: BLE001 - as above
        _log.exception("cannot write the tag %s on %s", policy.status_tag, row.spoke)
        return False
    return True


def _say(row: Record) -> None:
    because = "" if not row.found.findings else ": " + " ".join(finding.message for finding in row.found.findings)
    if row.state is State.ABANDONED:
        _log.error("%s under hub %s is abandoned%s", row.spoke, row.hub, because)
    elif row.is_open:
        _log.warning("%s under hub %s waits until %s%s", row.spoke, row.hub, row.progress.not_before, because)
    else:
        _log.info("%s under hub %s: %s%s", row.spoke, row.hub, row.state, because)
