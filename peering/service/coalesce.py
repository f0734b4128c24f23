"""Of many events of one network most are finished without a look: one that is on the queue already will see it all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from peering.core.intake.coalescing import Course, Known, coalesces, course, delay, later, on_behalf_of
from peering.core.intake.requests import Request
from peering.log import logger
from peering.service.context import Context
from peering.service.looks import Remembered
from peering.service.requeue import requeue

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
            # Sent first, noted second. One that was sent before, and has not been seen yet, is left out in its favour.
            wait = delay(of_it.known, now)
            look = later(of_it.stands_for(request, now), now + wait)
            await requeue(look, wait, context.ports)
            of_it.known = Known(of_it.known.began, look.since)
        case Course.LEFT:
            if request.since is None:
                of_it.stands_for(request, now)
    known = of_it.known
    _log.info("another look at %s stands for this: begun %s, or due %s", request.spoke, known.began, known.due)
    return None
