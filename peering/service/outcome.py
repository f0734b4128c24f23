"""What became of a spoke, as a value, and the one recorder that writes it down and tells those who want to know."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from peering.core.catalogue.policy import HubPolicy
from peering.core.network.failures import UNFORESEEN, AzureFailure, waits_for_a_person
from peering.core.network.vnets import Vnet
from peering.core.record.outcomes import abandoned, carried_over, failed
from peering.core.record.record import Record, State
from peering.core.record.telling import known, next_look, told
from peering.core.record.waits import postponed
from peering.log import correlated, logger
from peering.ports import Ports, StaleRecord
from peering.service.context import Context
from peering.service.observe import observe
from peering.service.requeue import look_again
from peering.service.telling import Place, keep_up, take_down, tell

_log = logger(__name__)

type Cover = Callable[[datetime], Awaitable[None]]
"""Makes sure that an alarm comes not after that time."""

_UNFORESEEN_TRIES = 5  # as often as the host delivers a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The row as it stood, and as it is to be: still open when it has to wait.

    `is_tagged` is False where the answer cannot go onto the network as a tag: it is not there, or another hub has the
    word. `status_tag` is the tag's name where no policy names one, `tags` are those the network was read with. `mended`
    says that something was written to Azure to get here, `again` that the spoke is to be looked at once more (it moved:
    what stood in its new hub's way may be gone now), `quiet` that it is too early to tell anybody, `waits` that a
    person can end the wait, `goes_on` that what was told before is over although the row is still open.
    """

    before: Record
    after: Record
    policy: HubPolicy | None = None
    status_tag: str | None = None
    tags: Mapping[str, str] | None = None
    is_tagged: bool = True
    mended: bool = False
    again: bool = False
    quiet: bool = False
    waits: bool = False
    goes_on: bool = False

    @property
    def is_news(self) -> bool:
        """Worth a line in the history. That something was written to Azure always is: it is the audit trail.

        Of what is still open it is what a person can do something about: end a wait, or keep what leaves.
        """
        told = not self.after.is_open or self.waits or self.after.is_in_grace
        return told and not self.quiet and (self.mended or self.after.tells_more_than(self.before))

    @property
    def place(self) -> Place:
        """Where it is told."""
        name = self.policy.status_tag if self.policy else self.status_tag
        return Place(tag=name, policy=self.policy, tags=self.tags, speaks=self.is_tagged)


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
    return Outcome(
        before=before,
        after=after,
        policy=policy,
        status_tag=context.catalogue.status_tag,
        waits=after.is_open and waits_for_a_person(failure),
    )


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
            if not row.is_open:
                ports.telemetry.outcome(row)
            row = await tell(row, outcome.place, ports, now, anew=outcome.mended)
        elif not outcome.quiet:
            row = await _with_its_tag(known(row), outcome, ports, now)
        await _keep(row, ports, cover)
        _say(row)
    return outcome


async def _with_its_tag(row: Record, outcome: Outcome, ports: Ports, now: datetime) -> Record:
    """Nobody is told anything new; the tag says what is true all the same."""
    if row.is_open and outcome.goes_on and not outcome.waits:
        return await take_down(row, outcome.place, ports)
    return await keep_up(row, outcome.place, ports, now)


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


async def tell_again(row: Record, policy: HubPolicy | None, context: Context, cover: Cover) -> None:
    """Tell an outcome that stands, but could not be told when it came about; and that a row is in its grace."""
    now, ports, network = context.clock(), context.ports, None
    if row.is_open:
        await cover(row.progress.not_before or now)  # first: who cannot be woken for its end has told nothing yet
        await ports.records.note(row, now)
    if row.state is State.REMOVED:  # where it has moved to, another hub may have the word
        network, _ = await observe(row.spoke, context)
    tags = network.tags if isinstance(network, Vnet) else None
    speaks = row.state is not State.REMOVED or (tags is not None and context.catalogue.speaks_for(row.hub, tags))
    place = Place(tag=context.catalogue.status_tag_of(policy), policy=policy, tags=tags, speaks=speaks)
    after = await tell(row, place, ports, now, announced=row.progress.told == row.digest)
    if not (after.is_untold or after.is_open):
        after = told(after, next_look(after, now))
    await _keep(after, ports, cover)


def _say(row: Record) -> None:
    because = "" if not row.found.findings else ": " + " ".join(finding.message for finding in row.found.findings)
    if row.state is State.ABANDONED:
        _log.error("%s under hub %s is abandoned%s", row.spoke, row.hub, because)
    elif row.is_open:
        _log.warning("%s under hub %s waits until %s%s", row.spoke, row.hub, row.progress.not_before, because)
    else:
        _log.info("%s under hub %s: %s%s", row.spoke, row.hub, row.state, because)
