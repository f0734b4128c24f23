"""The turns that the holder of a hub's lease gives to its rows, of which two may overlap at their ends.

Once the last of a turn's halves is on the hub, the hub shows all that the next turn must know of it, while the last
spokes are still being written: ten seconds in Azure, in which the hub would stand still. So the next turn begins then.
"""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from peering.core.catalogue.policy import HubPolicy
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record
from peering.core.record.turn import SUSPICIOUS, next_size, next_turn
from peering.service import batch, unknown
from peering.service.context import Context
from peering.service.outcome import Outcome
from peering.service.watch import Watch

_UNKNOWN_BATCH = 50


async def take_turns(
    waiting: list[Record], policy: HubPolicy | None, watch: Watch, outcomes: list[Outcome], context: Context
) -> tuple[list[Record], set[str | None]]:
    """Work on rows under the lease until nobody is due, or the time is over; adds what becomes of each to `outcomes`.

    Returns the rows that wait then, and the versions of rows that have had their turn.
    """
    async with Turns(policy, watch, outcomes, context) as turns:
        return await _take(waiting, turns, watch, context), turns.taken


async def _take(waiting: list[Record], turns: "Turns", watch: Watch, context: Context) -> list[Record]:
    careful, size, began, turn = 1, turns.most, context.clock(), list[Record]()
    while context.clock() - began <= turns.patience:
        in_hand = turns.in_hand
        free = [row for row in waiting if row.spoke not in in_hand]
        # A hub that was busy is asked with one row whether it still is, then with two: not all need a write to it.
        number = min(careful, size) if watch.note.refusals else size
        if turn := [] if watch.is_blocked else next_turn(free, turns.taken, context.clock(), number):
            careful, since = careful * 2, context.clock()
            done = await turns.take(turn)
            size = next_size(done, context.clock() - since, turns.most, context.batch_time)
        elif in_hand:
            await turns.one_ends()
        elif wait := watch.a_moment(waiting, turns.taken):
            await context.sleep(wait.total_seconds())
        else:
            break
        waiting = await context.ports.records.waiting(watch.hub)
    if not (turn or watch.is_blocked):
        watch.hub_answered()
    while turns.in_hand:
        await turns.one_ends()
        waiting = await context.ports.records.waiting(watch.hub)
    return waiting


class Turns:
    """Those of one holding of a lease. An async context manager: when it is left, nothing is under way any more.

    What becomes of each row is added to `outcomes`. `taken` are the versions of rows that have had their turn, `most`
    how many a turn may have, `patience` for how long turns are begun.
    """

    def __init__(self, policy: HubPolicy | None, watch: Watch, outcomes: list[Outcome], context: Context) -> None:
        self.outcomes = outcomes
        self.taken = set[str | None]()
        self.most, self.patience = (context.batch, context.patience) if policy else (_UNKNOWN_BATCH, unknown.TURN)
        self._policy = policy
        self._watch = watch
        self._context = context
        self._under_way = dict[asyncio.Task[list[Outcome]], Sequence[Record]]()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """What is raised is raised when all have ended. Whoever is cancelled himself cancels them."""
        if kind is asyncio.CancelledError:
            for task in self._under_way:
                task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        if kind is None:
            self._collect()

    @property
    def in_hand(self) -> frozenset[VnetId]:
        """The spokes that are still being worked on: nobody else may be."""
        return frozenset(row.spoke for rows in self._under_way.values() for row in rows)

    async def take(self, rows: Sequence[Record]) -> int:
        """Work on the rows until the next ones may have their turn; returns how many have had theirs.

        A row over which processes have died goes alone.
        """
        while self._under_way and any(row.progress.deaths >= SUSPICIOUS for row in rows):
            await self.one_ends()
        in_hand = self.in_hand
        await self._watch.begin([*(row for turn in self._under_way.values() for row in turn), *rows])
        self._context.memory.holdings.begin(self._watch)
        left = self._watch.way.hub_is_left
        left.clear()
        turn, until = asyncio.create_task(self._work(rows, in_hand)), asyncio.create_task(left.wait())
        self._under_way[turn] = rows
        try:
            await asyncio.wait((turn, until), return_when=asyncio.FIRST_COMPLETED)
        finally:
            until.cancel()
        before = len(self.outcomes)
        self._collect()
        return len(rows) if turn in self._under_way else len(self.outcomes) - before

    async def one_ends(self) -> None:
        await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        self._collect()

    async def _work(self, rows: Sequence[Record], in_hand: frozenset[VnetId]) -> list[Outcome]:
        if self._policy:
            return await batch.work_off(self._policy, rows, self._watch, self._context, in_hand)
        return await unknown.look_over(self._watch.hub, rows, self._watch, self._context)

    def _collect(self) -> None:
        """Raises what a turn has raised."""
        for task in [each for each in self._under_way if each.done()]:
            del self._under_way[task]
            done = task.result()
            self.outcomes += done
            self.taken |= {outcome.before.etag for outcome in done}
