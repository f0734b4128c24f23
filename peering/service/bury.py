"""What becomes of a message that the host gave up on."""

from datetime import datetime

from peering.core.events import Ignored
from peering.core.messages import decode_message
from peering.core.policy import UNKNOWN
from peering.core.records import NamedBy, State, abandoned, intend
from peering.core.requests import InvalidRequest, Request
from peering.log import logger
from peering.ports import Announcer, Records, StaleRecord

_log = logger(__name__)

_OPEN = (State.PENDING, State.LEAVING)


async def bury(body: str, records: Records, announcer: Announcer, now: datetime) -> None:
    """Record as `Abandoned` what no number of attempts could finish. It needs neither catalogue nor ARM."""
    reason = "the worker failed every time it was given the message. Its log, under the correlation id, says how."
    try:
        entries = decode_message(body, None, now)
    except InvalidRequest as error:
        await lay_aside(body, error, records, now)
        return
    for request in (entry for entry in entries if not isinstance(entry, Ignored)):
        await _abandon(request, reason, records, announcer, now)


async def lay_aside(body: str, error: InvalidRequest, records: Records, now: datetime) -> None:
    """Keep a message that nobody could read. Giving it to the worker again would not make it legible."""
    await records.bury(body, str(error), now)
    _log.error("a message on the queue was laid aside in table history, partition unreadable: %s", error)


async def _abandon(request: Request, reason: str, records: Records, announcer: Announcer, now: datetime) -> None:
    rows = [row for row in await records.find(request.spoke) if row.state in _OPEN]
    named_by = NamedBy.REQUEST if request.hub else NamedBy.TAG
    if not rows and not await records.find(request.spoke):
        rows = [intend(None, request, None, UNKNOWN, request.hub or "", named_by)]
    for row in rows:
        record = abandoned(row, reason, now)
        await records.note(record, now)
        try:
            saved = await records.save(record)
        except StaleRecord:
            _log.info("%s was asked about again meanwhile; it is not abandoned", request.spoke)
            continue
        _log.error("%s under hub %s is abandoned (correlation %s): %s", row.spoke, row.hub, row.correlation, reason)
        await announcer.announce(saved)
