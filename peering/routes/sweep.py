"""The sweep: order one, see how far it has got, or ask what one would come to."""

from peering import wiring
from peering.web import api
from peering.web.bodies import read_sweep
from peering.web.call import Answer, Call

_LONGEST = 28.0  # seconds; less than a call may take
_MOST_NETWORKS = 5_000  # in a dry run: they are kept whole, beside everything else


async def get_sweep(_: Call) -> Answer:
    """How far the sweep has got, and what the last one found."""
    return await api.sweep_status((await wiring.tables()).sweeps)


async def post_sweep(call: Call) -> Answer:
    """Order a sweep, or have the one that is under way go on; or say what one would come to."""
    wiring.catalogue()
    if read_sweep(call.body):
        return await _dry_run()
    order, answer = api.order_sweep(call.who, call.invocation, wiring.now())
    call.send(order.to_json())
    return answer


async def _dry_run() -> Answer:
    from peering.service.preview import preview  # noqa: PLC0415 - no other answer needs it
    from peering.web.dry_run import dry_run  # noqa: PLC0415 - as above

    return await dry_run(preview(await wiring.context(), most=_MOST_NETWORKS), _LONGEST)
