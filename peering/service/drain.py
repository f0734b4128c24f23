"""One writer per hub: takes the lease and works through everything that is due."""

from datetime import timedelta
from functools import partial

from peering.core.policy import HubPolicy
from peering.core.requests import Request
from peering.log import logger
from peering.ports import Lease
from peering.service.settle import settle
from peering.service.world import World

_log = logger(__name__)

_MARGIN = timedelta(seconds=2)  # by which the wake-up comes after the lease has lapsed


class LeaseLost(Exception):
    """The lease lapsed while it was thought to be held. Another worker may be writing: stop at once."""


async def drain(policy: HubPolicy, request: Request, world: World) -> None:
    """Bring every due spoke of the hub to where it should be.

    Busy means finished: the holder looks for due rows again after it has let go (row before lease, look after
    release), so no row is overlooked. A holder that dies leaves the ticket: a message it put off with every renewal
    of its lease, and which is seen soon after the lease has lapsed.
    """
    began = world.clock()
    while True:
        async with world.leases.take(policy.name) as lease:
            if lease is None:
                return
            after = world.leases.duration + _MARGIN
            ticket = await world.requests.send(request.again(request.attempt), after)
            lease.on_renewal(partial(ticket.postpone, after))
            try:
                await _work_through(policy, lease, world)
            except LeaseLost:
                _log.warning("the lease on hub %s was lost; what is left waits for its next holder", policy.name)
                return
            except Exception:
                await ticket.withdraw()  # the host delivers this message again; a second one would multiply with each
                raise
        await ticket.withdraw()
        if world.telemetry.counts_pairs:
            world.telemetry.pairs(policy.name, await world.records.count(policy.name))
        if not await world.records.due(policy.name, world.clock(), 1):
            return
        if world.clock() - began > world.patience:
            await world.requests.send(request.again(request.attempt))
            return


async def _work_through(policy: HubPolicy, lease: Lease, world: World) -> None:
    def still_held() -> None:
        if not lease.held:
            raise LeaseLost(policy.name)

    began = world.clock()
    while rows := await world.records.due(policy.name, world.clock(), world.batch):
        await settle(policy, rows, still_held, world)
        if world.clock() - began > world.patience:
            return
