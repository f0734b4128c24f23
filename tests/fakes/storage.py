"""Records, leases, queue and topic in memory."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from peering.core.records import Record, State
from peering.core.requests import Request
from peering.core.resource_ids import VnetId
from peering.ports import StaleRecord


class FakeRecords:
    """The three tables as dictionaries, with ETags that change on every write."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Record] = {}
        self.entries: list[tuple[datetime, Record]] = []
        self.buried: list[tuple[str, str]] = []
        self._etags = itertools.count(1)

    async def find(self, spoke: VnetId) -> list[Record]:
        return [row for (_, key), row in sorted(self.rows.items()) if key == spoke.key]

    async def get(self, hub: str, key: str) -> Record | None:
        return self.rows.get((hub, key))

    async def save(self, record: Record) -> Record:
        stored = self.rows.get((record.hub, record.spoke.key))
        if (stored.etag if stored else None) != record.etag:
            raise StaleRecord(str(record.spoke))
        saved = replace(record, etag=f"{next(self._etags)}")
        self.rows[record.hub, record.spoke.key] = saved
        return saved

    async def note(self, record: Record, when: datetime) -> None:
        self.entries.append((when, record))

    async def due(self, hub: str, now: datetime, limit: int) -> list[Record]:
        waiting = (row for (name, _), row in self.rows.items() if name == hub)
        open_ = (row for row in waiting if row.state in (State.PENDING, State.LEAVING))
        ready = (row for row in open_ if row.not_before is None or row.not_before <= now)
        return sorted(ready, key=lambda row: (row.requested, row.spoke.key))[:limit]

    async def page(
        self, hub: str | None, state: str | None, size: int, token: str | None
    ) -> tuple[list[Record], str | None]:
        found = [
            (f"{name}/{key}", row)
            for (name, key), row in sorted(self.rows.items())
            if hub in (None, name) and state in (None, row.state) and f"{name}/{key}" >= (token or "")
        ]
        following = found[size][0] if len(found) > size else None
        return [row for _, row in found[:size]], following

    async def history(self, key: str, limit: int) -> list[Record]:
        newest = sorted(self.entries, key=lambda entry: entry[0], reverse=True)
        return [row for _, row in newest if row.spoke.key == key][:limit]

    async def bury(self, body: str, reason: str, when: datetime) -> None:  # noqa: ARG002 - the port's signature
        self.buried.append((body, reason))


@dataclass
class FakeLease:
    held: bool = True
    calls: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def on_renewal(self, call: Callable[[], Awaitable[None]]) -> None:
        self.calls.append(call)


class FakeLeases:
    """One lease per hub; `taken` can be given hubs that somebody else holds."""

    def __init__(self, duration: timedelta = timedelta(seconds=60)) -> None:
        self.duration = duration
        self.taken: set[str] = set()
        self.current: FakeLease | None = None

    @asynccontextmanager
    async def take(self, hub: str) -> AsyncIterator[FakeLease | None]:
        if hub in self.taken:
            yield None
            return
        self.taken.add(hub)
        self.current = FakeLease()
        try:
            yield self.current
        finally:
            self.taken.discard(hub)


@dataclass
class FakeTicket:
    queue: "FakeQueue"
    request: Request
    delay: timedelta

    async def postpone(self, delay: timedelta) -> None:
        self.delay = delay

    async def withdraw(self) -> None:
        if self in self.queue.tickets:
            self.queue.tickets.remove(self)


class FakeQueue:
    """What waits on the queue, in the order it was sent."""

    def __init__(self) -> None:
        self.tickets: list[FakeTicket] = []

    async def send(self, request: Request, delay: timedelta = timedelta()) -> FakeTicket:
        ticket = FakeTicket(self, request, delay)
        self.tickets.append(ticket)
        return ticket


class FakeAnnouncer:
    def __init__(self) -> None:
        self.announced: list[Record] = []

    async def announce(self, record: Record) -> None:
        self.announced.append(record)
