"""What the queue's function does with one message."""

import logging
from datetime import datetime, timedelta

from peering.core.intake.events import Ignored
from peering.core.intake.messages import decode_message
from peering.core.intake.requests import InvalidRequest
from peering.log import logger
from peering.ports import Ports
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.outcome import Outcome
from peering.service.poison import keep_unreadable
from peering.service.reconcile import reconcile
from peering.service.requeue import requeue

_log = logger(__name__)

_WHILE_MISCONFIGURED = timedelta(minutes=1)


async def work(body: str, own_principal: str | None, context: Context) -> list[Outcome]:
    """Reconcile every request of the message. What is raised makes the host deliver it again."""
    now = context.clock()
    try:
        entries = decode_message(body, own_principal, now)
    except InvalidRequest as error:
        await keep_unreadable(body, error, context.ports, now)
        return []
    for entry in entries:
        if isinstance(entry, Ignored):
            _log.log(logging.WARNING if entry.malformed else logging.DEBUG, "ignored an event: %s", entry.reason)
    done = await run_all(reconcile(entry, context) for entry in entries if not isinstance(entry, Ignored))
    return [outcome for outcomes in done for outcome in outcomes]


async def wait_for_the_catalogue(body: str, own_principal: str | None, ports: Ports, now: datetime) -> None:
    """Let the requests of a message wait. While the app is misconfigured, deliveries would only be used up."""
    for entry in decode_message(body, own_principal, now):
        if not isinstance(entry, Ignored):
            await requeue(entry, _WHILE_MISCONFIGURED, ports)
