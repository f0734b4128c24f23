"""The one way to say "later": a message that is seen when its time has come."""

from datetime import datetime, timedelta

from peering.core.intake.alarms import Alarm
from peering.core.intake.messages import Message
from peering.core.intake.requests import Door, Request
from peering.core.record.record import Record
from peering.ports import Ports

ONCE_MORE = timedelta(seconds=15)
"""Before the second look at one event: Azure's reads may lag so far behind it."""
_LATE = timedelta(seconds=1)  # so that what an alarm is about is due when it is seen


async def requeue(message: Message, delay: timedelta, ports: Ports) -> None:
    """Have the message seen after `delay`."""
    await ports.requests.send(message, max(delay, timedelta()))


async def arm(hub: str, due: datetime, ports: Ports, now: datetime) -> None:
    """Have the hub looked at when `due` has come."""
    await requeue(Alarm(hub, due), due - now + _LATE, ports)


async def look_again(record: Record, ports: Ports, delay: timedelta = timedelta()) -> None:
    """Have the spoke of a row looked at as if somebody had asked for it once more."""
    asked = record.asked
    request = Request(
        id=asked.correlation,
        spoke=record.spoke,
        door=Door.RETRY,
        who=asked.who,
        when=asked.requested,
        correlation=asked.correlation,
        hub=record.hub_that_was_asked_for,
        attempt=record.progress.attempts,
    )
    await requeue(request, delay, ports)
