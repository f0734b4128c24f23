"""One writer per hub: takes the lease and works through everything that is due."""

from datetime import timedelta
from functools import partial

from peering.core.catalogue.policy import HubPolicy
from peering.core.intake.requests import Request
from peering.log import logger
from peering.ports import Lease, Ticket
from peering.service import batch
from peering.service.context import Context
from peering.service.outcome import Outcome
from peering.service.requeue import requeue

_log = logger(__name__)

_MARGIN = timedelta(seconds=2)  # by which the wake-up comes after the lease has lapsed
_NOW = timedelta()


class LeaseLost(Exception):
    """The lease lapsed while it was thought to be held. Another worker may be writing: stop at once."""


async def drain(policy: HubPolicy, request: Request, context: Context) -> list[Outcome]:
    """Bring every due spoke of the hub to where it should be; returns what became of each.

    Busy means finished: the holder looks for due rows again after it has let go (row before lease, look after
    release), so no row is overlooked. A holder that dies leaves the ticket: a message it put off with every renewal
    of its lease, and which is seen soon after the lease has lapsed.
    """
    began, outcomes = context.clock(), list[Outcome]()
    while True:
        async with context.ports.leases.take(policy.name) as lease:
            if lease is None:
                return outcomes
            ticket = await _insure(request, lease, context)
            try:
                outcomes += await _work_through(policy, lease, context)
            except LeaseLost:
                _log.warning("the lease on hub %s was lost; what is left waits for its next holder", policy.name)
                return outcomes
            except Exception:
                await ticket.withdraw()  # the host delivers this message again; a second one would multiply with each
                raise
        await ticket.withdraw()
        if not await _left_over(policy, context):
            return outcomes
        if context.clock() - began > context.patience:
            await requeue(request.again(request.attempt), _NOW, context.ports)
            return outcomes


async def _insure(request: Request, lease: Lease, context: Context) -> Ticket:
    after = context.ports.leases.duration + _MARGIN
    ticket = await requeue(request.again(request.attempt), after, context.ports)
    lease.on_renewal(partial(ticket.postpone, after))
    return ticket


async def _left_over(policy: HubPolicy, context: Context) -> bool:
    """Whether somebody wrote a row while the lease was held, and went away because it was."""
    ports = context.ports
    if ports.telemetry.counts_pairs:
        ports.telemetry.pairs(policy.name, await ports.records.count(policy.name))
    return bool(await ports.records.due(policy.name, context.clock(), 1))


async def _work_through(policy: HubPolicy, lease: Lease, context: Context) -> list[Outcome]:
    def still_held() -> None:
        if not lease.held:
            raise LeaseLost(policy.name)

    began, outcomes = context.clock(), list[Outcome]()
    while rows := await context.ports.records.due(policy.name, context.clock(), context.batch):
        outcomes += await batch.work_off(policy, rows, still_held, context)
        if context.clock() - began > context.patience:
            break
    return outcomes
