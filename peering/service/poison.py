"""What becomes of a message that the host gave up on, or that nobody could read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from peering.core.catalogue.policy import UNKNOWN, Catalogue
from peering.core.intake.alarms import Alarm
from peering.core.intake.events import Ignored
from peering.core.intake.fields import InvalidRequest
from peering.core.intake.messages import decode_message
from peering.core.intake.requests import Door, GatewayRequest, NamedBy, Request
from peering.core.intake.sweep_orders import SweepOrder
from peering.core.network.failures import doubled
from peering.core.record.outcomes import abandoned
from peering.core.record.record import Record
from peering.core.record.transitions import intend
from peering.log import logger
from peering.ports import Ports
from peering.service.outcome import Outcome, record
from peering.service.requeue import arm, requeue

_log = logger(__name__)

_REASON = "the worker failed every time it was given the message. Its log, under the correlation id, says how."
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


async def abandon(body: str, ports: Ports, now: datetime, hubs: Catalogue | None = None) -> list[Outcome]:
    """Record as `Abandoned` what no number of attempts could finish. `hubs` says on which tag it is told.

    An alarm stands for others, who did nothing: it is armed again, with a growing pause.
    """
    try:
        entries = decode_message(body, None, now)
    except InvalidRequest as error:
        await keep_unreadable(body, error, ports, now)
        return []
    outcomes = []
    for entry in entries:
        match entry:
            case Alarm() as alarm:
                pause = doubled(_FIRST_PAUSE, alarm.poisoned, _LONGEST_PAUSE)
                _log.error("an alarm of hub %s failed every time; it is armed again in %s", alarm.hub, pause)
                await requeue(alarm.after_a_failure(), pause, ports)
            case GatewayRequest() as about:
                pause = doubled(_FIRST_PAUSE, about.attempt, _LONGEST_PAUSE)
                _log.error("a gateway's event failed every time; it is tried again in %s", pause)
                await requeue(about.after_a_failure(), pause, ports)
            case SweepOrder():
                _log.error("a sweep failed every time; the timer gives the next order")
            case Request() as request:
                outcomes += await _abandon(request, ports, now, hubs)
            case Ignored():
                pass
    return outcomes


async def _abandon(request: Request, ports: Ports, now: datetime, hubs: Catalogue | None) -> list[Outcome]:
    """Nobody else may know of the rows that wait: what should have covered them is what may have failed.

    So each gets an alarm; one too many arms nothing.
    """
    rows = await ports.records.find(request.spoke)
    for row in rows:
        if row.is_understood and row.is_waiting and row.progress.not_before:
            await arm(row.hub, row.progress.not_before, ports, now)
    outcomes = []
    for row in _due_rows(request, rows, now):
        policy, status_tag = (hubs.hub(row.hub), hubs.status_tag) if hubs else (None, None)
        after = abandoned(row, _REASON, now)
        outcome = Outcome(before=row, after=after, policy=policy, status_tag=status_tag, is_tagged=hubs is not None)
        outcomes.append(await record(outcome, ports, now, partial(_cover, row.hub, ports, now)))
    if request.door is Door.HTTP:
        await ports.registry.looked_at(request.id, now)
    return outcomes


async def _cover(hub: str, ports: Ports, now: datetime, due: datetime) -> None:
    await arm(hub, due, ports, now)


async def keep_unreadable(body: str, error: InvalidRequest, ports: Ports, now: datetime) -> None:
    """Keep a message that nobody could read. Giving it to the worker again would not make it legible."""
    await ports.records.keep_unreadable(body, str(error), now)
    _log.error("a message on the queue was laid aside in table history, partition unreadable: %s", error)


def _due_rows(request: Request, rows: Sequence[Record], now: datetime) -> list[Record]:
    """What the message was about: the rows that wait for it or, where there never was one, one made for it.

    A row that waits for a later time (the end of a grace period, say) has an alarm of its own.
    """
    if not rows:
        named_by = NamedBy.REQUEST if request.hub else NamedBy.TAG
        return [intend(None, request, None, UNKNOWN, request.hub or "", named_by)]
    return [row for row in rows if row.is_open and row.is_due(now) and row.is_understood]
