"""How far a sweep has got and what it has found, and what is kept from one sweep to the next."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from peering.core.intake.requests import Door
from peering.core.record.document import shown_time

STALE = timedelta(hours=2)
"""A sweep that was interrupted goes on where it was; after so long the next one begins anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """One sweep. Times are UTC; `id` is the correlation of all its requests.

    `pages` and `networks` are what Resource Graph showed, `hubs` how many were looked at, `unread` those of them that
    could not be read. `differences` counts by kind what it found, `queued` the messages it sent; `rows` and `entries`
    are what it has cleared away of records and history. `position` is the last hub that is done.
    """

    id: str
    door: str
    who: str
    started: datetime
    finished: datetime | None = None
    pages: int = 0
    networks: int = 0
    hubs: int = 0
    unread: int = 0
    differences: Mapping[str, int] = field(default_factory=dict)
    queued: int = 0
    rows: int = 0
    entries: int = 0
    position: str = ""

    @property
    def is_complete(self) -> bool:
        return self.finished is not None

    def with_found(self, kinds: Mapping[str, int], queued: int) -> "SweepReport":
        """So many more of each kind, and so many more messages."""
        total = Counter(self.differences)
        total.update(kinds)
        return replace(self, differences=dict(sorted(total.items())), queued=self.queued + queued)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepBook:
    """What is kept between sweeps.

    `current` is the latest sweep, under way or not, `last` the last that came to its end. `digests` are those of the
    hubs' policies as the last sweep knew them, `history` is where the clearing of the history goes on.
    """

    current: SweepReport | None = None
    last: SweepReport | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    history: str | None = None

    def under_way(self, now: datetime) -> SweepReport | None:
        """The sweep that somebody began and did not finish, while it is worth going on with."""
        report = self.current
        return report if report and not report.is_complete and now - report.started < STALE else None


_TIMES = ("started", "finished")
_COUNTS = ("pages", "networks", "hubs", "unread", "queued", "rows", "entries")


def report_body(report: SweepReport) -> dict[str, Any]:
    """A report as HTTP shows it: camelCase is all one word here."""
    times = {name: shown_time(getattr(report, name)) for name in _TIMES}
    counts = {name: getattr(report, name) for name in _COUNTS}
    return {"id": report.id, "door": report.door, "who": report.who, **times, **counts} | {
        "differences": dict(report.differences)
    }


def book_body(book: SweepBook) -> dict[str, Any]:
    """`GET /api/sweep`: the latest sweep, whose `finished` is null while it is under way, and the last complete one."""
    latest = report_body(book.current) if book.current else None
    return {"latest": latest, "lastComplete": report_body(book.last) if book.last else None}


def book_to_document(book: SweepBook) -> dict[str, Any]:
    """The book as JSON."""
    reports = {"current": book.current, "last": book.last}
    kept = {name: report_body(each) | {"position": each.position} for name, each in reports.items() if each}
    return {**kept, "digests": dict(book.digests), "history": book.history}


def book_from_document(document: Mapping[str, Any]) -> SweepBook:
    """What stands there. What cannot be read counts as not there: the next sweep begins anew, and harms nothing."""
    digests, history = document.get("digests"), document.get("history")
    return SweepBook(
        current=_report(document.get("current")),
        last=_report(document.get("last")),
        digests={str(hub): str(digest) for hub, digest in digests.items()} if isinstance(digests, dict) else {},
        history=history if isinstance(history, str) else None,
    )


def _report(document: object) -> SweepReport | None:
    if not isinstance(document, dict):
        return None
    started, finished = (_time(document.get(name)) for name in _TIMES)
    found = document.get("differences")
    if started is None:
        return None
    return SweepReport(
        id=str(document.get("id", "")),
        door=str(document.get("door", Door.SWEEP)),
        who=str(document.get("who", "")),
        started=started,
        finished=finished,
        differences={str(kind): _count(number) for kind, number in (found or {}).items()},
        position=str(document.get("position", "")),
        **{name: _count(document.get(name)) for name in _COUNTS},
    )


def _time(value: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return when.astimezone(UTC) if when and when.utcoffset() is not None else None


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
