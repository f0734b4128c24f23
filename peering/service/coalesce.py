"""Of many events of one network most are finished without a look: one that is on the queue already will see it all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from peering.core.intake.coalescing import (
    Course,
    Known,
    coalesces,
    course,
    course_at_the_door,
    delay,
    later,
    on_behalf_of,
)
from peering.core.intake.requests import Request
from peering.log import logger
from peering.ports import Clock, Requests
from peering.service.context import Context
from peering.service.looks import Looks, Remembered

_log = logger(__name__)


@asynccontextmanager
async def taken_up(request: Request, context: Context) -> AsyncIterator[Request | None]:
    """The request, to be looked at inside the block; None where it is finished, as another look stands for it.

    A look comes in the name of the newest event that was left to it. What is raised inside the block brings the message
    again. Raises AzureFailure when a look could not be sent for later: then the event is not finished.
    """
    if not coalesces(request):
        yield request
        return
    of_it = context.memory.looks.at(request.spoke, context.clock())
    async with of_it.turn:
        look, began = await _decide(request, of_it, context), context.clock()
        if look:
            of_it.begin(began)
    try:
        yield look
    except BaseException:
        of_it.failed(began)
        raise


async def _decide(request: Request, of_it: Remembered, context: Context) -> Request | None:
    now, is_hub = context.clock(), context.catalogue.hub_of(request.spoke) is not None
    match course(request, of_it.known, now, is_hub=is_hub):
        case Course.NOW:
            is_newest = request.since is not None and request.since == of_it.known.due
            return on_behalf_of(request, of_it.newest) if is_newest else request
        case Course.LATER:
            await _send(request, of_it, now, context.ports.requests)
        case Course.LEFT:
            if request.since is None:
                of_it.stands_for(request, now)
    known = of_it.known
    _log.info("another look at %s stands for this: begun %s, or due %s", request.spoke, known.began, known.due)
    return None


async def _send(event: Request, of_it: Remembered, now: datetime, queue: Requests) -> None:
    """Sent first, noted second. One that was sent before, and has not been seen yet, is left out in its favour."""
    wait = delay(of_it.known, now)
    look = later(of_it.stands_for(event, now), now + wait)
    await queue.send(look, wait)
    of_it.known = Known(of_it.known.began, look.since)


async def left_at_the_door(event: Request, looks: Looks, queue: Requests, clock: Clock) -> bool:
    """Whether the event is finished before it is on the queue, as a look that is there stands for it.

    For the function that takes events in, where it shares the worker's process. Raises AzureFailure when a look could
    not be sent.
    """
    of_it = looks.at(event.spoke, clock())
    async with of_it.turn:
        now = clock()
        match course_at_the_door(event, of_it.known, of_it.asked, now):
            case Course.NOW:
                of_it.asked = now if coalesces(event) else of_it.asked
                return False
            case Course.LATER:
                await _send(event, of_it, now, queue)
            case Course.LEFT:
                of_it.stands_for(event, now)
    _log.info("the look at %s that is due at %s stands for this", event.spoke, of_it.known.due)
    return True
