"""Records, leases, queue and topic in memory."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from peering.core.decision.pause import Pause
from peering.core.intake.messages import Message
from peering.core.intake.requests import visible_in
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.announcement import Announcement
from peering.core.record.marks import Mark, Marks
from peering.core.record.note import Note
from peering.core.record.record import Record, State
from peering.core.record.selection import Selection
from peering.core.record.tally import Tally, tally_of
from peering.ports import Clock, StaleRecord
from tests.fakes.scheduling import ProcessDied, let_others_run


class SteppedClock:
    """The time stands still until a test moves it."""

    def __init__(self, now: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class FakeRecords:
    """The three tables as dictionaries, with ETags that change on every write.

    What `before` holds is told of each call, by its name and the row that it is about, and may raise.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Record] = {}
        self.entries: list[tuple[datetime, Record]] = []
        self.unreadable: list[tuple[str, str]] = []
        self.before_save: list[Callable[[Record], None]] = []
        self.before: list[Callable[[str, Record | None], None]] = []
        self.page_rows = 1000
        self._etags = itertools.count(1)

    async def _begin(self, call: str, record: Record | None = None) -> None:
        await let_others_run()
        for hook in self.before:
            hook(call, record)

    async def find(self, spoke: VnetId) -> list[Record]:
        await self._begin("find")
        return [row for (_, key), row in sorted(self.rows.items()) if key == spoke.key]

    async def find_by_key(self, key: str) -> list[Record]:
        await self._begin("find_by_key")
        return [row for (_, each), row in sorted(self.rows.items()) if each == key]

    async def get(self, hub: str, key: str) -> Record | None:
        await self._begin("get")
        return self.rows.get((hub, key))

    async def save(self, record: Record) -> Record:
        await self._begin("save", record)
        for interfere in self.before_save:
            interfere(record)
        stored = self.rows.get((record.hub, record.spoke.key))
        if (stored.etag if stored else None) != record.etag:
            raise StaleRecord(str(record.spoke))
        saved = replace(record, etag=f"{next(self._etags)}")
        self.rows[record.hub, record.spoke.key] = saved
        return saved

    def overtake(self, record: Record) -> None:
        """Somebody else writes the row, as it is: whoever has read it before is too late."""
        place = record.hub, record.spoke.key
        self.rows[place] = replace(self.rows[place], etag=f"{next(self._etags)}")

    async def note(self, record: Record, when: datetime) -> None:
        await self._begin("note", record)
        self.entries.append((when, record))

    async def waiting(self, hub: str) -> list[Record]:
        await self._begin("waiting")
        waiting = (row for (name, _), row in self.rows.items() if name == hub)
        return sorted(
            (row for row in waiting if row.is_understood and row.is_waiting),
            key=lambda row: (row.asked.requested, row.spoke.key),
        )

    async def of_hub(self, hub: str) -> list[Record]:
        await self._begin("of_hub")
        return [row for (name, _), row in self.rows.items() if name == hub and row.state != State.REMOVED]

    async def lost(self, hub: str, since: datetime) -> int:
        await self._begin("lost")
        rows = (row for (name, _), row in self.rows.items() if name == hub)
        return sum(row.progress.taken is not None and row.progress.taken >= since for row in rows)

    async def forget(self, record: Record) -> None:
        await self._begin("forget", record)
        stored = self.rows.get((record.hub, record.spoke.key))
        if stored is None or stored.etag != record.etag:
            raise StaleRecord(str(record.spoke))
        del self.rows[record.hub, record.spoke.key]

    async def page(self, wanted: Selection, size: int, token: str | None) -> tuple[list[Record], str | None]:
        """A page of rows that had to be looked through is short, and one without any leads on all the same."""
        await self._begin("page")
        behind = [place for place in sorted(self.rows) if "/".join(place) > (token or "")]
        if not wanted.reads_more_than_columns:
            behind = [place for place in behind if wanted.holds(self.rows[place])]
        looked_at = behind[: self.page_rows]
        found = [place for place in looked_at if wanted.holds(self.rows[place])][:size]
        last = found[-1:] if len(found) == size else looked_at[-1:]
        return [self.rows[place] for place in found], "/".join(*last) if last and last != behind[-1:] else None

    async def tally(self, hub: str) -> Tally:
        await self._begin("tally")
        rows = [row for (name, _), row in self.rows.items() if name == hub]
        counted = ((str(row.state), row.progress.held if row.is_held else "", row.progress.written) for row in rows)
        return tally_of(counted)

    async def history(self, key: str, limit: int) -> list[Record]:
        oldest = sorted(self.entries, key=lambda entry: entry[0])
        return [row for _, row in oldest[::-1] if row.spoke.key == key][:limit]

    async def keep_unreadable(self, body: str, reason: str, when: datetime) -> None:  # noqa: ARG002 - the port's signature
        self.unreadable.append((body, reason))

    async def hubs(self) -> list[str]:
        await self._begin("hubs")
        return sorted({name for name, _ in self.rows})

    async def over(self, hub: str, before: datetime, limit: int) -> list[Record]:
        await self._begin("over")
        removed = [row for (name, _), row in self.rows.items() if name == hub and row.state == State.REMOVED]
        finished = (row for row in removed if row.progress.finished and row.progress.finished < before)
        return [row for row in finished if row.is_understood and not row.is_waiting][:limit]

    async def drop(self, record: Record) -> None:
        await self.forget(record)

    async def forget_history(self, before: datetime, limit: int, token: str | None) -> tuple[int, str | None]:  # noqa: ARG002 - as above
        await self._begin("forget_history")
        old = [entry for entry in self.entries if entry[0] < before][:limit]
        self.entries = [entry for entry in self.entries if entry not in old]
        return len(old), "more" if len(old) == limit else None

    async def all_history(self, token: str | None) -> tuple[list[tuple[datetime, Record]], str | None]:
        start = int(token or 0)
        following = str(start + 2) if start + 2 < len(self.entries) else None
        return self.entries[start : start + 2], following

    async def restore_entry(self, record: Record, when: datetime) -> bool:
        if any(each == when and row.spoke == record.spoke for each, row in self.entries):
            return False
        self.entries.append((when, record))
        return True


class FakePauses:
    """Pauses and marks by their scopes."""

    def __init__(self) -> None:
        self.by_scope: dict[str, Pause] = {}
        self.told: dict[str, Mark] = {}

    async def all(self) -> tuple[Pause, ...]:
        await let_others_run()
        return tuple(self.by_scope.values())

    async def begin(self, pause: Pause) -> None:
        await let_others_run()
        self.by_scope[pause.scope] = pause

    async def end(self, scope: str) -> bool:
        await let_others_run()
        return self.by_scope.pop(scope, None) is not None

    async def marks(self) -> Marks:
        await let_others_run()
        return dict(self.told)

    async def mark(self, mark: Mark) -> None:
        await let_others_run()
        self.told[mark.scope] = mark

    async def unmark(self, scope: str) -> None:
        await let_others_run()
        self.told.pop(scope, None)


class LeaseGone(AzureFailure):
    """What Azure says of a write under a lease that is not held any more."""

    def __init__(self) -> None:
        super().__init__(412, "LeaseIdMismatchWithBlobOperation", "The lease ID specified did not match.")


@dataclass
class FakeLease:
    """`held` until a test takes it away; `renew` does what the real one does three times in its duration."""

    leases: "FakeLeases"
    name: str
    until: datetime
    held: bool = True
    calls: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def on_renewal(self, call: Callable[[], Awaitable[None]]) -> None:
        self.calls.append(call)

    async def renew(self) -> None:
        self.until = self.leases.until[self.name] = self.leases.clock() + self.leases.duration
        for call in self.calls:
            await call()

    async def read(self) -> Note:
        await let_others_run()
        return Note.from_metadata(self.leases.notes.get(self.name, {}))

    async def write(self, note: Note) -> None:
        await self.leases.begin("write")
        if self.leases.holder.get(self.name) is not self:
            raise LeaseGone
        self.leases.notes[self.name] = note.to_metadata()


class FakeLeases:
    """One lease per name; `until` says when those that are held lapse. Who dies holding one does not let go of it."""

    def __init__(self, clock: Clock, duration: timedelta = timedelta(seconds=60)) -> None:
        self.duration = duration
        self.clock = clock
        self.until: dict[str, datetime] = {}
        self.notes: dict[str, dict[str, str]] = {}
        self.holder: dict[str, FakeLease] = {}
        self.before: list[Callable[[str], None]] = []
        self.current: FakeLease | None = None
        self.taken = 0

    async def begin(self, call: str) -> None:
        await let_others_run()
        for hook in self.before:
            hook(call)

    async def peek(self, name: str) -> Note:
        await self.begin("peek")
        return Note.from_metadata(self.notes.get(name, {}))

    @asynccontextmanager
    async def take(self, name: str) -> AsyncIterator[FakeLease | None]:
        await self.begin("take")
        if self.until.get(name, self.clock()) > self.clock():
            yield None
            return
        self.until[name] = self.clock() + self.duration
        self.current = self.holder[name] = lease = FakeLease(self, name, self.until[name])
        self.taken += 1
        died = False
        try:
            yield lease
        except ProcessDied:
            died = True
            raise
        finally:
            if not died and self.holder.get(name) is lease:
                self.until.pop(name, None)
                del self.holder[name]


@dataclass(eq=False, kw_only=True)
class FakeMessage:
    """A message on the queue, not to be seen before `due`; `poisoned` once it is on the queue of what was given up."""

    body: str
    due: datetime
    delay: timedelta = timedelta()
    deliveries: int = 0
    poisoned: bool = False


class FakeQueue:
    """What waits on the queue, in the order it was sent. `sent` remembers every delay."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.messages: list[FakeMessage] = []
        self.sent: list[timedelta] = []
        self.before_send: list[Callable[[Message], None]] = []
        self.before_count: list[Callable[[], None]] = []

    async def send(self, message: Message, delay: timedelta = timedelta()) -> None:
        await let_others_run()
        for hook in self.before_send:
            hook(message)
        self.sent.append(delay)
        self.put(message.to_json(), timedelta(seconds=visible_in(delay)))

    async def count(self) -> int:
        await let_others_run()
        for hook in self.before_count:
            hook()
        return len(self.messages)

    def put(self, body: str, delay: timedelta = timedelta()) -> FakeMessage:
        message = FakeMessage(body=body, due=self.clock() + delay, delay=delay)
        self.messages.append(message)
        return message

    def take(self, message: FakeMessage) -> None:
        """Delete it, if nobody has yet."""
        if message in self.messages:
            self.messages.remove(message)


class FakeAnnouncer:
    """A topic. What `before` holds may raise, and nothing arrives; with `after` it has arrived all the same."""

    def __init__(self) -> None:
        self.announced: list[Announcement] = []
        self.before: list[Callable[[Announcement], None]] = []
        self.after: list[Callable[[Announcement], None]] = []

    async def announce(self, event: Announcement) -> None:
        await let_others_run()
        for hook in self.before:
            hook(event)
        self.announced.append(event)
        for hook in self.after:
            hook(event)

    @property
    def types(self) -> list[str]:
        """What was announced, without the name that all begin with."""
        return [event.type.removeprefix("Autopeer.") for event in self.announced]
