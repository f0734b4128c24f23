"""Whether a write of which no answer came has arrived all the same."""

from peering.core.decision.changes import Action, Change
from peering.core.network.vnets import Half, PeeringState, Vnet
from peering.service.context import Context
from peering.service.job import Job
from peering.service.observe import observe

_LOOKS = 13  # half a minute with the pauses between them: as long as the slowest take


async def has_arrived(job: Job, change: Change, context: Context) -> bool | None:
    """None where nobody can say: then it is not made again just now. While Azure is at it, it is waited for.

    What has arrived counts as if the write had answered so.
    """
    for looks in range(_LOOKS):
        network, calls = await observe(change.vnet, context)
        job.meter.calls += calls
        if not isinstance(network, Vnet):
            return None
        half = network.half_named(change.name)
        if half is None or not half.is_under_way:
            if arrived := _is_done(change, half):
                job.written[change.side] = job.last = half
            return arrived
        await context.sleep(context.backoff.moment(looks).total_seconds())
    return None


def _is_done(change: Change, half: Half | None) -> bool:
    """Whether what was asked for is there, as far as one half tells: the other may still be missing."""
    match change.action:
        case Action.REMOVE:
            return half is None
        case Action.SYNC:
            return half is not None and half.settled
        case Action.PUT:
            if half is None or half.has_failed or half.state == PeeringState.DISCONNECTED:
                return False
            return (half.remote, half.flags) == (change.remote, change.flags)
