"""Problem details (RFC 9457): what went wrong, where, and what to do, in one form for every error."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"


@dataclass(slots=True, eq=False)  # not frozen: contextlib sets the traceback of what passes through it
class Problem(Exception):
    """An answer that says no. `errors` lists every fault of the input, as (where, what)."""

    status: int
    title: str
    detail: str
    errors: Sequence[tuple[str, str]] = ()

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title or HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = [{"pointer": where, "detail": what} for where, what in self.errors]
        return body
