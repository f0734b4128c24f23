"""The fields of our own messages on the queue, as they are read: each names itself when it is wrong."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # no clock of Azure's is wrong by as much
_LONGEST = 512  # characters of an id, a name or a tag value; Azure's own are shorter


class InvalidRequest(ValueError):
    """The message on the queue is not a request; the text says why."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A message and what it is called; every method raises InvalidRequest for a field that is no such thing."""

    document: dict[str, Any]
    what: str = "the request"

    def text(self, key: str) -> str:
        value = self.document.get(key)
        if not isinstance(value, str):
            raise InvalidRequest(f"{self.what}'s {key!r} should be a text, not {value!r}.")
        return value

    def short(self, key: str) -> str:
        """A text that fits into the row it is written to."""
        value = self.text(key)
        if len(value) > _LONGEST:
            raise InvalidRequest(f"{self.what}'s {key!r} has {len(value)} characters; it may have {_LONGEST}.")
        return value

    def short_if_any(self, key: str) -> str | None:
        return self.short(key) if self.document.get(key) is not None else None

    def word[T: StrEnum](self, key: str, words: type[T]) -> T:
        """One of the words that this version knows."""
        value = self.text(key)
        try:
            return words(value)
        except ValueError as error:
            raise InvalidRequest(f"{self.what} cannot be read: {error}.") from error

    def count(self, key: str) -> int:
        """A whole number that is not negative, 0 where there is none."""
        value = self.document.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InvalidRequest(f"{self.what}'s {key!r} should be a whole number, not {value!r}.")
        return value

    def moment(self, key: str, now: datetime) -> datetime:
        """A time of ours. It may have waited for long; one before there was an Azure is a default."""
        text = self.text(key)
        try:
            when = datetime.fromisoformat(text)
        except ValueError as error:
            raise InvalidRequest(f"{self.what}'s {key!r} cannot be read: {error}.") from error
        if when.utcoffset() is None:
            raise InvalidRequest(f"{self.what}'s {key!r} has no offset from UTC.")
        return likely_time(when, now, earliest=_EARLIEST)


def likely_time(when: datetime, now: datetime, *, earliest: datetime) -> datetime:
    """The time in UTC, or `now` for one that is far off: before `earliest`, or more than a day ahead.

    Programs write the first time there is for one they do not know (.NET: 0001-01-01), and no table holds that.
    """
    try:
        moment = when.astimezone(UTC)
    except OverflowError:
        return now
    return moment if earliest <= moment <= now + _AHEAD else now
