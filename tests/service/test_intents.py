"""Of many events that come at once a few write their intents at a time, so that the hub's writer is not starved."""

import asyncio

from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record
from tests.builders import request
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
