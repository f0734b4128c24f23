"""What the queue's function does with one message."""

import logging
from datetime import datetime, timedelta

from peering.core.events import Ignored
from peering.core.messages import decode_message
from peering.core.requests import InvalidRequest
from peering.log import logger
from peering.ports import Requests
from peering.service.bury import lay_aside
from peering.service.handle import handle
from peering.service.together import together
from peering.service.world import World

_log = logger(__name__)

_WHILE_MISCONFIGURED = timedelta(minutes=1)


async def work(body: str, own_principal: str | None, world: World) -> None:
    """Handle every request of the message. What is raised makes the host deliver it again."""
    now = world.clock()
    try:
        entries = decode_message(body, own_principal, now)
    except InvalidRequest as error:
        await lay_aside(body, error, world.records, now)
        return
    for entry in entries:
        if isinstance(entry, Ignored):
            _log.log(logging.WARNING if entry.malformed else logging.DEBUG, "ignored an event: %s", entry.reason)
    await together(handle(entry, world) for entry in entries if not isinstance(entry, Ignored))


async def put_back(body: str, own_principal: str | None, requests: Requests, now: datetime) -> None:
    """Let the requests of a message wait. While the app is misconfigured, deliveries would only be used up."""
    for entry in decode_message(body, own_principal, now):
        if not isinstance(entry, Ignored):
            await requests.send(entry, _WHILE_MISCONFIGURED)
