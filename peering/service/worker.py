"""What the queue's function does with one message."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from peering.core.intake.alarms import Alarm
from peering.core.intake.events import Ignored
from peering.core.intake.fields import InvalidRequest
from peering.core.intake.messages import Message, decode_message
from peering.core.intake.requests import GatewayRequest, Request
from peering.core.intake.sweep_orders import SweepOrder
from peering.core.network.failures import AzureFailure, doubled
from peering.log import logger
from peering.ports import Requests
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.drain import drain
from peering.service.hub_look import ask_about_hubs
from peering.service.outcome import Outcome
from peering.service.poison import keep_unreadable
from peering.service.reconcile import reconcile
from peering.service.requeue import requeue
from peering.service.sweep import sweep

_log = logger(__name__)

_WHILE_MISCONFIGURED = timedelta(minutes=1)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)  # while our own storage does not answer


async def work(body: str, own_principal: str | None, context: Context, deliveries: int = 1) -> list[Outcome]:
    """Do what the message asks for. What is raised makes the host deliver it again; `deliveries` counts this one."""
    now = context.clock()
    try:
        entries = decode_message(body, own_principal, now)
    except InvalidRequest as error:
        await keep_unreadable(body, error, context.ports, now)
        return []
    for entry in entries:
        if isinstance(entry, Ignored):
            _log.log(logging.WARNING if entry.malformed else logging.DEBUG, "ignored an event: %s", entry.reason)
    done = await run_all(
        _one(_tried(entry, deliveries - 1), context) for entry in entries if not isinstance(entry, Ignored)
    )
    return [outcome for outcomes in done for outcome in outcomes]


def _tried(entry: Message, times: int) -> Message:
    """What was delivered before counts as tried: whoever took it may have died over it."""
    return replace(entry, attempt=max(entry.attempt, times)) if isinstance(entry, Request) else entry


async def _one(entry: Message, context: Context) -> list[Outcome]:
    """A failure that comes as far as this is our own storage's: it says nothing about a network, and is waited out.

    So is what has not come to an end within the time of an invocation.
    """
    try:
        async with asyncio.timeout(context.invocation.total_seconds()):
            match entry:
                case Alarm():
                    return await _wake(entry, context)
                case GatewayRequest():
                    return await ask_about_hubs(entry, context)
                case SweepOrder():
                    await sweep(context, door=entry.door, who=entry.who, order=entry.id)
                    return []
                case _:
                    return await reconcile(entry, context)
    except AzureFailure as failure:
        return await _later(entry, f"our storage, or Resource Graph, does not answer: {failure}", context)
    except TimeoutError:
        return await _later(entry, f"it did not end within {context.invocation}", context)


async def _later(entry: Message, why: str, context: Context) -> list[Outcome]:
    attempt = entry.poisoned if isinstance(entry, Alarm) else entry.attempt
    wait = doubled(_FIRST_WAIT, attempt, _LONGEST_WAIT)
    _log.warning("a message is tried again in %s: %s", wait, why)
    await requeue(entry.after_a_failure(), wait, context.ports)
    return []


async def _wake(alarm: Alarm, context: Context) -> list[Outcome]:
    """Look at what is due at a hub. Where nothing is waiting the alarm ends here, without a lease."""
    if not await context.ports.records.waiting(alarm.hub):
        return []
    return await drain(alarm.hub, context, alarm)


async def wait_until_mended(body: str, own_principal: str | None, queue: Requests, now: datetime) -> None:
    """Let the requests of a message wait. While the app is misconfigured, deliveries would only be used up.

    What nobody can read is raised: it is the poison queue's, which can lay it aside once all is mended.
    """
    for entry in decode_message(body, own_principal, now):
        if not isinstance(entry, Ignored | SweepOrder):  # the timer gives the next order
            await queue.send(entry, _WHILE_MISCONFIGURED)
