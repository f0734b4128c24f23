"""Who comes to a hub that this very process is draining goes away without a word to storage, and is worked off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from peering.core.decision.changes import Change
from peering.core.intake.alarms import Alarm
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import lease_name
from peering.core.record.note import Note
from peering.core.record.record import State
from peering.service.context import Memory
from peering.service.drain import drain
from peering.service.worker import work
from tests.builders import HUB_ID, SPOKE_ID, hub, request, spoke, vnet_id
from tests.service.town import Town

B = vnet_id("other")
LEASE = lease_name(HUB_ID)


class Gate:
    """Keeps the first write of a town waiting, and counts what is asked of leases."""

    def __init__(self) -> None:
        self.town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=B))
        self.reached, self.opened = asyncio.Event(), asyncio.Event()
        self.asked: list[str] = []
        self.town.networks.on_apply.append(self._wait)
        self.town.leases.before.append(self.asked.append)

    async def _wait(self, _: Change) -> None:
        self.reached.set()
        await self.opened.wait()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Town]:
        """Inside, the hub is held by a drain of this process, at its first write; afterwards it has ended."""
        self.town.put(request())
        holder = asyncio.create_task(self.town.pump(timedelta()))
        await self.reached.wait()
        self.asked.clear()
        yield self.town
        self.opened.set()
        await holder


async def _come(town: Town) -> None:
    await work(request(B, when=town.clock()).to_json(), None, town.context)


async def test_who_comes_meanwhile_asks_nothing_of_leases_and_is_connected_by_the_holder() -> None:
    gate = Gate()
    async with gate.held() as town:
        await _come(town)
        assert gate.asked == []
        assert town.row(B).state is State.PENDING
    assert town.connected([SPOKE_ID, B])


async def test_another_process_asks() -> None:
    gate = Gate()
    async with gate.held() as town:
        assert await drain("prod-weu", replace(town.context, memory=Memory())) == []
        assert gate.asked == ["take", "peek"]


async def test_a_holder_whose_lease_has_lapsed_looks_after_nothing() -> None:
    gate = Gate()
    async with gate.held() as town:
        assert town.leases.current is not None
        town.leases.current.held = False
        assert not town.context.memory.holdings.looks_after("prod-weu", None)
        town.leases.current.held = True


async def test_nor_does_one_whose_alarm_is_overdue() -> None:
    gate = Gate()
    async with gate.held() as town:
        town.clock.now += town.leases.duration + timedelta(seconds=3)
        assert not town.context.memory.holdings.looks_after("prod-weu", None)


async def test_an_alarm_in_hand_does_not_stand_for_the_one_that_has_to_come() -> None:
    gate = Gate()
    async with gate.held() as town:
        due = Note.from_metadata(town.leases.notes[LEASE]).alarm
        assert due is not None
        assert town.context.memory.holdings.looks_after("prod-weu", None)
        assert not town.context.memory.holdings.looks_after("prod-weu", Alarm("prod-weu", due))


async def test_a_hub_that_nobody_drains_any_more_is_asked_for() -> None:
    gate = Gate()
    async with gate.held() as town:
        pass
    assert not town.context.memory.holdings.looks_after("prod-weu", None)


async def test_of_many_who_come_at_once_one_asks_for_the_lease() -> None:
    gate = Gate()
    town = gate.town
    gate.opened.set()
    town.put(request(when=town.clock()), request(B, when=town.clock()))
    await town.pump_together()
    assert town.connected([SPOKE_ID, B])
    assert gate.asked.count("take") == 1
    assert "peek" not in gate.asked


async def test_of_many_who_come_to_a_hub_that_is_held_elsewhere_those_ask_who_came_after_the_last_try() -> None:
    gate = Gate()
    async with gate.held() as town:
        elsewhere = replace(town.context, memory=Memory())
        await asyncio.gather(*(drain("prod-weu", elsewhere) for _ in range(20)))
        assert gate.asked.count("take") == 2  # the first, and one for all who came while it was under way
        await drain("prod-weu", elsewhere)
        assert gate.asked.count("take") == 3


async def test_who_waits_for_one_that_comes_to_nothing_asks_himself() -> None:
    gate = Gate()
    town, refused = gate.town, list[str]()
    gate.opened.set()

    def refuse_once(call: str) -> None:
        if call == "take" and not refused:
            refused.append(call)
            raise AzureFailure(503, "ServerBusy", "The server is busy.")

    town.leases.before.append(refuse_once)
    town.put(request(when=town.clock()), request(B, when=town.clock()))
    await town.pump_together()
    assert refused
    assert town.connected([SPOKE_ID, B])
