"""Pauses, and what the brake holds back."""

from peering import wiring
from peering.web import limits
from peering.web.call import Answer, Call


async def get_pauses(_: Call) -> Answer:
    """What is paused, by whom, why and until when."""
    return await limits.pauses((await wiring.tables()).pauses)


async def post_pause(call: Call) -> Answer:
    """Have nothing written: for everything, for a hub or for a spoke."""
    from peering.service.control import pause  # noqa: PLC0415 - reads do without

    context = await wiring.context()
    asked = limits.read_pause(call.body, context.catalogue, call.who, context.clock())
    await pause(asked, context)
    return Answer(200, limits.pause_body(asked))


async def delete_pause(call: Call) -> Answer:
    """End a pause before its time."""
    from peering.service.control import resume  # noqa: PLC0415 - as above

    scope = limits.scope_of(call.query)
    if not await resume(scope, call.who, await wiring.context()):
        raise limits.no_such_pause(scope)
    return Answer(200, {"scope": scope, "ended": True})


async def get_held(call: Call) -> Answer:
    """What the brake holds back at a hub."""
    from peering.service.control import held_at  # noqa: PLC0415 - as above

    hub = limits.hub_of(call.names["hub"], wiring.catalogue())
    held = await held_at(hub, (await wiring.tables()).records)
    return Answer(200, limits.held_body(held.hub, held.digest, held.rows))


async def post_release(call: Call) -> Answer:
    """Let go of what the brake holds back, as the list was that somebody has looked at."""
    from peering.service.control import release  # noqa: PLC0415 - as above

    context = await wiring.context()
    hub = limits.hub_of(call.names["hub"], context.catalogue)
    held = await release(hub, limits.read_release(call.body), call.who, context)
    if held is None:
        raise limits.another_list(hub)
    return Answer(202, limits.held_body(held.hub, held.digest, held.rows))
