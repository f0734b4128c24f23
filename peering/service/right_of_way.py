"""Which writes that concern one hub may be under way at the same time.

ARM takes one write to a network at a time, so the hub's halves are written one after another; and it refuses a spoke's
half that is asked for while its hub is being written. What is not known for certain is whether the next half of the hub
is taken while those of spokes are still being made, and how many of these (docs/facts/arm-peering.md, One write at a
time). So spokes are handed over between two writes to the hub, a few at a time, and the hub waits only until they are
accepted. Where one of our own writes turns out to stand in the way of another, they are sent one by one, and that is
remembered for the hub.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from peering.core.decision.changes import Change, Side
from peering.core.network.failures import AzureFailure
from peering.core.network.in_the_way import stands_in_the_way
from peering.core.network.resource_ids import VnetId
from peering.log import logger
from peering.ports import Accepted

_log = logger(__name__)

_A_FEW = 4
"""Spokes that are handed over together, once the first have gone alone; and as many halves at once to begin with."""
_CERTAIN = 3
"""Refusals that were over as soon as nothing else of ours was under way, where nothing was taken while something was.
Fewer may be a coincidence: a spoke that is busy for its own sake, a bad day of Azure's."""

type Send = Callable[[Accepted], Awaitable[AzureFailure | None]]
"""One write to ARM, from its request to the end of its operation."""


@dataclass(slots=True, eq=False)
class _UnderWay:
    """A write.

    `met` says that another one of ours was under way at any time meanwhile, `second` that Azure took this one while it
    was at another already.
    """

    side: Side
    accepted: bool = False
    met: bool = False
    second: bool = False


class Memory(Protocol):
    """What is known of the hub from earlier batches: a Watch."""

    hub: str

    @property
    def takes_one_write(self) -> bool: ...

    def remember_one_write(self) -> None: ...


class RightOfWay:
    """Lets the writes of one holding of a hub's lease pass, of one turn after the other.

    `hub_is_left` is set when the hub has all the halves of a turn, while spokes of it may still be written.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._one_by_one = memory.takes_one_write
        self._in_the_way, self._taken_beside = Counter[Side](), Counter[Side]()
        self._trials = 0
        self._under_way: set[_UnderWay] = set()
        self._hub_to_come = 0  # writers to the hub
        self._waiting = 0  # spokes
        self._let_go = 0  # of those that wait
        self._together = 1
        self._room = _A_FEW
        self._at_hub = asyncio.Lock()
        self.hub_is_left = asyncio.Event()
        self._freed = asyncio.Condition()

    def expect(self, writers: int) -> None:
        """So many are going to take a turn at the hub."""
        self._hub_to_come = writers

    @asynccontextmanager
    async def turn_at_hub(self) -> AsyncIterator[None]:
        """For one of those that are expected, once. Whoever asks first is let in first."""
        try:
            async with self._at_hub:
                yield
        finally:
            self._hub_to_come -= 1
            await self._look_again()

    async def pass_through(self, change: Change, spoke: VnetId, send: Send) -> AzureFailure | None:
        """Send the write as soon as it may pass; once more where it was refused for the sake of another of ours."""
        async with self._passing(change.side) as write:
            failure = await send(partial(self._accept, write))
        if failure is None:
            self._room += change.side is Side.SPOKE and self._in_the_way[Side.SPOKE] < _CERTAIN
            self._taken_beside[change.side] += write.second
            return None
        known_to_pass = self._taken_beside[change.side] > 0
        if not write.met or known_to_pass or not stands_in_the_way(failure, spoke):
            return failure
        return await self._once_more(change, send)

    async def _once_more(self, change: Change, send: Send) -> AzureFailure | None:
        """With nothing else of ours under way: what is refused then too was not refused for our sake."""
        self._trials += 1
        try:
            async with self._passing(change.side) as write:
                failure = await send(partial(self._accept, write))
        finally:
            self._trials -= 1
        self._in_the_way[change.side] += failure is None
        if self._in_the_way[change.side] >= _CERTAIN and not self._taken_beside[change.side]:
            self._fall_to_one(change.side)
        return failure

    def _fall_to_one(self, side: Side) -> None:
        """Where spokes exclude each other only, the hub goes on beside them."""
        if side is Side.SPOKE:
            self._room = 1
        elif not self._one_by_one:
            _log.info("hub %s takes one write at a time, its spokes' halves included", self._memory.hub)
            self._one_by_one = True
            self._memory.remember_one_write()

    @asynccontextmanager
    async def _passing(self, side: Side) -> AsyncIterator[_UnderWay]:
        write = _UnderWay(side)
        await self._admit(write)
        try:
            yield write
        finally:
            self._under_way.discard(write)
            await self._look_again()

    async def _admit(self, write: _UnderWay) -> None:
        async with self._freed:
            if write.side is Side.HUB:
                await self._freed.wait_for(self._hub_may_pass)
            else:
                self._waiting += 1
                try:
                    await self._freed.wait_for(self._spoke_may_pass)
                    self._let_go = max(0, self._let_go - 1)
                finally:
                    self._waiting -= 1
                    self._let_go = min(self._let_go, self._waiting)
            self._under_way.add(write)
            if len(self._under_way) > 1:
                for each in self._under_way:
                    each.met = True

    async def _accept(self, write: _UnderWay) -> None:
        write.second = any(each.accepted for each in self._under_way if each is not write)
        write.accepted = True
        await self._look_again()

    async def _look_again(self) -> None:
        async with self._freed:
            self._freed.notify_all()

    def _hub_may_pass(self) -> bool:
        """One by one a pair is completed before the next one is begun: its owner waits for both halves."""
        if self._one_by_one or self._trials:
            return not self._under_way and not self._waiting
        if self._waiting >= self._together and not self._is_at_hub:
            self._hand_over()
        asked = any(not each.accepted for each in self._under_way)
        return not asked and not self._is_at_hub and not self._let_go

    def _spoke_may_pass(self) -> bool:
        if self._one_by_one or self._trials:
            return not self._under_way
        if self._is_at_hub:
            return False
        if not self._let_go and (self._waiting >= self._together or not self._hub_to_come):
            self._hand_over()
        return self._let_go > 0

    def _hand_over(self) -> None:
        """All that wait, as far as there is room: who has none must not hold up the hub.

        One goes alone until the hub was seen to take a write beside it.
        """
        self._let_go = max(0, min(self._waiting, self._room - len(self._under_way)))
        if self._let_go and self._taken_beside[Side.HUB]:
            self._together = min(2 * self._together, _A_FEW)

    @property
    def _is_at_hub(self) -> bool:
        return any(each.side is Side.HUB for each in self._under_way)
