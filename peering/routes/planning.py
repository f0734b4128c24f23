"""What would come of a network, and where there is room for one."""

from peering import wiring
from peering.web import plan
from peering.web.call import Answer, Call


async def post_plan(call: Call) -> Answer:
    """What the worker would make of a network that exists, or of one that is planned."""
    from peering.service.what_if import what_if  # noqa: PLC0415 - no other answer needs it

    context = await wiring.context()
    return await plan.plan(what_if(plan.read_question(call.body, context.catalogue), context))
