"""The next turn begins when the hub has the last half of the one before, while its last spokes are still written."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.decision.changes import Action, Change, Side
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId, lease_name
from peering.core.network.vnets import Half, PeeringState
from peering.core.record.note import Note
from peering.core.record.record import Record, State
from peering.ports import Accepted, nobody_waits
from peering.service.watch import LeaseLost
from tests.builders import HUB_ID, SPOKE_ID, catalogue, hub, policy, request, spoke, vnet_id
from tests.fakes.scheduling import ProcessDied, settled
from tests.fakes.storage import FakeLease
from tests.service.town import Town, town_of

B = vnet_id("other")
LOCKED = AzureFailure(409, "ScopeLocked", "The scope is locked.")


class Slow:
    """The half of one network is accepted, and not done before `go_on`; `log` has each change as it begins."""

    def __init__(self, town: Town, slow: VnetId) -> None:
        self.slow, self.reached, self.go_on = slow, asyncio.Event(), asyncio.Event()
        self.log: list[str] = []
        self.raises: BaseException | None = None
        self.meanwhile: Callable[[], None] = lambda: None
        self._apply = town.networks.apply
        town.networks.apply = self.apply  # type: ignore[method-assign]

    async def apply(self, change: Change, accepted: Accepted = nobody_waits) -> Half | None:
        self.log.append(f"{change.side} {change.remote.name if change.side is Side.HUB else change.vnet.name}")

        async def then_wait() -> None:
            await accepted()
            if change.vnet == self.slow:
                self.meanwhile()
                self.reached.set()
                await self.go_on.wait()
                if self.raises:
                    raise self.raises

        return await self._apply(change, then_wait)


async def _until(holds: asyncio.Event) -> None:
    async with asyncio.timeout(5):
        await holds.wait()


async def _one_by_one(town: Town, *ids: VnetId) -> tuple[asyncio.Task[None], Slow]:
    """All of them wait at the hub, a turn is one of them, and the first one's own half takes its time."""
    await town.wait_as_one_batch(*ids)
    slow = Slow(town, ids[0])
    drain = asyncio.create_task(town.pump())
    await _until(slow.reached)
    await settled()
    return drain, slow


async def test_the_hub_goes_on_with_the_next_turn_while_the_last_spoke_is_written() -> None:
    town, ids = town_of(3, batch=1)
    drain, slow = await _one_by_one(town, *ids)
    assert slow.log[:2] == [f"hub {ids[0].name}", f"spoke {ids[0].name}"]
    assert f"spoke {ids[2].name}" in slow.log
    assert town.connected(ids[1:])
    assert town.state(ids[0]) is State.PENDING
    slow.go_on.set()
    await drain
    assert town.connected(ids)
    assert len(slow.log) == 6


async def test_who_is_asked_about_again_meanwhile_is_not_worked_on_twice_at_a_time() -> None:
    town, ids = town_of(3, batch=1)
    drain, slow = await _one_by_one(town, *ids)
    town.put(request(ids[0], when=town.clock() + timedelta(seconds=1)))
    await town.deliver(town.queue.messages[-1])
    await settled()
    assert slow.log.count(f"hub {ids[0].name}") == 1
    slow.go_on.set()
    await drain
    assert town.connected(ids)
    assert len(slow.log) == 6


async def test_who_clashes_with_one_that_is_still_being_written_is_refused() -> None:
    town = Town(hub(), spoke(), spoke("10.1.0.0/25", id=B), batch=1)
    first, second = sorted((SPOKE_ID, B), key=lambda each: each.key)
    drain, slow = await _one_by_one(town, first, second)
    assert town.state(second) is State.REFUSED
    assert first.name in town.row(second).found.findings[0].message
    slow.go_on.set()
    await drain
    assert town.connected([first])


async def test_whose_half_is_left_behind_while_it_is_in_hand_is_not_taken_up_beside_it() -> None:
    town = Town(hub(), spoke(), spoke("10.1.0.0/25", id=B), batch=1)
    first, second = sorted((SPOKE_ID, B), key=lambda each: each.key)
    await town.wait_as_one_batch(first, second)
    slow = Slow(town, first)

    def leave_behind() -> None:
        there = town.networks.vnets[HUB_ID]
        halves = tuple(replace(each, state=PeeringState.DISCONNECTED) for each in there.halves)
        town.networks.vnets[HUB_ID] = replace(there, halves=halves)

    slow.meanwhile = leave_behind
    drain = asyncio.create_task(town.pump())
    await _until(slow.reached)
    await settled()
    assert [entry for entry in slow.log if first.name in entry] == [f"hub {first.name}", f"spoke {first.name}"]
    slow.go_on.set()
    await drain


async def test_what_a_spoke_refuses_after_the_next_turn_has_begun_is_taken_back() -> None:
    town, ids = town_of(2, batch=1)
    drain, slow = await _one_by_one(town, *ids)
    assert town.connected([ids[1]])
    slow.raises = LOCKED
    slow.go_on.set()
    await drain
    assert town.connected([ids[1]])
    assert town.networks.vnets[HUB_ID].half_to(ids[0]) is None
    assert [entry for entry in town.networks.writes if entry.startswith(Action.REMOVE)]


@pytest.mark.parametrize("raised", [LeaseLost("prod-weu"), RuntimeError("what nobody foresaw"), ProcessDied()])
async def test_nothing_is_under_way_any_more_when_the_lease_is_let_go(raised: BaseException) -> None:
    town, ids = town_of(2, batch=1)
    await town.wait_as_one_batch(*ids)
    slow, done, refused = Slow(town, ids[0]), list[bool](), list[BaseException]()
    take = town.leases.take

    @asynccontextmanager
    async def watched(name: str) -> AsyncIterator[FakeLease | None]:
        async with take(name) as lease:
            try:
                yield lease
            finally:
                if lease:
                    done.append(slow.go_on.is_set())

    async def raise_once(change: Change) -> None:
        if change.vnet == ids[1] and not refused:
            refused.append(raised)
            raise raised

    town.leases.take = watched  # type: ignore[method-assign]
    town.networks.on_apply.append(raise_once)
    drain = asyncio.create_task(town.pump())
    await _until(slow.reached)
    await settled()
    assert refused
    assert done == []
    slow.go_on.set()
    await drain
    assert all(done)
    assert town.connected(ids)


async def test_what_has_been_refused_is_taken_back_before_the_next_turn() -> None:
    town, ids = town_of(3, batch=2)
    await town.wait_as_one_batch(*ids)
    slow = Slow(town, ids[1])

    async def refuse(change: Change) -> None:
        if change.vnet == ids[0]:
            raise LOCKED

    town.networks.on_apply.append(refuse)
    drain = asyncio.create_task(town.pump(timedelta()))
    await _until(slow.reached)
    await settled()
    assert f"read {ids[2].name}" not in town.networks.log
    slow.go_on.set()
    await drain
    assert town.connected(ids[1:])
    half = f"remove {HUB_ID.name}/autopeer-{ids[0].name}"
    taken_back = next(place for place, entry in enumerate(town.networks.log) if entry.startswith(half))
    assert taken_back < town.networks.log.index(f"read {ids[2].name}")


async def test_what_takes_something_away_is_recorded_before_the_next_turn() -> None:
    """The brake of the next turn counts what is recorded."""
    town, ids = town_of(2, batch=1, hubs=catalogue(policy(grace_minutes=0)))
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump()
    for each in ids:
        town.change(each, tags={})
    await town.wait_as_one_batch(*ids)
    save, begun, go_on = town.records.save, asyncio.Event(), asyncio.Event()

    async def save_late(record: Record) -> Record:
        if record.spoke == ids[0] and record.state is State.REMOVED:
            begun.set()
            await go_on.wait()
        return await save(record)

    town.records.save = save_late  # type: ignore[method-assign]
    drain = asyncio.create_task(town.pump())
    await _until(begun)
    await settled()
    assert f"read {ids[1].name}" not in town.networks.log
    go_on.set()
    await drain
    assert [town.state(each) for each in ids] == [State.REMOVED] * 2


async def test_at_a_hub_that_takes_one_write_at_a_time_the_next_turn_waits() -> None:
    town, ids = town_of(2, batch=1)
    await town.wait_as_one_batch(*ids)
    note = Note.from_metadata(town.leases.notes.get(lease_name(HUB_ID), {}))
    remembered = replace(note, one_by_one=town.clock() + timedelta(hours=1))
    town.leases.notes[lease_name(HUB_ID)] = remembered.to_metadata()
    slow = Slow(town, ids[0])
    drain = asyncio.create_task(town.pump())
    await _until(slow.reached)
    await settled()
    assert f"read {ids[1].name}" not in town.networks.log
    slow.go_on.set()
    await drain
    assert town.connected(ids)


async def test_a_row_over_which_processes_have_died_goes_alone() -> None:
    town, ids = town_of(2, batch=1)
    await town.wait_as_one_batch(*ids)
    row = town.row(ids[1])
    await town.records.save(replace(row, progress=replace(row.progress, deaths=2)))
    slow = Slow(town, ids[0])
    drain = asyncio.create_task(town.pump())
    await _until(slow.reached)
    await settled()
    assert slow.log == [f"hub {ids[0].name}", f"spoke {ids[0].name}"]
    slow.go_on.set()
    await drain
    assert town.connected(ids)


async def test_the_end_of_the_invocation_ends_every_turn() -> None:
    town, ids = town_of(3, batch=1, invocation=timedelta(milliseconds=200))
    await town.wait_as_one_batch(*ids)
    slow = Slow(town, ids[0])
    before = asyncio.all_tasks()
    async with asyncio.timeout(5):
        await town.pump(timedelta())
    assert slow.reached.is_set()
    assert asyncio.all_tasks() == before
    async with town.leases.take(lease_name(HUB_ID)) as lease:
        assert lease, "it was not let go of"
    assert town.connected(ids[1:])
    slow.go_on.set()
    await town.pump()
    assert town.connected(ids)


async def test_a_hub_that_becomes_busy_in_the_next_turn_leaves_the_one_before_to_its_end() -> None:
    town, ids = town_of(3, batch=1)
    await town.wait_as_one_batch(*ids)
    slow, refused = Slow(town, ids[0]), list[Change]()

    async def refuse_once(change: Change) -> None:
        if change.vnet == HUB_ID and change.remote == ids[1] and not refused:
            refused.append(change)
            raise AzureFailure(409, "AnotherOperationInProgress", "Another operation is in progress.")

    town.networks.on_apply.append(refuse_once)
    drain = asyncio.create_task(town.pump())
    await _until(slow.reached)
    await settled()
    assert refused
    slow.go_on.set()
    await drain
    assert town.connected(ids)
    assert town.history == ["Connected"] * 3
