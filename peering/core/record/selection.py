"""Which records somebody wants to see, and in which order. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import nlargest, nsmallest

from peering.core.record.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """All that is given applies, what is None is not asked for.

    `code` is that of a finding, `since` is compared with the time of the last outcome; `subscription` is compared
    without case.
    """

    hub: str | None = None
    state: str | None = None
    code: str | None = None
    subscription: str | None = None
    since: datetime | None = None

    @property
    def reads_more_than_columns(self) -> bool:
        """Whether a row has to be read before anybody can say that it is wanted: no table can compare these."""
        return self.code is not None or self.subscription is not None

    def holds(self, record: Record) -> bool:
        """Whether the record is wanted."""
        finished = record.progress.finished
        return (
            self.hub in (None, record.hub)
            and self.state in (None, record.state)
            and (self.code is None or any(finding.code == self.code for finding in record.found.findings))
            and (self.subscription is None or record.spoke.subscription.lower() == self.subscription.lower())
            and (self.since is None or (finished is not None and finished >= self.since))
        )


EVERYTHING = Selection()

type Place = tuple[str, str, str]
"""Where a record stands in an order: its value as text, its hub and its spoke's key."""

SORT_KEYS: dict[str, Callable[[Record], str | None]] = {
    "spoke": lambda record: record.spoke.lowered,
    "hub": lambda record: record.hub,
    "state": lambda record: str(record.state),
    "requested": lambda record: _moment(record.asked.requested),
    "started": lambda record: _moment(record.progress.started),
    "finished": lambda record: _moment(record.progress.finished),
    "notBefore": lambda record: _moment(record.progress.not_before),
}
"""What a list can be sorted by, under the names of the document; each gives a text that sorts as the value does."""


def _moment(value: datetime | None) -> str | None:
    """Always with all its digits, in UTC: so it sorts as text."""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None


@dataclass(frozen=True, slots=True)
class Order:
    """By one of SORT_KEYS, or the other way round. Who has no value comes last either way."""

    key: str
    descending: bool = False

    def place(self, record: Record) -> Place:
        """Where the record stands."""
        value = SORT_KEYS[self.key](record)
        present = "0" if (value is None) is self.descending else "1"  # none: the largest, or the smallest of all
        return (present + (value or ""), record.hub, record.spoke.key)

    def first(self, records: Iterable[Record], count: int) -> list[Record]:
        """The first of them, in order."""
        return nlargest(count, records, key=self.place) if self.descending else nsmallest(count, records, self.place)

    def is_behind(self, record: Record, place: Place) -> bool:
        """Whether the record comes after that place."""
        return self.place(record) < place if self.descending else self.place(record) > place
