"""What became of a spoke, as a value, and the one recorder that writes it down and tells those who want to know."""

from dataclasses import dataclass
from datetime import datetime

from peering.core.catalogue.policy import HubPolicy
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Vnet
from peering.core.record.record import Record, State
from peering.core.record.status_tag import status_text
from peering.core.record.transitions import carried_over, failed, postponed
from peering.log import correlated, logger
from peering.ports import Ports, StaleRecord
from peering.service.context import Context
from peering.service.requeue import requeue_row

_log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The row as it stood, and as it is to be: still open when it has to wait.

    `network` is where the status tag goes, None where there is nothing to write it on. `mended` says that something
    was written to Azure to get here, `again` that the spoke is to be looked at once more (it moved: what stood in its
    new hub's way may be gone now).
    """

    before: Record
    after: Record
    policy: HubPolicy | None = None
    network: Vnet | None = None
    mended: bool = False
    again: bool = False

    @property
    def is_news(self) -> bool:
        """Worth a line in the history. That something was written to Azure always is: it is the audit trail."""
        return self.mended or self.after.tells_more_than(self.before)


def outcome_of_failure(
    before: Record, record: Record, failure: AzureFailure, policy: HubPolicy | None, context: Context
) -> Outcome:
    """Later, as long as the table of failures and the attempts allow; else `Failed`."""
    now = context.clock()
    delay = context.backoff.after(failure, record.progress.attempts + 1, context.chance())
    after = failed(record, failure, now) if delay is None else postponed(record, failure, now + delay)
    return Outcome(before=before, after=after, policy=policy)


async def record(outcome: Outcome, ports: Ports, now: datetime) -> Outcome:
    """Write the outcome down; returns it for whoever asked."""
    with correlated(outcome.after.asked.correlation):
        if outcome.after.is_open:
            await _put_off(outcome.after, ports, now)
        else:
            await _finish(outcome, ports, now)
    return outcome


async def _put_off(row: Record, ports: Ports, now: datetime) -> None:
    """The message comes before the row: one too many is harmless, a row that nothing wakes is not."""
    codes = ", ".join(finding.code for finding in row.found.findings)
    _log.warning("%s under hub %s waits until %s: %s", row.spoke, row.hub, row.progress.not_before, codes)
    await requeue_row(row, ports, now)
    try:
        await ports.records.save(row)
    except StaleRecord:
        _log.info("%s was asked about again meanwhile; it will be looked at once more", row.spoke)


async def _finish(outcome: Outcome, ports: Ports, now: datetime) -> None:
    """History first: a crash in between repeats an entry, the other order would lose one."""
    row = outcome.after
    if outcome.is_news:
        await ports.records.note(row, now)
    await _save(row, ports)
    if row.state is State.ABANDONED:
        _log.error("%s under hub %s is abandoned%s", row.spoke, row.hub, _because(row))
    else:
        _log.info("%s under hub %s: %s%s", row.spoke, row.hub, row.state, _because(row))
    if outcome.is_news:
        ports.telemetry.outcome(row)
        await ports.announcer.announce(row)
        await _tag(outcome, ports)
    if outcome.again:
        await requeue_row(row, ports, now)


async def _save(outcome: Record, ports: Ports) -> None:
    """A row that was asked about again in the meantime stays open, so that the next look is not lost."""
    row: Record | None = outcome
    while row is not None:
        try:
            await ports.records.save(row)
        except StaleRecord:
            current = await ports.records.get(outcome.hub, outcome.spoke.key)
            row = carried_over(outcome, current) if current else None
        else:
            return


async def _tag(outcome: Outcome, ports: Ports) -> None:
    """The answer where the question was asked. It is a courtesy: failing to write it undoes nothing."""
    policy, row = outcome.policy, outcome.after
    if policy is None or policy.status_tag is None or outcome.network is None:
        return
    try:
        await ports.networks.write_tag(row.spoke, policy.status_tag, status_text(row))
    except AzureFailure as failure:
        _log.warning("cannot write the tag %s on %s: %s", policy.status_tag, row.spoke, failure)


def _because(row: Record) -> str:
    if row.state is State.CONNECTED or not row.found.findings:
        return ""
    return ": " + " ".join(finding.message for finding in row.found.findings)
