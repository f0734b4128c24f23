"""What the document says of one route, beside what the route table knows already."""

from collections.abc import Sequence
from dataclasses import dataclass

from peering.web.openapi.shapes import Schema
from peering.web.problems import Kind


@dataclass(frozen=True, slots=True)
class Says:
    """A good answer: its status, what it means, the schema it has (by name; empty for HTML), the headers it bears.

    `may_bear` are those that it has now and then.
    """

    status: int
    means: str
    schema: str
    headers: Sequence[str] = ()
    may_bear: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Takes:
    """A body: the schema it has (by name), an example, and whether it may be left out."""

    schema: str
    example: object
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route. `problems` are those beside what every route may answer; `headers` are request headers by name.

    `more` is what `summary` leaves unsaid.
    """

    summary: str
    area: str
    answers: Sequence[Says]
    problems: Sequence[Kind] = ()
    body: Takes | None = None
    headers: Sequence[str] = ()
    more: str = ""


LINKED = ("Location", "Retry-After")
BODY = (Kind.NOT_JSON, Kind.NOT_AN_OBJECT, Kind.BODY_TOO_LARGE, Kind.UNUSABLE)
"""What is answered to a body that cannot be used."""

type Schemas = dict[str, Schema]
