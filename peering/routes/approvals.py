"""What a person decides about a network that waits for him."""

from typing import TYPE_CHECKING

from peering import wiring
from peering.web.api import keys_of
from peering.web.call import Answer, Call
from peering.web.limits import hub_of

if TYPE_CHECKING:
    from peering.core.record.approvals import Say


async def post_approve(call: Call) -> Answer:
    """Let a network in, let it have more addresses, or let it go to another hub."""
    from peering.web.approvals import read_approval  # noqa: PLC0415 - reads do without

    return await _decide(call, read_approval(call))


async def post_refuse(call: Call) -> Answer:
    """Refuse that; nobody is asked again while the network has the same addresses."""
    from peering.web.approvals import read_refusal  # noqa: PLC0415 - as above

    return await _decide(call, read_refusal(call))


async def _decide(call: Call, say: "Say") -> Answer:
    from peering.service.approvals import Objected, decide  # noqa: PLC0415 - as above
    from peering.web.approvals import cannot_count, decided  # noqa: PLC0415 - as above

    context = await wiring.context()
    policy = context.catalogue.hubs[hub_of(call.names["hub"], context.catalogue)]
    _, key = keys_of(policy.name, call.names["key"])
    try:
        return decided(await decide(policy, key, say, context))
    except Objected as no:
        raise cannot_count(no.why, no.row, policy.name, key) from no
