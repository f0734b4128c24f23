"""What would come of a network, and where there is room for one."""

from peering import wiring
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Vnet
from peering.web import free, plan
from peering.web.call import Answer, Call


async def post_plan(call: Call) -> Answer:
    """What the worker would make of a network that exists, or of one that is planned."""
    from peering.service.what_if import what_if  # noqa: PLC0415 - no other answer needs it

    context = await wiring.context()
    return await plan.plan(what_if(plan.read_question(call.body, context.catalogue), context))


async def get_free(call: Call) -> Answer:
    """Ranges of a size that a new network at a hub could have."""
    from peering.service.hubs import claims_at, hub_now  # noqa: PLC0415 - as above

    context = await wiring.context()
    wanted = free.read_wanted(call.query, context.catalogue)
    now = await hub_now(wanted.policy, context)
    if isinstance(now.hub, AzureFailure):
        raise plan.azure_unreadable(now.hub)
    if not isinstance(now.hub, Vnet):
        raise free.hub_is_missing(wanted.policy)
    return Answer(200, free.free_body(wanted, claims_at(now.hub, now, context.catalogue)))
