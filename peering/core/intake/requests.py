"""A request: "look at this spoke again". It is what every door puts on the queue, and it never says what to do."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from peering.core.intake.fields import Fields, InvalidRequest
from peering.core.network.resource_ids import InvalidResourceId, VnetId

_LONGEST_SLEEP = 6 * 24 * 3600  # seconds


class Door(StrEnum):
    """The ways in."""

    EVENT = "event"
    HTTP = "http"
    SWEEP = "sweep"
    RETRY = "retry"


class NamedBy(StrEnum):
    """Who chose the hub: the network's tag, or a manual request."""

    TAG = "tag"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Look at `spoke` again; if it is a hub, and `gateway`, because a gateway has come or gone that may be its own.

    `who` is the object id (or key name) of whoever caused it, `correlation` ties it to the caller's own logs, `hub` is
    the hub that a manual request names and None for every other door, `attempt` counts the tries since the last
    fresh reason to look. `gone` says that the network was deleted, `repeated` that this is the second look at one
    event, `restore` that a person wants the catalogue's switches, whoever has set them otherwise. `half_at` is the hub
    on which a sweep saw a half of ours to a network that nobody has a record of: it is no wish, but what to look at.
    `since` is there on a look that we sent for later: any other that has begun since then will do in its place.
    """

    id: str
    spoke: VnetId
    door: Door
    who: str
    when: datetime
    correlation: str
    hub: str | None = None
    attempt: int = 0
    gateway: bool = False
    gone: bool = False
    repeated: bool = False
    restore: bool = False
    half_at: str | None = None
    since: datetime | None = None

    def again(self, attempt: int) -> "Request":
        """The same request through the retry door."""
        return replace(self, door=Door.RETRY, attempt=attempt)

    def after_a_failure(self) -> "Request":
        """The same request once more: our own storage did not answer."""
        return replace(self, attempt=self.attempt + 1)

    def to_json(self) -> str:
        """One line of JSON, under 2 KiB."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        fields |= {"spoke": str(self.spoke), "when": self.when.isoformat(), "kind": "request"}
        fields["since"] = self.since.isoformat() if self.since else None
        return json.dumps({name: value for name, value in fields.items() if value is not None and value is not False})

    @classmethod
    def from_document(cls, document: dict[str, Any], now: datetime) -> Self:
        """Read what `to_json` wrote; raise InvalidRequest naming the field that is wrong."""
        read = Fields(document)
        try:
            return cls(
                id=read.short("id"),
                spoke=VnetId.parse(read.text("spoke")),
                door=read.word("door", Door),
                who=read.short("who"),
                when=read.moment("when", now),
                correlation=read.short("correlation"),
                hub=read.short_if_any("hub"),
                attempt=read.count("attempt"),
                gateway=document.get("gateway") is True,
                gone=document.get("gone") is True,
                repeated=document.get("repeated") is True,
                restore=document.get("restore") is True,
                half_at=read.short_if_any("half_at"),
                since=read.moment("since", now) if document.get("since") is not None else None,
            )
        except InvalidResourceId as error:
            raise InvalidRequest(f"the request's 'spoke' is wrong: {error}") from error


GATEWAY = "gateway"
"""The kind of message that a GatewayRequest is."""
# To a version from before there was this kind it is an event of somebody else's: let go, and not laid aside as garbage.
_TO_AN_EARLIER_VERSION = {"eventType": "Autopeer.Gateway", "data": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRequest:
    """Look again at every hub that lies in `subscription`: a gateway there has come or gone, and it does not say whose.

    The other fields are those of a Request.
    """

    id: str
    subscription: str
    who: str
    when: datetime
    correlation: str
    attempt: int = 0

    def about(self, hub: VnetId) -> Request:
        """The request about one hub that comes of it."""
        return Request(
            id=self.id,
            spoke=hub,
            door=Door.EVENT,
            who=self.who,
            when=self.when,
            correlation=self.correlation,
            gateway=True,
        )

    def after_a_failure(self) -> "GatewayRequest":
        """The same once more: our own storage did not answer."""
        return replace(self, attempt=self.attempt + 1)

    def to_json(self) -> str:
        """One line of JSON."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json.dumps(fields | {"when": self.when.isoformat(), "kind": GATEWAY} | _TO_AN_EARLIER_VERSION)

    @classmethod
    def from_document(cls, document: dict[str, Any], now: datetime) -> Self:
        """Read what `to_json` wrote; raise InvalidRequest naming the field that is wrong."""
        read = Fields(document)
        return cls(
            id=read.short("id"),
            subscription=read.short("subscription"),
            who=read.short("who"),
            when=read.moment("when", now),
            correlation=read.short("correlation"),
            attempt=read.count("attempt"),
        )


def visible_in(delay: timedelta) -> int:
    """A queue's visibility time-out: whole seconds, rounded up, and well inside the seven days that Azure allows.

    What is due later wakes early and sleeps again.
    """
    return min(max(0, -int(-delay.total_seconds() // 1)), _LONGEST_SLEEP)
