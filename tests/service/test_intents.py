"""Of many events that come at once a few write their intents at a time, so that the hub's writer is not starved."""

import asyncio

import pytest

from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record
from peering.service.intents import Intents
from tests.builders import request
from tests.fakes.scheduling import settled
from tests.service.town import Town, town_of


class Counted:
    """How many look for the rows of a spoke at the same time, at most."""

    def __init__(self, town: Town) -> None:
        self._find, self._now, self.most = town.records.find, 0, 0
        town.records.find = self.find  # type: ignore[method-assign]

    async def find(self, spoke: VnetId) -> list[Record]:
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await asyncio.sleep(0)
            return await self._find(spoke)
        finally:
            self._now -= 1


async def test_four_intents_are_written_at_a_time_and_all_are_connected() -> None:
    town, ids = town_of(30)
    counted = Counted(town)
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump_together()
    assert counted.most == 4
    assert town.connected(ids)


async def test_one_that_fails_makes_room_for_the_next() -> None:
    town, ids = town_of(12)
    failing = set(ids[:6])
    find = town.records.find

    async def fail_once(spoke: VnetId) -> list[Record]:
        if spoke in failing:
            failing.discard(spoke)
            raise AzureFailure(503, "ServerBusy", "The server is busy.")
        return await find(spoke)

    town.records.find = fail_once  # type: ignore[method-assign]
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump_together()
    assert town.connected(ids)


class Queue:
    """Those who want to write their intent: `log` has them as they are let in, and each stays until it is let go."""

    def __init__(self) -> None:
        self.intents, self.log = Intents(), list[str]()
        self._go_on: dict[str, asyncio.Event] = {}

    def come(self, name: str) -> asyncio.Task[None]:
        """The first letter is the hub's name."""
        self._go_on[name] = asyncio.Event()
        return asyncio.create_task(self._stay(name))

    async def _stay(self, name: str) -> None:
        async with self.intents.turn(name[0]):
            self.log.append(name)
            await self._go_on[name].wait()

    async def let_go(self, *names: str) -> None:
        for name in names:
            self._go_on[name].set()
            await settled()


async def test_the_hubs_have_their_turns_one_after_the_other_whoever_came_first() -> None:
    queue = Queue()
    names = [f"a{n}" for n in range(9)] + ["b0", "b1", "c0"]
    tasks = [queue.come(name) for name in names]
    await settled()
    assert queue.log == ["a0", "a1", "a2", "a3"]
    await queue.let_go("a0", "a1", "a2", "a3")
    assert queue.log[4:] == ["a4", "b0", "c0", "a5"]
    await queue.let_go("a4", "b0", "c0", "a5")
    assert queue.log[8:] == ["b1", "a6", "a7", "a8"]
    await queue.let_go("b1", "a6", "a7", "a8")
    await asyncio.gather(*tasks)
    late = [queue.come(name) for name in ("a9", "b9", "c9", "d9", "e9")]
    await settled()
    assert queue.log[12:] == ["a9", "b9", "c9", "d9"]
    await queue.let_go("a9", "b9", "c9", "d9", "e9")
    await asyncio.gather(*late)


@pytest.mark.parametrize("let_in", [False, True], ids=["while it waits", "as it is let in"])
async def test_who_is_cancelled_takes_nobodys_place(let_in: bool) -> None:
    queue = Queue()
    first = [queue.come(f"a{n}") for n in range(4)]
    await settled()
    gone, last = queue.come("b0"), queue.come("c0")
    await settled()
    if let_in:
        first[0].cancel()
        await asyncio.sleep(0)  # its place is b0's, who does not know of it yet
    gone.cancel()
    await settled()
    await queue.let_go("a1")
    assert queue.log[-1] == "c0"
    await queue.let_go("a0", "a2", "a3", "c0")
    await asyncio.gather(*first, gone, last, return_exceptions=True)
    again = [queue.come(f"d{n}") for n in range(5)]
    await settled()
    assert queue.log[-4:] == ["d0", "d1", "d2", "d3"]
    await queue.let_go(*(f"d{n}" for n in range(5)))
    await asyncio.gather(*again)
