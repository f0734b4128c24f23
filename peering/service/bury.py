"""What becomes of a message that the host gave up on."""

from collections.abc import Sequence
from datetime import datetime

from peering.core.events import Ignored
from peering.core.messages import decode_message
from peering.core.policy import UNKNOWN
from peering.core.records import NamedBy, Record, State, abandoned, intend
from peering.core.requests import InvalidRequest, Request
from peering.log import correlated, logger
from peering.ports import Announcer, Records, StaleRecord, Telemetry

_log = logger(__name__)

_OPEN = (State.PENDING, State.LEAVING)
_REASON = "the worker failed every time it was given the message. Its log, under the correlation id, says how."


async def bury(body: str, records: Records, announcer: Announcer, telemetry: Telemetry, now: datetime) -> None:
    """Record as `Abandoned` what no number of attempts could finish. It needs neither catalogue nor ARM."""
    try:
        entries = decode_message(body, None, now)
    except InvalidRequest as error:
        await lay_aside(body, error, records, now)
        return
    for request in (entry for entry in entries if not isinstance(entry, Ignored)):
        for row in _open_rows(request, await records.find(request.spoke)):
            with correlated(row.correlation):
                await _abandon(row, records, announcer, telemetry, now)


async def lay_aside(body: str, error: InvalidRequest, records: Records, now: datetime) -> None:
    """Keep a message that nobody could read. Giving it to the worker again would not make it legible."""
    await records.bury(body, str(error), now)
    _log.error("a message on the queue was laid aside in table history, partition unreadable: %s", error)


def _open_rows(request: Request, rows: Sequence[Record]) -> list[Record]:
    """What the message was about: the rows that wait for it or, where there never was one, one made for it."""
    if not rows:
        named_by = NamedBy.REQUEST if request.hub else NamedBy.TAG
        return [intend(None, request, None, UNKNOWN, request.hub or "", named_by)]
    return [row for row in rows if row.state in _OPEN]


async def _abandon(row: Record, records: Records, announcer: Announcer, telemetry: Telemetry, now: datetime) -> None:
    record = abandoned(row, _REASON, now)
    await records.note(record, now)
    try:
        saved = await records.save(record)
    except StaleRecord:
        _log.info("%s was asked about again meanwhile; it is not abandoned", row.spoke)
        return
    _log.error("%s under hub %s is abandoned: %s", row.spoke, row.hub, _REASON)
    telemetry.outcome(saved)
    await announcer.announce(saved)
