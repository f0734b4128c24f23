"""The one way to say "later": a message that is seen when its time has come."""

from datetime import datetime, timedelta

from peering.core.intake.requests import Door, Request
from peering.core.record.record import Record
from peering.ports import Ports, Ticket

_NOW = timedelta()


async def requeue(request: Request, delay: timedelta, ports: Ports) -> Ticket:
    """Have the request seen after `delay`."""
    return await ports.requests.send(request, max(delay, _NOW))


async def requeue_row(record: Record, ports: Ports, now: datetime) -> None:
    """Have the spoke looked at when its row becomes due."""
    due = record.progress.not_before
    await requeue(look_again(record), due - now if due else _NOW, ports)


def look_again(record: Record) -> Request:
    """The request that stands for an open row."""
    asked = record.asked
    return Request(
        id=asked.correlation,
        spoke=record.spoke,
        door=Door.RETRY,
        who=asked.who,
        when=asked.requested,
        correlation=asked.correlation,
        attempt=record.progress.attempts,
    )
