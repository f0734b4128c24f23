"""Time is bounded: what hangs holds nobody up, and every invocation ends well inside the host's limit."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from peering.core.decision.changes import Change
from peering.core.intake.requests import visible_in
from peering.core.network.failures import NO_ANSWER, AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record, State
from peering.service import telling
from peering.service.worker import work
from tests.builders import HUB_ID, SPOKE_ID, altered, catalogue, hub, policy, request, spoke, vnet_id
from tests.service.town import OURS, Town, joined, town_of

HOSTS_LIMIT = timedelta(minutes=30)
A_WEEK = timedelta(days=7)  # what a message on the queue may be hidden for
TOO_LONG = AzureFailure(NO_ANSWER, "TimedOut", "Azure took too long.")


class Hangs:
    """Whatever is about this network never comes to an end, until it is let go."""

    def __init__(self, network: VnetId) -> None:
        self.network, self.over = network, asyncio.Event()

    async def read(self, network: VnetId) -> None:
        if network == self.network:
            await self.over.wait()

    async def apply(self, change: Change) -> None:
        if change.vnet == self.network:
            await self.over.wait()


async def one_invocation(town: Town) -> timedelta:
    """Work on the message that is there, once; how long that took by the town's clock."""
    began = town.clock()
    await work(town.queue.messages.pop().body, OURS, town.context)
    return town.clock() - began


async def test_a_spoke_whose_read_hangs_does_not_hold_up_its_hub() -> None:
    town, ids = town_of(3)
    await town.wait_as_one_batch(*ids)
    hung = Hangs(ids[2])
    town.networks.on_read.append(hung.read)
    async with asyncio.timeout(5):
        await one_invocation(town)
    assert town.connected(ids[:2])
    assert (town.state(ids[2]), town.row(ids[2]).found.findings[0].code) == (State.PENDING, "TimedOut")
    hung.over.set()
    await town.pump()
    assert town.connected(ids)


async def test_forty_reads_that_hang_take_no_longer_than_one() -> None:
    town, ids = town_of(42)
    await town.wait_as_one_batch(*ids)
    for each in ids[2:]:
        town.networks.on_read.append(Hangs(each).read)
    began = asyncio.get_running_loop().time()
    await one_invocation(town)
    assert asyncio.get_running_loop().time() - began < 1  # each may take a twentieth of that
    assert town.connected(ids[:2])


async def test_a_hub_whose_read_hangs_is_left_in_peace_and_asked_again() -> None:
    town, ids = town_of(3)
    await town.wait_as_one_batch(*ids)
    hung = Hangs(HUB_ID)
    town.networks.on_read.append(hung.read)
    await town.pump(timedelta(minutes=5))
    assert [town.state(each) for each in ids] == [State.PENDING] * 3
    assert town.networks.log.count("read hub-weu") < 10
    hung.over.set()
    await town.pump()
    assert town.connected(ids)
    assert set(town.history) == {"Connected"}


async def test_spokes_of_no_known_hub_that_hang_do_not_keep_their_turn_for_minutes() -> None:
    ids = [vnet_id(f"spoke-{n:02}") for n in range(50)]
    town = Town(hub(), *(spoke(f"10.1.{n}.0/24", tag="nowhere", id=each) for n, each in enumerate(ids)))
    town.put(*(request(each) for each in ids))
    await town.pump()

    async def slow(_network: VnetId) -> None:
        town.clock.now += timedelta(seconds=30) / 8  # eight at once, each of which takes as long as it may

    for key, row in town.records.rows.items():
        town.records.rows[key] = altered(row, not_before=town.clock())
    town.networks.on_read.append(slow)
    town.queue.messages.clear()
    town.queue.put('{"kind": "alarm", "hub": "unknown", "due": "2026-11-23T11:00:00+00:00"}')
    held: list[timedelta] = []
    town.leases.before.append(lambda call: held.append(town.clock() - began) if call == "take" else None)
    began = town.clock()
    await town.pump()
    assert max(later - earlier for earlier, later in pairwise(held)) < timedelta(minutes=1)
    assert {town.state(each, "unknown") for each in ids} == {State.REFUSED}


@pytest.mark.parametrize("side", [HUB_ID, SPOKE_ID], ids=["hub", "spoke"])
async def test_a_write_that_hangs_ends_with_its_invocation_and_nothing_is_lost(side: VnetId) -> None:
    town = Town(hub(), spoke(), invocation=timedelta(milliseconds=100))
    hung = Hangs(side)
    town.networks.on_apply.append(hung.apply)
    town.put(request())
    async with asyncio.timeout(5):
        await town.pump(timedelta())
    assert town.state() is State.PENDING
    hung.over.set()
    await town.pump()
    assert (town.connected(), town.history, town.poison) == (True, ["Connected"], [])


async def test_spoke_writes_that_hang_take_no_success_of_others_with_them_and_do_not_go_on_behind_us() -> None:
    """Whoever goes on writing when the lease was let go is a second writer."""
    town, ids = town_of(4, invocation=timedelta(milliseconds=200))
    await town.wait_as_one_batch(*ids)
    hung = [Hangs(each) for each in ids[2:]]
    for each in hung:
        town.networks.on_apply.append(each.apply)
    before = asyncio.all_tasks()
    async with asyncio.timeout(5):
        await town.pump(timedelta())
    assert asyncio.all_tasks() == before
    assert [town.state(each) for each in ids] == [State.CONNECTED] * 2 + [State.PENDING] * 2
    for each in hung:
        each.over.set()
    await town.pump()
    assert (town.connected(ids), len(town.writes)) == (True, 8)


async def test_a_storage_that_hangs_ends_with_the_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(hub(), spoke(), invocation=timedelta(milliseconds=100))
    over, waiting = asyncio.Event(), town.records.waiting

    async def hang(name: str) -> list[Record]:
        await over.wait()
        return await waiting(name)

    monkeypatch.setattr(town.records, "waiting", hang)
    town.put(request())
    async with asyncio.timeout(5):
        await town.pump(timedelta(minutes=5))  # many deliveries, and more than the host would make of one message
    over.set()
    await town.pump()
    assert (town.state(), town.poison) == (State.CONNECTED, [])


@pytest.mark.parametrize("what", ["write_tag", "announce"])
async def test_telling_that_hangs_undoes_nothing_and_is_made_up_for(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_TELL_TIME", timedelta(milliseconds=50))
    town = Town(hub(), spoke(), hubs=catalogue(policy(status_tag="hub-status")))
    over = asyncio.Event()
    port = town.networks if what == "write_tag" else town.announcer
    real = getattr(port, what)

    async def hang(*about: object) -> None:
        await over.wait()
        await real(*about)

    monkeypatch.setattr(port, what, hang)
    town.put(request())
    async with asyncio.timeout(5):
        await town.pump(timedelta(minutes=5))
        assert town.state() is State.CONNECTED
        over.set()
        await town.pump(timedelta(hours=1))
    assert "hub-status" in town.networks.vnets[SPOKE_ID].tags
    assert town.announcer.announced


@pytest.mark.parametrize(("batch", "seconds"), [(50, 11), (200, 11), (50, 32)])
async def test_a_burst_of_200_over_a_slow_hub_is_recorded_as_it_goes_and_ends_in_time(batch: int, seconds: int) -> None:
    town, ids = town_of(200, batch=batch)
    saved: list[timedelta] = []

    async def take_time(change: Change) -> None:
        if change.vnet == HUB_ID:
            town.clock.now += timedelta(seconds=seconds)

    await town.wait_as_one_batch(*ids)
    began = town.clock()
    town.networks.on_apply.append(take_time)
    town.records.before_save.append(
        lambda row: saved.append(town.clock() - began) if row.state is State.CONNECTED else None
    )
    assert await one_invocation(town) < HOSTS_LIMIT - timedelta(minutes=5)
    assert saved[0] < timedelta(minutes=5)
    await town.pump()
    assert town.connected(ids)
    assert len(town.writes) == 400


async def test_hub_writes_that_take_their_ten_minutes_and_fail_do_not_outlast_the_host() -> None:
    town, ids = town_of(50)

    async def take_ten_minutes(_change: Change) -> None:
        town.clock.now += timedelta(minutes=10)
        raise TOO_LONG

    await town.wait_as_one_batch(*ids)
    town.networks.on_apply.append(take_ten_minutes)
    assert await one_invocation(town) < HOSTS_LIMIT
    assert [town.state(each) for each in ids] == [State.PENDING] * 50
    assert town.stranded == []


async def test_taking_back_fifty_halves_does_not_outlast_the_host() -> None:
    """Every spoke is refused, and every removal on the hub takes its ten minutes and fails."""
    town, ids = town_of(50)

    slow = [True]

    async def refuse(change: Change) -> None:
        if change.vnet != HUB_ID:
            raise AzureFailure(403, "RequestDisallowedByPolicy", "disallowed by policy.")
        if change.action == "remove" and slow:
            town.clock.now += timedelta(minutes=10)
            raise TOO_LONG

    await town.wait_as_one_batch(*ids)
    town.networks.on_apply.append(refuse)
    assert await one_invocation(town) < HOSTS_LIMIT
    slow.clear()
    await town.pump(timedelta(hours=3))
    assert town.networks.vnets[HUB_ID].halves == ()


@pytest.mark.parametrize(("seconds", "most"), [(40, 8), (1, 50)])
async def test_halves_that_are_taken_back_slowly_are_taken_back_over_several_looks(seconds: int, most: int) -> None:
    town, ids = town_of(50)

    async def refuse(change: Change) -> None:
        if change.vnet != HUB_ID:
            raise AzureFailure(403, "RequestDisallowedByPolicy", "disallowed by policy.")
        if change.action == "remove":
            town.clock.now += timedelta(seconds=seconds)

    await town.wait_as_one_batch(*ids)
    town.networks.on_apply.append(refuse)
    await one_invocation(town)
    assert most - 1 <= len(town.removals) <= most
    await town.pump(timedelta(hours=3))
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_a_hub_that_is_busy_while_halves_are_taken_back_is_asked_once() -> None:
    town, ids = town_of(50)
    asked: list[VnetId] = []

    async def refuse(change: Change) -> None:
        if change.vnet != HUB_ID:
            raise AzureFailure(403, "RequestDisallowedByPolicy", "disallowed by policy.")
        if change.action == "remove":
            asked.append(change.remote)
            raise AzureFailure(409, "AnotherOperationInProgress", "in progress")

    await town.wait_as_one_batch(*ids)
    town.networks.on_apply.append(refuse)
    await one_invocation(town)
    assert len(asked) == 1


@pytest.mark.parametrize("days", [6, 7, 8, 30])
async def test_a_grace_longer_than_a_message_lives_is_kept_to_the_minute(days: int) -> None:
    grace = timedelta(days=days)
    town = await joined(hubs=catalogue(policy(grace_minutes=days * 1440)))
    began = town.clock()
    town.change(tags={})
    town.put(request(when=began))
    await town.pump(grace - timedelta(minutes=1))
    assert (town.state(), town.writes) == (State.LEAVING, [])
    await town.pump(timedelta(minutes=2))
    finished = town.row().progress.finished
    assert (town.state(), finished is not None and finished - began < grace + timedelta(minutes=1)) == (
        State.REMOVED,
        True,
    )


@pytest.mark.parametrize("delay", [A_WEEK, timedelta(days=365)])
def test_no_message_is_hidden_for_as_long_as_the_queue_would_keep_it(delay: timedelta) -> None:
    assert timedelta(seconds=visible_in(delay)) <= A_WEEK - timedelta(minutes=1)
