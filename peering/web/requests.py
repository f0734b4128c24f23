"""Requests by HTTP: how one is asked for, sent again, and followed, without HTTP."""

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from peering.core.intake.callers import Caller
from peering.core.intake.registered import Claim, Registered, digest_of, name_of
from peering.core.record.request_stage import Stage, request_body
from peering.ports import Records, Registry
from peering.web.bodies import Asked
from peering.web.call import Answer
from peering.web.problems import Kind, Problem

REQUEST_ID = re.compile(r"([0-9a-f]{32})-[\w-]{1,67}", re.ASCII)
"""The key of its spoke, and the invocation."""
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_SOON = "2"  # seconds until it is worth asking again


def registered(asked: Asked, who: str, invocation: str, now: datetime) -> Registered:
    """What is written down of a request. Its id holds the key of its spoke."""
    identity = f"{asked.spoke.key}-{invocation}"
    return Registered(id=identity, spoke=asked.spoke, hub=asked.hub, restore=asked.restore, who=who, when=now)


def claim_of(headers: Mapping[str, str], caller: Caller, asked: Registered) -> Claim | None:
    """The key of idempotency that the caller has sent, None where he has sent none; raises Problem for an odd one."""
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key.strip()):
        told = "Idempotency-Key should have 1 to 200 visible ASCII characters, such as a UUID."
        raise Problem(Kind.BAD_PARAMETER, told, [("Idempotency-Key", "should have 1 to 200 visible ASCII characters")])
    wish = {"spoke": asked.spoke.key, "hub": asked.hub, "restore": asked.restore}
    digest = digest_of("POST /api/peerings", wish)
    return Claim(name=name_of(caller, key.strip()), digest=digest, request=asked.id, when=asked.when)


def key_used_again() -> Problem:
    """The key of idempotency belongs to another request."""
    told = (
        "The Idempotency-Key was used before for another body. Send the first body again to be told its answer, or "
        "another key for another request."
    )
    return Problem(Kind.KEY_USED_AGAIN, told, [("Idempotency-Key", "was used before for another body")])


def accepted(asked: Registered) -> Answer:
    """202: where to follow the request, and where to find the records of its spoke."""
    where = f"/api/requests/{asked.id}"
    records = f"/api/peerings?spoke={quote(str(asked.spoke), safe='')}"
    told = {"id": asked.id, "key": asked.spoke.key, "request": where, "status": records}
    return Answer(202, told, {"Location": where, "Retry-After": _SOON})


async def followed(identity: str, registry: Registry, records: Records) -> Answer:
    """`GET /api/requests/{id}`: how far it has got. The registry is read first: what it says done is in the records."""
    identity = identity.strip().lower()
    asked = await registry.get(identity) if REQUEST_ID.fullmatch(identity) else None
    if asked is None:
        raise _no_such_request(identity)
    body = request_body(asked, await records.find_by_key(asked.spoke.key))
    return Answer(200, body, {} if body["status"] == Stage.DONE else {"Retry-After": _SOON})


def _no_such_request(identity: str) -> Problem:
    told = f"No request has the id {identity[:120]!r}. It is kept for a week; the records of its network are kept "
    return Problem(
        Kind.NO_SUCH_REQUEST, told + "as long as it is peered: GET /api/peerings?spoke=<resource id> lists them."
    )
