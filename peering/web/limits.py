"""The routes by which a person pauses, resumes and releases, without HTTP."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision.findings import names_no_hub
from peering.core.decision.pause import Pause
from peering.core.record.document import record_body
from peering.core.record.record import Record
from peering.ports import Pauses
from peering.web.bodies import hub_in, spoke_in, vnet_of
from peering.web.call import Answer
from peering.web.json_body import object_in, unknown_in
from peering.web.moments import read_moment
from peering.web.problems import Kind, Problem, bad_parameters, unusable

_REASON = 200
_PAUSE = {"hub", "spoke", "reason", "until"}
_DIGEST = re.compile(r"[0-9a-f]{16}")


def read_pause(body: bytes, catalogue: Catalogue, who: str, now: datetime) -> Pause:
    """The body of `POST /api/pause`; raises Problem with every fault of it."""
    document = object_in(body, '{"hub": "prod-weu", "reason": "change 4711", "until": "2026-11-26T08:00:00Z"}')
    errors = unknown_in(document, _PAUSE, "a pause has hub, spoke, reason and until")
    hub = hub_in(document.get("hub"), catalogue, errors)
    spoke = None if (named := document.get("spoke")) is None else spoke_in(named, errors)
    until = _until(document.get("until"), now, errors)
    reason = document.get("reason")
    if not isinstance(reason, str) or not 1 <= len(reason.strip()) <= _REASON or not reason.strip().isprintable():
        errors.append(("#/reason", f"should say why, in one line of 1 to {_REASON} characters"))
    if errors:
        raise unusable(errors)
    return Pause(reason=str(reason).strip(), who=who, since=now, hub=hub, spoke=spoke, until=until)


def _until(value: object, now: datetime, errors: list[tuple[str, str]]) -> datetime | None:
    if value is None:
        return None
    when = read_moment(value) if isinstance(value, str) else None
    if when is None or when <= now:
        errors.append(("#/until", "should be a time to come, with its offset, such as 2026-11-26T08:00:00Z"))
        return None
    return when


def scope_of(query: Mapping[str, str]) -> str:
    """Which pause `DELETE /api/pause?hub=&spoke=` ends: that of a spoke, of a hub, or the one of everything."""
    if "spoke" in query:
        return f"spoke {vnet_of(query['spoke']).key}"
    if "hub" not in query:
        return "everything"
    if not query["hub"].strip():
        raise bad_parameters([("hub", "is empty: name the hub, or leave it out to end the pause of everything")])
    return f"hub {query['hub'].strip().lower()}"


def hub_of(name: str, catalogue: Catalogue) -> str:
    """The hub in a route; raises Problem for one that nobody knows."""
    return policy_of(name, catalogue).name


def policy_of(name: str, catalogue: Catalogue) -> HubPolicy:
    """The same hub, with all that the catalogue says of it."""
    if policy := catalogue.hub(name):
        return policy
    raise Problem(Kind.NO_SUCH_HUB, f"The path {names_no_hub(name, catalogue)}")


async def pauses(port: Pauses) -> Answer:
    """`GET /api/pause`: every pause, those that are over among them until somebody ends them."""
    return Answer(200, {"value": [pause_body(pause) for pause in await port.all()]})


def no_such_pause(scope: str) -> Problem:
    """There is nothing to end."""
    return Problem(Kind.NO_SUCH_PAUSE, f"There is no pause of {scope}. GET /api/pause lists those there are.")


def pause_body(pause: Pause) -> dict[str, Any]:
    """A pause as HTTP shows it."""
    return {
        "scope": pause.scope,
        "hub": pause.hub,
        "spoke": str(pause.spoke) if pause.spoke else None,
        "reason": pause.reason,
        "who": pause.who,
        "since": pause.since.isoformat(),
        "until": pause.until.isoformat() if pause.until else None,
    }


def held_body(hub: str, digest: str, rows: tuple[Record, ...]) -> dict[str, Any]:
    """What the brake holds back at a hub, and the digest that a release has to name."""
    return {"hub": hub, "digest": digest, "count": len(rows), "value": [record_body(row) for row in rows]}


def read_release(body: bytes) -> str:
    """The body of `POST /api/hubs/{hub}/release`: the digest of the list that was looked at."""
    document = object_in(body, '{"digest": "0123456789abcdef"}')
    errors = unknown_in(document, {"digest"}, "a release has digest alone")
    digest = document.get("digest")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        what = "should be the 16 digits of the list that you have looked at: GET /api/hubs/{hub}/held shows both"
        errors.append(("#/digest", what))
    if errors:
        raise unusable(errors)
    return str(digest)


def another_list(hub: str) -> Problem:
    """The list has changed since it was looked at, or there is none."""
    detail = (
        f"What is held back at hub {hub!r} is another list by now, or none. Look at GET /api/hubs/{hub}/held again."
    )
    return Problem(Kind.ANOTHER_LIST, detail)
