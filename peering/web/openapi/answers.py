"""Answers as OpenAPI has them: the good ones of each route, and the problems, each kind with an example."""

from collections.abc import Sequence
from itertools import groupby

from peering.web.openapi.operation import Operation, Says
from peering.web.openapi.shapes import Schema, number, ref, rows, text, thing, word
from peering.web.problem_page import EXPLAINED
from peering.web.problems import MEDIA_TYPE, PAGE, Kind
from peering.web.route_table import Route

ALWAYS = (
    Kind.BAD_PARAMETER,
    Kind.NOT_ALLOWED,
    Kind.UNFORESEEN,
    Kind.NOT_CONFIGURED,
    Kind.STORAGE_UNAVAILABLE,
)
"""What every route that needs a key may answer; a query that it does not know is refused everywhere."""
OPEN = {"get_health": (Kind.NOT_CONFIGURED,), "get_health_live": (Kind.NOT_CONFIGURED,)}
"""What those may answer that need none."""

_EVERY = ("Cache-Control", "X-Content-Type-Options")
_BEARS: dict[Kind, tuple[str, ...]] = {
    Kind.BUSY_RECORD: ("Retry-After",),
    Kind.NOT_READY: ("Retry-After",),
    Kind.STORAGE_UNAVAILABLE: ("Retry-After",),
    Kind.ESTATE_UNREADABLE: ("Retry-After",),
    Kind.METHOD_NOT_ALLOWED: ("Allow",),
}
HEADERS: dict[str, Schema] = {
    name: {"description": says, "required": True, "schema": schema}
    for name, says, schema in (
        ("Cache-Control", "No answer is to be kept.", text(const="no-store")),
        ("X-Content-Type-Options", "The type of the body is the one that is named.", text(const="nosniff")),
        ("Location", "Where to look, from the root of the app.", text(format="uri-reference")),
        ("Retry-After", "In how many seconds to ask again.", number()),
        ("Allow", "The methods that the path takes.", text()),
    )
}
PROBLEM = thing(
    "What went wrong, where, and what to do (RFC 9457).",
    {
        "type": word([PAGE + kind.slug for kind in Kind], "The kind, and where it is explained.")
        | {"format": "uri-reference"},
        "title": text("The kind in words, the same each time."),
        "status": number("The status of the answer."),
        "detail": text("What is wrong this time: the first fault, and what to do."),
    },
    {
        "errors": rows(ref("Fault"), "Every fault of what was sent, or of the configuration."),
        "checks": rows(ref("Probe"), "With `not-ready`: what was asked, and what it answered."),
    },
)
FAULT = thing(
    "One fault, and where it is: in the body, or in a parameter.",
    {"detail": text("What is wrong there, and what it should be.")},
    {
        "pointer": text("A JSON pointer into the body, as a URI fragment has it, or the key of a setting."),
        "parameter": text("The name of a parameter of the query, of the path or of a header."),
    },
)
SCHEMAS = {"Problem": PROBLEM, "Fault": FAULT, "OpenApi": thing("An OpenAPI document.", {"openapi": text()}) | {
    "additionalProperties": True}}  # fmt: skip


def responses(route: Route, operation: Operation) -> dict[str, Schema]:
    """Every answer of a route, by its status."""
    good = {str(says.status): _good(says) for says in operation.answers}
    kinds = {*operation.problems, *(OPEN.get(route.name, ()) if route.is_open else ALWAYS)}
    bad = {str(status): _bad(list(same)) for status, same in groupby(sorted(kinds, key=_status), key=_status)}
    keyless = {} if route.is_open else {"401": {"$ref": "#/components/responses/NoKey"}}
    return dict(sorted((good | keyless | bad).items()))


def shared_responses() -> dict[str, Schema]:
    """What is answered where there is no route, and to who may not ask."""
    return {
        "NoKey": {
            "description": "Without a valid key or token: the host, or Entra before it, says so with an empty body. "
            "Where what Entra says of the caller cannot be read, the body is the problem `not-signed-in`."
        },
        "NoSuchRoute": _bad([Kind.NO_SUCH_ROUTE]),
        "MethodNotAllowed": _bad([Kind.METHOD_NOT_ALLOWED]),
    }


def examples() -> dict[str, Schema]:
    """One of each kind of problem, but for the one whose answer is mostly empty."""
    shown = [kind for kind in Kind if kind is not Kind.NOT_SIGNED_IN]
    return {kind.slug: {"summary": kind.title, "value": _example(kind)} for kind in shown}


def _status(kind: Kind) -> int:
    return kind.status


def _good(says: Says) -> Schema:
    kind, schema = ("application/json", ref(says.schema)) if says.schema else ("text/html", text())
    return {
        "description": says.means,
        "headers": _headers(*says.headers) | {name: _maybe(name) for name in says.may_bear},
        "content": {kind: {"schema": schema}},
    }


def _bad(kinds: Sequence[Kind]) -> Schema:
    ordered = sorted(kinds, key=lambda kind: kind.slug)
    borne = [name for kind in ordered for name in _BEARS.get(kind, ())]
    headers = _headers(*borne) if len(ordered) == 1 else _headers() | {name: _maybe(name) for name in borne}
    return {
        "description": "; ".join(f"`{kind.slug}`: {kind.title}" for kind in ordered) + ".",
        "headers": headers,
        "content": {
            MEDIA_TYPE: {
                "schema": ref("Problem"),
                "examples": {kind.slug: {"$ref": f"#/components/examples/{kind.slug}"} for kind in ordered},
            }
        },
    }


def _headers(*names: str) -> dict[str, Schema]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*_EVERY, *names)}


def _maybe(name: str) -> Schema:
    """A header that not every kind bears that is answered with this status."""
    return HEADERS[name] | {"required": False}


def _example(kind: Kind) -> Schema:
    cause, remedy = EXPLAINED[kind]
    body: Schema = {"type": PAGE + kind.slug, "title": kind.title, "status": kind.status, "detail": f"{cause} {remedy}"}
    return body | ({"errors": [_FAULTY[kind]]} if kind in _FAULTY else {})


_FAULTY = {
    Kind.BAD_PARAMETER: {"parameter": "size", "detail": "is '0', and should be a whole number from 1 to 1000"},
    Kind.UNUSABLE: {"pointer": "#/restore", "detail": "should be true or false"},
    Kind.NOT_CONFIGURED: {"pointer": "hubs.prod-weu.vnet", "detail": "is missing"},
}
