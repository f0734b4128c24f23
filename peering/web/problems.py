"""Problem details (RFC 9457): what went wrong, where, and what to do, in one form for every error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

MEDIA_TYPE = "application/problem+json"
PAGE = "/api/problems#"
"""Where each kind is explained: a page of the app's own, so that it is there wherever the app is."""


class Kind(Enum):
    """Every kind of problem: its name in `type`, its HTTP status, and its title, which is the same each time."""

    NOT_JSON = ("not-json", 400, "The body is not JSON")
    NOT_AN_OBJECT = ("not-an-object", 400, "The body is not an object")
    BAD_PARAMETER = ("bad-parameter", 400, "A parameter cannot be used")
    NOT_SIGNED_IN = ("not-signed-in", 401, "Who calls is not known")
    NOT_ALLOWED = ("not-allowed", 403, "Not allowed")
    OWN_REQUEST = ("own-request", 403, "It is your own request")
    NO_SUCH_ROUTE = ("no-such-route", 404, "There is nothing at this address")
    NO_SUCH_RECORD = ("no-such-record", 404, "No such record")
    NO_SUCH_REQUEST = ("no-such-request", 404, "No such request")
    NO_SUCH_HUB = ("no-such-hub", 404, "No such hub")
    NO_SUCH_PAUSE = ("no-such-pause", 404, "No such pause")
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405, "Not with this method")
    ADDRESSES_CHANGED = ("addresses-changed", 409, "The addresses have changed")
    STILL_WANTED = ("still-wanted", 409, "It is still wanted")
    ANOTHER_LIST = ("another-list", 409, "Another list")
    NOTHING_TO_DECIDE = ("nothing-to-decide", 409, "Nothing has to be decided")
    BODY_TOO_LARGE = ("body-too-large", 413, "The body is too large")
    ESTATE_TOO_LARGE = ("estate-too-large", 413, "The estate is too large for one answer")
    TOO_MANY_TO_SORT = ("too-many-to-sort", 413, "Too many records to sort")
    UNUSABLE = ("unusable", 422, "The request cannot be used")
    KEY_USED_AGAIN = ("key-used-again", 422, "The Idempotency-Key was used before")
    UNFORESEEN = ("unforeseen", 500, "A fault of Autopeer's own")
    BUSY_RECORD = ("busy-record", 503, "The record changes all the time")
    NOT_CONFIGURED = ("not-configured", 503, "Autopeer is not configured")
    NOT_READY = ("not-ready", 503, "What Autopeer leans on does not answer")
    STORAGE_UNAVAILABLE = ("storage-unavailable", 503, "The records cannot be reached")
    ESTATE_UNREADABLE = ("estate-unreadable", 503, "The estate cannot be read")
    TOO_SLOW = ("too-slow", 503, "It takes too long")

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title


@dataclass(slots=True, eq=False)  # not frozen: contextlib sets the traceback of what passes through it
class Problem(Exception):
    """An answer that says no. `errors` lists every fault of the input, as (where, what); `headers` go with it.

    Where is a JSON pointer into the body, the name of a parameter, or the key of a setting.
    """

    kind: Kind
    detail: str
    errors: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return self.kind.status

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": PAGE + self.kind.slug,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.errors:
            place = "parameter" if self.kind in (Kind.BAD_PARAMETER, Kind.KEY_USED_AGAIN) else "pointer"
            body["errors"] = [{place: where, "detail": what} for where, what in self.errors]
        return body


def unusable(errors: Sequence[tuple[str, str]]) -> Problem:
    """A body with faults: the first of them in words, all of them by their place."""
    return Problem(Kind.UNUSABLE, _first_of(errors), errors)


def bad_parameters(errors: Sequence[tuple[str, str]]) -> Problem:
    """Parameters of the query, of the path or of a header that cannot be used, each as (its name, what of it)."""
    return Problem(Kind.BAD_PARAMETER, _first_of(errors), errors)


def _first_of(errors: Sequence[tuple[str, str]]) -> str:
    (where, what), *more = errors
    end = "" if what.endswith((".", "?")) else "."
    others = f" There is more: {len(more)} in errors." if more else ""
    return f"{shown(where.removeprefix('#/')) or 'The body'} {what}{end}{others}"


def shown(name: str) -> str:
    """A name that somebody else has chosen, on one line: details are logged."""
    return name if name.isprintable() else ascii(name)
