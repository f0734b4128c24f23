"""What the holder of a hub's lease promises: whatever is open at the hub has a message that will wake it.

Send first, note second, save the row third: a message too many is harmless, a row that nothing wakes is not. Invisible
messages cannot be listed, so the lease's note says when the next alarm is due (docs/decisions/0016).
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from peering.core.catalogue.digest import digest_of
from peering.core.catalogue.policy import HubPolicy
from peering.core.network.failures import AzureFailure
from peering.core.record.note import MARGIN, Note
from peering.core.record.record import Record
from peering.core.record.turn import next_due
from peering.log import logger
from peering.ports import Lease
from peering.service.context import Context
from peering.service.requeue import arm
from peering.service.right_of_way import RightOfWay

_log = logger(__name__)

_SHORTEST = timedelta(seconds=1)  # an alarm for the same moment again and again would be a loop
_GLANCE = timedelta(seconds=0.5)  # between two looks, meanwhile, at who has come
_STUCK = timedelta(minutes=1)  # before a row is looked at again of which this drain could make nothing
_REMEMBERED = timedelta(hours=1)  # that a hub takes one write at a time: to find out again costs three refusals
_DIGITS = 12  # of a row's key in the note: enough to tell the rows of a hub apart


class LeaseLost(Exception):
    """The lease lapsed while it was thought to be held. Another worker may be writing: stop at once."""


class Watch:
    """One holding of one hub's lease."""

    def __init__(self, hub: str, lease: Lease, note: Note, context: Context, in_hand: datetime | None) -> None:
        self.hub = hub
        self.note = note
        self._lease = lease
        self._context = context
        self.in_hand = in_hand
        self._written = note
        self._one_at_a_time = asyncio.Lock()
        self.given_up: AzureFailure | None = None
        self.is_new = False
        self.way = RightOfWay(self)
        lease.on_renewal(self.cover_a_death)

    async def compare_rules(self, policy: HubPolicy) -> None:
        """Whether this process has other rules for the hub than the last holder and the last sweep had.

        Two versions of the app may run side by side while one is deployed. Rules that are agreed go into the note.
        """
        self.is_new = await rules_are_new(policy, self.note, self._context)
        if not self.is_new:
            self.note = replace(self.note, catalogue=digest_of(policy, self._context.catalogue))

    def still_held(self) -> None:
        """Raise LeaseLost before a write that somebody else may be making."""
        if not self._lease.held:
            raise LeaseLost(self.hub)

    async def cover_a_death(self) -> None:
        """Have somebody come soon after the lease would lapse if we died now."""
        await self.cover(self._context.clock() + self._context.ports.leases.duration + MARGIN)

    async def cover(self, due: datetime) -> None:
        """Make sure that an alarm comes not after `due`, and strictly in the future."""
        async with self._one_at_a_time:
            await self._cover(due)
            await self._write()

    async def _cover(self, due: datetime) -> None:
        now = self._context.clock()
        due = max(due, now + _SHORTEST)
        if not self.note.covers(due, now, self.in_hand):
            await arm(self.hub, due, self._context.ports, now)
            # One that woke early was armed for the same time: from here on that time says that another is to come.
            self.note, self.in_hand = replace(self.note, alarm=due), None

    async def _write(self) -> None:
        if (note := self.note) != self._written:
            await self._lease.write(note)
            self._written = note

    async def begin(self, rows: Sequence[Record]) -> None:
        """Before the rows are worked on: cover a death over them, and say whose turn it is."""
        async with self._one_at_a_time:
            await self._cover(self._context.clock() + self._context.ports.leases.duration + MARGIN)
            self.note = replace(self.note, turn=tuple(row.spoke.key[:_DIGITS] for row in rows))
            await self._write()

    async def interrupted(self) -> None:
        """Something was raised, and we live: nobody shall think that we died over these rows."""
        self.note = replace(self.note, turn=())
        try:
            await self._write()
        except AzureFailure:
            _log.warning("the note of hub %s could not be put in order", self.hub, exc_info=True)

    async def end(self, waiting: Iterable[Record], taken: Collection[str | None]) -> None:
        """Before the lease is let go of: cover the earliest of what is left.

        Of a row in `taken` this drain could make nothing: it must not be looked at every second.
        """
        stuck = self._context.clock() + _STUCK
        left = [_not_before(row, stuck) if row.etag in taken else row for row in waiting]
        async with self._one_at_a_time:
            self.note = replace(self.note, turn=())
            if (due := self.next_look(left)) is not None:
                await self._cover(due)
            await self._write()

    def next_look(self, waiting: Iterable[Record]) -> datetime | None:
        """When the first of these rows is to be looked at; None when there is none."""
        now = self._context.clock()
        times = [row.progress.not_before or now for row in waiting]
        if not times:
            return None
        earliest = min(times)
        if earliest <= now:
            earliest = now + _SHORTEST
        return max(earliest, self.note.not_before or earliest)

    def a_moment(self, waiting: Sequence[Record], taken: Collection[str | None]) -> timedelta | None:
        """How long to sit still for what is due in a moment, the hub or a row not in `taken`; None where nothing is."""
        now = self._context.clock()
        soon = self.note.not_before if self.is_blocked else next_due(waiting, taken, now)
        return min(soon - now, _GLANCE) if soon and soon - now <= self._context.moment else None

    def covers(self, due: datetime) -> bool:
        """Whether an alarm is known to come not after `due`."""
        return self.note.covers(max(due, self._context.clock() + _SHORTEST), self._context.clock(), self.in_hand)

    def died_over(self, rows: Iterable[Record]) -> list[Record]:
        """Those of the rows that a holder was working on when it died."""
        turn = set(self.note.turn)
        return [row for row in rows if row.spoke.key[:_DIGITS] in turn]

    @property
    def is_blocked(self) -> bool:
        """Whether the hub has asked to be left in peace."""
        return self.note.blocks(self._context.clock())

    def hub_is_busy(self, failure: AzureFailure) -> None:
        """Note that the hub is to be left in peace, and whether it has said so for long enough to give up for now."""
        now, context = self._context.clock(), self._context
        self.note = self.note.refused(failure, context.backoff, now, context.chance())
        since = self.note.busy_since or now
        _log.warning("hub %s is left in peace until %s: %s", self.hub, self.note.not_before, failure)
        self.given_up = failure if context.backoff.is_spent(failure, now - since) else None

    def hub_is_missing(self, policy: HubPolicy) -> AzureFailure:
        """Note that the hub reads 404, which is often true for a moment only, and leave it in peace for a little."""
        failure = AzureFailure(404, "HubNotFound", f"there is no network {policy.vnet}, hub {policy.name!r}, just now.")
        missing = self.note.missing or self._context.clock()
        self.hub_is_busy(failure)
        self.note = replace(self.note, missing=missing)
        return failure

    def would_be_missed(self, in_hand: datetime | None) -> bool:
        """Whether the lease is held just now, and an alarm other than the one in hand is written down for its end."""
        now = self._context.clock()
        lapsed = now + self._context.ports.leases.duration + MARGIN
        return self._lease.held and self._written.covers(lapsed, now, in_hand)

    @property
    def takes_one_write(self) -> bool:
        """Whether Azure was seen to take one write at a time at this hub, its spokes' halves included."""
        until = self.note.one_by_one
        return until is not None and self._context.clock() < until

    def remember_one_write(self) -> None:
        """That it does: for a while, so that a mistake, or a change in Azure, is found out."""
        self.note = replace(self.note, one_by_one=self._context.clock() + _REMEMBERED)

    def gives_up(self, row: Record, failure: AzureFailure) -> bool:
        """Whether the row has waited for the hub for long enough. Who has only just come is not given up with it."""
        waited = self._context.clock() - row.asked.requested
        return self.given_up is not None and self._context.backoff.is_spent(failure, waited)

    def hub_answered(self) -> None:
        """Forget that it was busy: it took a write, or nobody has one to ask of it."""
        self.note, self.given_up = self.note.answered(), None

    def hub_was_seen(self) -> None:
        """It is there. That it can be read does not say that it takes writes."""
        self.note = self.note.found()


async def rules_are_new(policy: HubPolicy, note: Note, context: Context) -> bool:
    """Whether the rules of the hub are others than the last holder of its lease had, and the last sweep."""
    digest = digest_of(policy, context.catalogue)
    if note.catalogue in ("", digest):
        return False
    book = await context.ports.sweeps.read()
    return book.digests.get(policy.name) != digest


def _not_before(row: Record, when: datetime) -> Record:
    due = max(row.progress.not_before or when, when)
    return replace(row, progress=replace(row.progress, not_before=due))
