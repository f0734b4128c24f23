"""The parameters of the path, of the query and of headers, each described once."""

from collections.abc import Iterator, Mapping

from peering.core.record.record import State
from peering.core.record.selection import SORT_KEYS
from peering.web.openapi.operation import Operation
from peering.web.openapi.shapes import Schema, moment, network, number, text, word
from peering.web.route_table import Route

_ID = "^[0-9A-Fa-f]{32}-[A-Za-z0-9_-]{1,67}$"
PATH: Mapping[str, Schema] = {
    "hub": text("The hub's name in the catalogue, in any case.", pattern="^[A-Za-z0-9-]{1,40}$", examples=["prod-weu"]),
    "id": text("The request's id, as it was given out.", pattern=_ID),
    "key": text("The network's key, as every record has it.", pattern="^[0-9A-Fa-f]{32}$"),
}
QUERY: Mapping[str, Schema] = {
    "code": text(
        "Only with a finding of this code. The host takes a parameter of this name for a function key, too: "
        "what is no code of a finding is taken for one, unless the key is in its header."
    ),
    "hub": text("Only at this hub.", pattern="^ *[A-Za-z0-9-]{1,40} *$"),
    "id": text("Only what the request with this id is about.", pattern=_ID),
    "size": number("How many there may be on a page.", minimum=1, maximum=1000, default=100),
    "spoke": network("Only this network, by its resource id."),
    "state": word(State, "Only in this state."),
    "since": moment("Only what was last asked for at this time or later."),
    "sort": text("The order; a `-` before it turns it round.", pattern=f"^-?({'|'.join(SORT_KEYS)})$"),
    "subscription": text(
        "Only networks of this subscription.", pattern="^ *[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12} *$"
    ),
    "token": text("Where the page begins: from the `next` of the page before, unchanged."),
}
_OF_A_PAUSE: Mapping[str, Schema] = {
    "hub": text("The hub whose pause is ended.", pattern=r"\S"),
    "spoke": network("The network whose pause is ended."),
}
_OF_FREE: Mapping[str, Schema] = {
    "hub": text("The hub's name.", pattern=r"\S"),
    "size": text("The prefix length of the range: 8 to 29 for IPv4, more for IPv6.", pattern="^/?[0-9]{1,3}$"),
}
_NEEDED = {"get_free": ("hub", "size")}
_OF: Mapping[str, Mapping[str, Schema]] = {"delete_pause": _OF_A_PAUSE, "get_free": _OF_FREE}
HEADERS: Mapping[str, Schema] = {
    "Idempotency-Key": text(
        "A word of your own, such as a UUID. The same request sent again with it, within a week, is the same request. "
        "An empty one is as none: the host leaves it out.",
        pattern=r"^[ \t]*[!-~]{0,200}[ \t]*$",
    ),
}


def parameters(route: Route, operation: Operation) -> Iterator[Schema]:
    """Those of one route, as OpenAPI has them."""
    for part in route.path.split("/"):
        if part.startswith("{"):
            yield _parameter(part[1:-1], "path", PATH[part[1:-1]]) | {"required": True}
    for name in route.query:
        needed = {"required": True} if name in _NEEDED.get(route.name, ()) else {}
        yield _parameter(name, "query", {**QUERY, **_OF.get(route.name, {})}[name]) | needed
    for name in operation.headers:
        yield _parameter(name, "header", HEADERS[name])


def _parameter(name: str, where: str, schema: Schema) -> Schema:
    says = {key: value for key, value in schema.items() if key == "description"}
    rest = {key: value for key, value in schema.items() if key != "description"}
    return {"name": name, "in": where} | says | {"schema": rest}
