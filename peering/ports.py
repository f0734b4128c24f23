"""The outside world, as the service sees it. Adapters implement these; tests have an in-memory one of each."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from peering.core.decision.changes import Change
from peering.core.decision.pause import Pause
from peering.core.intake.messages import Message
from peering.core.intake.registered import Claim, Registered
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet
from peering.core.record.announcement import Announcement
from peering.core.record.marks import Mark, Marks
from peering.core.record.note import Note
from peering.core.record.record import Record
from peering.core.record.selection import Selection
from peering.core.record.sweep_report import SweepBook, SweepReport
from peering.core.record.tally import Tally

type Accepted = Callable[[], Awaitable[None]]
"""Wants to know that Azure has taken a write on."""


async def nobody_waits() -> None:
    """An Accepted that does not want to know."""


class Networks(Protocol):
    """Azure's virtual networks. Every method raises AzureFailure when Azure says no or does not answer."""

    async def read(self, vnet: VnetId) -> Vnet | None:
        """The network with its peerings, in one GET; None when it does not exist."""

    async def apply(self, change: Change, accepted: Accepted = nobody_waits) -> Half | None:
        """Carry out one change and wait for its end. Returns the half as ARM reports it, None when it was removed.

        `accepted` is called once ARM has taken the write on, before it has come to its end.
        """

    async def read_tags(self, subscription: str, group: str | None) -> Mapping[str, str]:
        """The tags of a subscription, or of one of its resource groups."""

    async def write_tag(self, vnet: VnetId, name: str, value: str) -> None:
        """Merge one tag into the network's tags; the others stay."""

    async def remove_tag(self, vnet: VnetId, name: str, value: str) -> None:
        """Take one tag away, where it has this value; another value is somebody else's, and stays."""


@dataclass(frozen=True, slots=True)
class EstatePage:
    """Some of the networks, in the order of their ids; `following` is the token of the next page.

    `unreadable` are those that are there and of which nothing else can be said. A network's `gateway` is any text where
    there is one; its halves are without what an update would have to send back.
    """

    networks: tuple[Vnet, ...]
    unreadable: tuple[VnetId, ...] = ()
    following: str | None = None


class Estate(Protocol):
    """All networks that our identity may read, as Resource Graph shows them: late, and without a word of the others."""

    async def page(self, without: Collection[VnetId], token: str | None) -> EstatePage:
        """Up to 1,000 networks that are not among `without`. Throttles are waited out within reason.

        Raises AzureFailure.
        """


class StaleRecord(Exception):
    """The row was changed by somebody else since it was read."""


class Records(Protocol):
    """The tables `peerings`, `history` and `spokes`."""

    async def find(self, spoke: VnetId) -> list[Record]:
        """The spoke's rows under every hub it has ever named: one, unless it has moved."""

    async def find_by_key(self, key: str) -> list[Record]:
        """The same for a spoke of which only the key is known."""

    async def get(self, hub: str, key: str) -> Record | None:
        """The row of one hub, by the spoke's key."""

    async def save(self, record: Record) -> Record:
        """Write the row if it still is as it was read, else raise StaleRecord. Returns it with its new etag."""

    async def note(self, record: Record, when: datetime) -> None:
        """Append the record's outcome to the spoke's history."""

    async def waiting(self, hub: str) -> list[Record]:
        """The hub's rows that somebody has to look at, now or later: open ones, and those with a `not_before`.

        Longest waiting first. What a later version wrote is not among them.
        """

    async def of_hub(self, hub: str) -> list[Record]:
        """All rows of the hub that are not `Removed`, in no order, those of a later version among them."""

    async def lost(self, hub: str, since: datetime) -> int:
        """How many of the hub's spokes have lost something since then: their pair, or a switch of it."""

    async def forget(self, record: Record) -> None:
        """Delete the row if it still is as it was read, else raise StaleRecord."""

    async def page(self, wanted: Selection, size: int, token: str | None) -> tuple[list[Record], str | None]:
        """Up to `size` (1 to 1,000) of the rows that are wanted, by hub and key, and the token of the next page.

        One call reads 1,000 rows at most: a page may be short, or empty, and still lead to another. What follows a page
        are the rows behind its last, whatever was written meanwhile.
        """

    async def tally(self, hub: str) -> Tally:
        """All rows of the hub, counted; states and limits without rows are left out."""

    async def history(self, key: str, limit: int) -> list[Record]:
        """What has happened to a spoke, newest first."""

    async def keep_unreadable(self, body: str, reason: str, when: datetime) -> None:
        """Keep a message that nobody could read, so that it can be looked at."""

    async def hubs(self) -> list[str]:
        """The partitions that have rows, in order: the catalogue may know nothing of some of them any more."""

    async def over(self, hub: str, before: datetime, limit: int) -> list[Record]:
        """Up to `limit` of the hub's rows that were `Removed` before that time, and of which everybody was told."""

    async def drop(self, record: Record) -> None:
        """As `forget`, and after it the pointer that leads there: nobody has asked about the spoke for a long time."""

    async def forget_history(self, before: datetime, limit: int, token: str | None) -> tuple[int, str | None]:
        """Delete up to `limit` entries from before that time; returns how many, and where to go on, None at the end.

        It reads on from `token`, a bounded piece at a time, so that a long history is gone through in several calls.
        """

    async def all_history(self, token: str | None) -> tuple[list[tuple[datetime, Record]], str | None]:
        """A page of all spokes' history, with the time that each entry is kept under, and the token of the next."""

    async def restore_entry(self, record: Record, when: datetime) -> bool:
        """Append an entry of before under the time that it had; False where there is one of that time already."""


class Lease(Protocol):
    """The right to write to one hub, for as long as it is `held`. It renews itself until the context ends."""

    @property
    def held(self) -> bool: ...

    def on_renewal(self, call: Callable[[], Awaitable[None]]) -> None:
        """Have `call` made after each renewal, while the holder is known to be alive."""

    async def read(self) -> Note:
        """The note, as the last holder left it."""

    async def write(self, note: Note) -> None:
        """Replace the note. Refused when the lease is not held any more."""


class Leases(Protocol):
    """One lease per hub network, by a name that is made from its id (see `lease_name`)."""

    duration: timedelta

    def take(self, name: str) -> AbstractAsyncContextManager[Lease | None]:
        """The lease, or None when somebody else has it. Let go of on leaving the context."""

    async def peek(self, name: str) -> Note:
        """The note on a lease that somebody else holds; an empty one where there never was a lease."""


class Requests(Protocol):
    """The queue of requests and alarms. What is sent stays until it is taken."""

    async def send(self, message: Message, delay: timedelta = timedelta()) -> None:
        """Put the message on the queue, to be seen after `delay`."""

    async def count(self) -> int:
        """About how many messages are on the queue, those that are not to be seen yet among them; 0 without a queue."""


class Pauses(Protocol):
    """What somebody has paused, one pause at most for each scope; and what was told of limits, one mark for each."""

    async def all(self) -> tuple[Pause, ...]:
        """Every pause, those that are over among them."""

    async def begin(self, pause: Pause) -> None:
        """Keep the pause; one of the same scope is replaced."""

    async def end(self, scope: str) -> bool:
        """Forget the pause of that scope; False when there is none."""

    async def marks(self) -> Marks:
        """Every mark. One that nobody can read is left out: what it stood for is told again."""

    async def mark(self, mark: Mark) -> None:
        """Keep the mark; one of the same scope is replaced."""

    async def unmark(self, scope: str) -> None:
        """Forget the mark of that scope, if there is one."""


class Announcer(Protocol):
    """Tells the world what became of a spoke, and what holds changes back."""

    async def announce(self, event: Announcement) -> None:
        """Publish the event; raises AzureFailure when that fails, which undoes nothing of what was done."""


class Telemetry(Protocol):
    """Numbers and spans for those who operate the app. No method may fail."""

    def outcome(self, record: Record) -> None:
        """An outcome that is news, with the time it took when it is a connection."""

    def arm_answered(self, status: int) -> None:
        """One answer of ARM's."""

    def message_waited(self, wait: timedelta) -> None:
        """How long a message was on the queue before it was worked on."""

    def hub_seen(self, hub: str, headroom: float) -> None:
        """The share of a hub's peerings that is still free, from 0 to 1."""

    def withheld(self, hub: str, limit: str) -> None:
        """A change that a limit kept from being carried out."""

    def paused(self, age: timedelta) -> None:
        """How old the oldest pause is that still lasts; asked by each sweep, zero without one."""

    @property
    def counts_pairs(self) -> bool:
        """Whether it is worth counting for `pairs`: that reads all rows of a hub."""

    def pairs(self, hub: str, states: Mapping[str, int]) -> None:
        """How many of a hub's spokes are in each state."""

    def sweep_began(self, age: timedelta | None) -> None:
        """How long ago the last complete sweep ended, None before the first."""

    def swept(self, report: SweepReport) -> None:
        """A sweep has come to its end: how long it took, what it saw and found."""

    def step(self, name: str, attributes: dict[str, str]) -> AbstractContextManager[None]:
        """A span around a part of the story."""


class SweepLog(Protocol):
    """What is kept from one sweep to the next. Only the holder of the sweep's lease writes it."""

    async def read(self) -> SweepBook:
        """The book as it was last written; an empty one before the first sweep."""

    async def write(self, book: SweepBook) -> None:
        """Replace the book."""


class Registry(Protocol):
    """The table `requests`: what was asked for by HTTP, from the first moment, and the keys it may be sent again by."""

    async def enter(self, asked: Registered) -> Registered:
        """Write it down, unless one of that id is there; returns what stands then. Of two at once one is written."""

    async def claim(self, claim: Claim) -> Claim:
        """Write it down, unless one of that name is there; returns what stands then. Of two at once one is written."""

    async def get(self, identity: str) -> Registered | None:
        """The request of that id, None where there is none."""

    async def looked_at(self, identity: str, when: datetime) -> None:
        """Note that its spoke was looked at; nothing where there is no such request."""

    async def forget(self, before: datetime, limit: int) -> int:
        """Delete up to `limit` of both from before that time; returns how many."""


class Clock(Protocol):
    """The time now, in UTC."""

    def __call__(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What is kept in tables, and all that is read by HTTP."""

    records: Records
    pauses: Pauses
    sweeps: SweepLog
    registry: Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One of each: the outside world in one bag."""

    networks: Networks
    records: Records
    leases: Leases
    requests: Requests
    pauses: Pauses
    announcer: Announcer
    telemetry: Telemetry
    estate: Estate
    sweeps: SweepLog
    registry: Registry
