"""Retry in bulk, without HTTP."""

from dataclasses import dataclass

from peering.core.catalogue.policy import UNKNOWN, Catalogue
from peering.core.record.record import State
from peering.core.record.retried import MOST, RETRIED, Retried
from peering.web.bodies import hub_in
from peering.web.call import Answer
from peering.web.json_body import object_in, unknown_in
from peering.web.problems import unusable

_FIELDS = {"hub", "state"}


@dataclass(frozen=True, slots=True)
class Which:
    """The rows that are meant: of a hub, in a state, or both."""

    hub: str | None
    state: State | None


def read_retry(body: bytes, catalogue: Catalogue) -> Which:
    """The body of `POST /api/peerings:retry`; raises Problem with every fault of it.

    One of the two has to be there: nobody shall have everything looked at by an empty body. `unknown` is where the
    spokes are whose hub nobody knows.
    """
    document = object_in(body, '{"hub": "prod-weu", "state": "Failed"}')
    errors = unknown_in(document, _FIELDS, "a retry has hub and state")
    named = document.get("hub")
    hub = UNKNOWN if named == UNKNOWN else hub_in(named, catalogue, errors)
    state = _state(document.get("state"), errors)
    if named is None and document.get("state") is None:
        errors.append(("#/hub", "is missing, and so is state: give one of the two, or both"))
    if errors:
        raise unusable(errors)
    return Which(hub, state)


def _state(value: object, errors: list[tuple[str, str]]) -> State | None:
    if value is None:
        return None
    if value not in RETRIED:
        errors.append(("#/state", f"should be one of {', '.join(RETRIED)}"))
        return None
    return State(str(value))


def retried(done: Retried) -> Answer:
    """202: how many are looked at again, and which."""
    rows = [{"hub": row.hub, "key": row.spoke.key, "spoke": str(row.spoke)} for row in done.rows]
    return Answer(202, {"count": len(rows), "more": done.more, "most": MOST, "value": rows}, {"Retry-After": "5"})
