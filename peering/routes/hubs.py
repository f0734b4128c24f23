"""The hubs: their rules, and how they stand."""

import asyncio

from peering import wiring
from peering.core.record.held_list import HeldList
from peering.web import hubs
from peering.web.call import Answer, Call
from peering.web.limits import policy_of


async def list_hubs(_: Call) -> Answer:
    """Every hub, from the catalogue and the records alone."""
    from peering.service.hubs import tallies  # noqa: PLC0415 - no other answer needs it

    tables, now = await wiring.tables(), wiring.now()
    found, pauses = await asyncio.gather(tallies(wiring.catalogue(), tables.records), tables.pauses.all())
    return Answer(200, {"value": [hubs.hub_body(policy, tally, pauses, now) for policy, tally in found]})


async def get_hub(call: Call) -> Answer:
    """One hub, with what Azure shows of it."""
    from peering.service.hubs import hub_now, space_at  # noqa: PLC0415 - as above

    context = await wiring.context()
    policy, ports = policy_of(call.names["hub"], context.catalogue), context.ports
    now, tally, pauses = await asyncio.gather(
        hub_now(policy, context), ports.records.tally(policy.name), ports.pauses.all()
    )
    held = HeldList.of(policy.name, now.rows)
    whole = hubs.Whole(
        policy=policy,
        tally=tally,
        pauses=pauses,
        note=now.note,
        seen=now.hub,
        space=space_at(now, context.catalogue),
        release=(len(held.rows), held.digest),
    )
    return Answer(200, hubs.whole_body(whole, context.clock()))
