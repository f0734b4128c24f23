"""One call of the API, and its answer, without the types of whoever carries them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from peering.core.intake.callers import Caller
from peering.web.route_table import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What somebody asks.

    `names` are the parts of the path that the route leaves open, `headers` have names in small letters, `invocation`
    is the host's id of this call, `url` the address as it was called, `send` puts a message on the queue of requests
    once the answer is given.
    """

    route: Route
    names: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    caller: Caller
    invocation: str
    url: str
    send: Callable[[str], None]

    @property
    def who(self) -> str:
        """Who asks, as records say it."""
        return self.caller.name


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, JSON body and headers."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
