"""What becomes of a message that the host gave up on, or that nobody could read."""

from collections.abc import Sequence
from datetime import datetime

from peering.core.catalogue.policy import UNKNOWN
from peering.core.intake.events import Ignored
from peering.core.intake.messages import decode_message
from peering.core.intake.requests import InvalidRequest, NamedBy, Request
from peering.core.record.record import Record
from peering.core.record.transitions import abandoned, intend
from peering.log import logger
from peering.ports import Ports
from peering.service.outcome import Outcome, record

_log = logger(__name__)

_REASON = "the worker failed every time it was given the message. Its log, under the correlation id, says how."


async def abandon(body: str, ports: Ports, now: datetime) -> list[Outcome]:
    """Record as `Abandoned` what no number of attempts could finish. It needs neither catalogue nor ARM."""
    try:
        entries = decode_message(body, None, now)
    except InvalidRequest as error:
        await keep_unreadable(body, error, ports, now)
        return []
    outcomes = []
    for request in (entry for entry in entries if not isinstance(entry, Ignored)):
        for row in _open_rows(request, await ports.records.find(request.spoke)):
            outcome = Outcome(before=row, after=abandoned(row, _REASON, now))
            outcomes.append(await record(outcome, ports, now))
    return outcomes


async def keep_unreadable(body: str, error: InvalidRequest, ports: Ports, now: datetime) -> None:
    """Keep a message that nobody could read. Giving it to the worker again would not make it legible."""
    await ports.records.keep_unreadable(body, str(error), now)
    _log.error("a message on the queue was laid aside in table history, partition unreadable: %s", error)


def _open_rows(request: Request, rows: Sequence[Record]) -> list[Record]:
    """What the message was about: the rows that wait for it or, where there never was one, one made for it."""
    if not rows:
        named_by = NamedBy.REQUEST if request.hub else NamedBy.TAG
        return [intend(None, request, None, UNKNOWN, request.hub or "", named_by)]
    return [row for row in rows if row.is_open and row.is_understood]
