"""A request: "look at this spoke again". It is what every door puts on the queue, and it never says what to do."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from peering.core.network.resource_ids import InvalidResourceId, VnetId

_LONGEST_SLEEP = 6 * 24 * 3600  # seconds
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # no clock of Azure's is wrong by as much
_LONGEST = 512  # characters of an id, a name or a tag value; Azure's own are shorter


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


class InvalidRequest(ValueError):
    """The message on the queue is not a request; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Look at `spoke` again; if it is a hub, and `gateway`, because a gateway has come or gone that may be its own.

    `who` is the object id (or key name) of whoever caused it, `correlation` ties it to the caller's own logs, `hub` is
    the hub that a manual request names and None for every other door, `attempt` counts the tries since the last
    fresh reason to look. `gone` says that the network was deleted, `repeated` that this is the second look at one
    event, `restore` that a person wants the catalogue's switches, whoever has set them otherwise. `half_at` is the hub
    on which a sweep saw a half of ours to a network that nobody has a record of: it is no wish, but what to look at.
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
        return json.dumps({name: value for name, value in fields.items() if value is not None and value is not False})

    @classmethod
    def from_document(cls, document: dict[str, Any], now: datetime) -> Self:
        """Read what `to_json` wrote; raise InvalidRequest naming the field that is wrong."""
        try:
            return cls(
                id=_short(document, "id"),
                spoke=VnetId.parse(_text(document, "spoke")),
                door=Door(_text(document, "door")),
                who=_short(document, "who"),
                when=_moment(document, now),
                correlation=_short(document, "correlation"),
                hub=_short(document, "hub") if document.get("hub") is not None else None,
                attempt=_count(document, "attempt"),
                gateway=document.get("gateway") is True,
                gone=document.get("gone") is True,
                repeated=document.get("repeated") is True,
                restore=document.get("restore") is True,
                half_at=_short(document, "half_at") if document.get("half_at") is not None else None,
            )
        except InvalidResourceId as error:
            raise InvalidRequest(f"the request's 'spoke' is wrong: {error}") from error
        except InvalidRequest:
            raise
        except ValueError as error:
            raise InvalidRequest(f"the request cannot be read: {error}.") from error


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
        return cls(
            id=_short(document, "id"),
            subscription=_short(document, "subscription"),
            who=_short(document, "who"),
            when=_moment(document, now),
            correlation=_short(document, "correlation"),
            attempt=_count(document, "attempt"),
        )


def likely_time(when: datetime, now: datetime, *, earliest: datetime) -> datetime:
    """The time in UTC, or `now` for one that is far off: before `earliest`, or more than a day ahead.

    Programs write the first time there is for one they do not know (.NET: 0001-01-01), and no table holds that.
    """
    try:
        moment = when.astimezone(UTC)
    except OverflowError:
        return now
    return moment if earliest <= moment <= now + _AHEAD else now


def _moment(document: dict[str, Any], now: datetime) -> datetime:
    """When it was asked for. It may have waited for long; a time before there was an Azure is a default."""
    text = _text(document, "when")
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequest(f"the request's 'when' cannot be read: {error}.") from error
    if when.utcoffset() is None:
        raise InvalidRequest("the request's 'when' has no offset from UTC.")
    return likely_time(when, now, earliest=_EARLIEST)


def _short(document: dict[str, Any], key: str) -> str:
    """A text that fits into the row it is written to."""
    value = _text(document, key)
    if len(value) > _LONGEST:
        raise InvalidRequest(f"the request's {key!r} has {len(value)} characters; it may have {_LONGEST}.")
    return value


def _text(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str):
        raise InvalidRequest(f"the request's {key!r} should be a text, not {value!r}.")
    return value


def _count(document: dict[str, Any], key: str) -> int:
    value = document.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidRequest(f"the request's {key!r} should be a whole number, not {value!r}.")
    return value


def visible_in(delay: timedelta) -> int:
    """A queue's visibility time-out: whole seconds, rounded up, and well inside the seven days that Azure allows.

    What is due later wakes early and sleeps again.
    """
    return min(max(0, -int(-delay.total_seconds() // 1)), _LONGEST_SLEEP)
