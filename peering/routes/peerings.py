"""Requests and records."""

from peering import wiring
from peering.core.intake.callers import Role
from peering.service.asking import KeyUsedAgain, ask
from peering.web import api, requests
from peering.web.bodies import read_request
from peering.web.call import Answer, Call
from peering.web.callers import permit
from peering.web.list_query import read_listing
from peering.web.listing import listing
from peering.web.problems import Kind, Problem


async def post_peering(call: Call) -> Answer:
    """Ask for a spoke to be looked at."""
    asked = read_request(call.body, wiring.catalogue())
    if asked.restore:
        permit(call.caller, Role.OPERATE)
    wish = requests.registered(asked, call.who, call.invocation, wiring.now())
    claim = requests.claim_of(call.headers, call.caller, wish)
    registry = (await wiring.tables()).registry
    try:
        return requests.accepted(await ask(wish, registry, call.send, claim))
    except KeyUsedAgain as used:
        raise requests.key_used_again() from used


async def get_request(call: Call) -> Answer:
    """How far a request has got."""
    tables = await wiring.tables()
    return await requests.followed(call.names["id"], tables.registry, tables.records)


async def list_peerings(call: Call) -> Answer:
    """The records, by whatever they are asked for."""
    asked = read_listing(call.query, call.headers)
    return await listing((await wiring.tables()).records, asked, call.url)


async def get_peering(call: Call) -> Answer:
    """One record and its history."""
    return await api.one((await wiring.tables()).records, call.names["hub"], call.names["key"])


async def delete_peering(call: Call) -> Answer:
    """Have a spoke leave at once, without its grace."""
    from peering.service import leaving  # noqa: PLC0415 - reads do without

    hub, key = api.keys_of(call.names["hub"], call.names["key"])
    identity = f"{key}-{call.invocation}"
    try:
        asked = await leaving.leave_at_once(hub, key, call.who, identity, await wiring.context())
    except leaving.NoSuchRow:
        raise api.no_such_record(hub, key) from None
    except leaving.StillWanted as wanted:
        raise Problem(Kind.STILL_WANTED, str(wanted)) from wanted
    except leaving.CannotBeRead as unread:
        told = f"What its tag wants is not known, so nothing was done. {unread} Ask again later."
        raise Problem(Kind.ESTATE_UNREADABLE, told, headers={"Retry-After": "30"}) from unread
    return requests.accepted(asked)


async def retry_peerings(call: Call) -> Answer:
    """Have many spokes looked at again at once."""
    from peering.service.retrying import retry  # noqa: PLC0415 - as above
    from peering.web.retry import read_retry, retried  # noqa: PLC0415 - as above

    which = read_retry(call.body, wiring.catalogue())
    return retried(await retry(which.hub, which.state, call.who, await wiring.context()))
