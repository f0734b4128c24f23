"""One look at a network: what it is, that it is not there, or why nobody can say."""

import asyncio
from itertools import count

from peering.arm_calls import Meter, metered
from peering.core.decision.batch import Observed
from peering.core.network.failures import NO_ANSWER, AzureFailure, unforeseen
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.log import logger
from peering.service.context import Context
from peering.service.tags_above import TagsAbove

_log = logger(__name__)


async def observe(vnet: VnetId, context: Context, above: TagsAbove | None = None) -> tuple[Observed, int]:
    """What was read, and how many requests that took. Whatever happens is an answer about this network only.

    Its tag is the one that counts: what `above` it says is asked for where the catalogue wants that, once for a batch.
    """
    with metered(meter := Meter()):
        return await _read(vnet, context, above or tags_above(context)), meter.calls


def tags_above(context: Context) -> TagsAbove:
    """For one batch, with nothing read yet."""
    return TagsAbove(context.ports.networks, context.catalogue)


async def _read(vnet: VnetId, context: Context, above: TagsAbove) -> Observed:
    try:
        async with asyncio.timeout(context.read_time.total_seconds()):
            found = await _insist(vnet, context)
            return await above.decide(found) if found else None
    except TimeoutError:
        return AzureFailure(NO_ANSWER, "TimedOut", f"{vnet} took too long to be read.")
    except AzureFailure as failure:
        return failure
    except Exception as error:  # noqa: BLE001 - what nobody foresaw is this network's failure, not the batch's
        _log.exception("%s could not be read", vnet)
        return unforeseen(error)


async def _insist(vnet: VnetId, context: Context) -> Vnet | None:
    for tries in count(1):
        try:
            return await context.ports.networks.read(vnet)
        except AzureFailure as failure:
            wait = context.backoff.at_once(failure, tries)
            if wait is None:
                raise
            await context.sleep(wait.total_seconds())
    raise AssertionError
