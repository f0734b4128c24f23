"""Requests and records."""

from peering import wiring
from peering.core.intake.callers import Role
from peering.web import api
from peering.web.call import Answer, Call
from peering.web.callers import permit
from peering.web.list_query import read_listing
from peering.web.listing import listing


async def post_peering(call: Call) -> Answer:
    """Ask for a spoke to be looked at."""
    request, answer = api.accept(call.body, wiring.catalogue(), call.who, call.invocation, wiring.now())
    if request.restore:
        permit(call.caller, Role.OPERATE)
    call.send(request.to_json())
    return answer


async def list_peerings(call: Call) -> Answer:
    """The records, by whatever they are asked for."""
    asked = read_listing(call.query, call.headers)
    return await listing((await wiring.tables()).records, asked, call.url)


async def get_peering(call: Call) -> Answer:
    """One record and its history."""
    return await api.one((await wiring.tables()).records, call.names["hub"], call.names["key"])
