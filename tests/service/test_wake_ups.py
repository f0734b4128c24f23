"""Nothing is silent: whatever fails or dies at whatever call, what is open has a message that will wake it."""

from datetime import timedelta

import pytest

from peering.core.decision.changes import Change
from peering.core.intake.alarms import Alarm
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure, StorageFailure
from peering.core.network.resource_ids import VnetId, lease_name
from peering.core.record.record import Record, State
from peering.service.drain import drain
from peering.service.poison import abandon
from tests.builders import (
    HUB_ID,
    OTHER_HUB_ID,
    SPOKE_ID,
    catalogue,
    hub,
    policy,
    request,
    spoke,
    vnet,
    vnet_id,
)
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town, joined, times, town_of

B = vnet_id("spoke-b")
STORAGE_BUSY = StorageFailure(503, "ServerBusy", "The server is busy.")
DENIED = AzureFailure(403, "AuthorizationFailed", "The client does not have authorization.")
TWO_HUBS = catalogue(policy(), policy("neu", OTHER_HUB_ID))
ROW_CALLS = ["find", "save", "note", "waiting", "get"]
LEASE_CALLS = ["take", "peek", "write"]


def concluding(call: str, row: Record | None) -> bool:
    return call == "save" and row is not None and row.state is State.CONNECTED


# Our own storage fails.


@pytest.mark.parametrize("failures", [1, 5, 8])
async def test_outcomes_that_cannot_be_saved_leave_nobody_behind(failures: int) -> None:
    """Five is how often the host delivers a message before it gives up on it."""
    town, ids = town_of(3)
    await town.wait_as_one_batch(*ids)
    town.records.before.append(times(failures, STORAGE_BUSY, concluding))
    await town.pump()
    assert [town.state(each) for each in ids] == [State.CONNECTED] * 3
    assert (town.stranded, town.poison, len(town.writes)) == ([], [], 6)


async def test_one_failure_over_the_row_of_another_does_not_strand_it() -> None:
    """The message is about the first spoke, and its second delivery finds that one Connected."""
    town, ids = town_of(3)
    await town.wait_as_one_batch(*ids)
    town.records.before.append(times(1, STORAGE_BUSY, lambda call, row: concluding(call, row) and row.spoke == ids[1]))
    await town.pump()
    assert [town.state(each) for each in ids] == [State.CONNECTED] * 3
    assert town.stranded == []


@pytest.mark.parametrize("count", [3, 5])
async def test_a_failure_in_a_later_batch_leaves_none_of_the_rest_unpeered(count: int) -> None:
    town, ids = town_of(count, batch=1)
    await town.wait_as_one_batch(*ids)
    late = ids[count // 2]
    town.records.before.append(times(1, STORAGE_BUSY, lambda call, row: call == "note" and row.spoke == late))
    await town.pump()
    assert town.connected(ids)
    assert (town.stranded, town.poison) == ([], [])


@pytest.mark.parametrize("failures", [1, 5, 12])
@pytest.mark.parametrize("call", ROW_CALLS)
async def test_tables_that_fail_at_any_call_are_waited_out(call: str, failures: int) -> None:
    town, ids = town_of(3)
    await town.wait_as_one_batch(*ids)
    town.records.before.append(times(failures, STORAGE_BUSY, lambda now, _row: now == call))
    await town.pump()
    assert town.connected(ids)
    assert [town.state(each) for each in ids] == [State.CONNECTED] * 3
    assert set(town.history) == {"Connected"}
    assert (town.stranded, town.poison) == ([], [])


@pytest.mark.parametrize("failures", [1, 5, 12])
@pytest.mark.parametrize("call", LEASE_CALLS)
async def test_leases_that_fail_at_any_call_are_waited_out(call: str, failures: int) -> None:
    town, ids = town_of(3)
    await town.wait_as_one_batch(*ids)
    town.leases.before.append(times(failures, STORAGE_BUSY, lambda now: now == call))
    await town.pump()
    assert [town.state(each) for each in ids] == [State.CONNECTED] * 3
    assert (town.stranded, town.poison, set(town.history)) == ([], [], {"Connected"})


async def test_a_storage_that_refuses_is_said_to_be_the_storages_and_blames_no_network() -> None:
    """The same 403 of ARM's would say: grant the role on this network."""
    town = Town(hub(), spoke())
    refusal = StorageFailure(403, "AuthorizationFailure", "This request is not authorized to perform this operation.")
    town.records.before.append(times(8, refusal, lambda call, _row: call == "find"))
    await town.ask()
    assert town.connected()
    assert list(town.records.rows) == [("prod-weu", SPOKE_ID.key)]
    assert (town.row().found.findings, town.history, town.poison) == ((), ["Connected"], [])


async def test_a_minute_without_tables_ends_in_connected_and_not_in_abandoned() -> None:
    town = Town(hub(), spoke())
    end = town.clock() + timedelta(minutes=1)

    def busy(_call: str, _row: Record | None) -> None:
        if town.clock() < end:
            raise STORAGE_BUSY

    town.records.before.append(busy)
    await town.ask()
    assert (town.state(), town.history, town.poison) == (State.CONNECTED, ["Connected"], [])


# The queue fails, or the process dies.


@pytest.mark.parametrize("failures", [1, 4, 6, 9, 12])
async def test_a_queue_that_takes_nothing_for_a_while_does_not_lose_a_departure(failures: int) -> None:
    town = await joined()
    town.change(tags={})
    town.queue.before_send.append(times(failures, STORAGE_BUSY))
    town.put(request(when=town.clock()))
    await town.pump(timedelta(hours=2))
    assert (town.state(), town.history) == (State.REMOVED, ["Connected", "Removed"])
    assert town.networks.vnets[HUB_ID].halves == ()


@pytest.mark.parametrize("failures", [1, 4, 6, 9])
async def test_a_queue_that_takes_nothing_for_a_while_does_not_lose_a_spoke(failures: int) -> None:
    town = Town(hub(), spoke())
    town.queue.before_send.append(times(failures, STORAGE_BUSY))
    await town.ask()
    assert (town.state(), town.history) == (State.CONNECTED, ["Connected"])


async def test_what_was_abandoned_is_looked_at_again_a_day_later() -> None:
    """The queue takes nothing for so long that the host gives the message up, and then its function fails twice too."""
    town = Town(hub(), spoke())
    town.queue.before_send.append(times(17, STORAGE_BUSY))
    await town.ask()
    assert (town.state(), len(town.poison), town.stranded) == (State.ABANDONED, 1, [])
    await town.pump(timedelta(days=1, minutes=1))
    assert (town.state(), town.history[-1]) == (State.CONNECTED, "Connected")


async def test_a_death_before_the_alarm_of_a_departure_is_sent_does_not_lose_it() -> None:
    town = await joined()
    town.change(tags={})
    town.queue.before_send.append(times(1, ProcessDied()))
    town.put(request(when=town.clock()))
    await town.pump(timedelta(hours=2))
    assert town.state() is State.REMOVED
    assert town.networks.vnets[HUB_ID].halves == ()


class DiesAt:
    """A process that dies at the nth of all its calls to the outside world."""

    def __init__(self, town: Town, last: int) -> None:
        self.last, self.calls = last, 0
        town.records.before.append(self.count)
        town.leases.before.append(self.count)
        town.queue.before_send.append(self.count)
        town.networks.on_read.append(self.count_call)
        town.networks.on_apply.append(self.count_call)

    def count(self, *_about: object) -> None:
        self.calls += 1
        if self.calls == self.last:
            raise ProcessDied

    async def count_call(self, *_about: object) -> None:
        self.count()


@pytest.mark.parametrize("leaving", [False, True], ids=["joining", "leaving"])
async def test_a_process_may_die_at_any_call_and_nothing_is_lost(leaving: bool) -> None:
    town, ids = town_of(3)
    alive = DiesAt(town, 0)
    await _history(town, ids, leaving=leaving)
    assert alive.calls > 20
    for last in range(1, alive.calls + 1):
        town, ids = town_of(3)
        DiesAt(town, last)
        await _history(town, ids, leaving=leaving)
        states = [town.state(each) for each in ids]
        assert states == [State.REMOVED if leaving else State.CONNECTED] * 3, f"died at call {last}"
        assert town.connected(ids) is not leaving
        assert town.stranded == []


async def _history(town: Town, ids: list[VnetId], *, leaving: bool) -> None:
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump(timedelta(hours=2))
    if leaving:
        for each in ids:
            town.change(each, tags={})
            town.put(request(each, when=town.clock()))
        await town.pump(timedelta(hours=2))


async def test_a_spoke_over_which_processes_die_takes_nobody_along_and_is_given_up_after_five() -> None:
    town, ids = town_of(3)
    killer, deaths = ids[0], list[VnetId]()

    async def kill(change: Change) -> None:
        if change.vnet == killer:
            deaths.append(killer)
            raise ProcessDied

    await town.wait_as_one_batch(*ids)
    town.networks.on_apply.append(kill)
    await town.pump()
    assert town.connected(ids[1:])
    assert town.state(killer) is State.ABANDONED
    assert 5 <= len(deaths) <= 10  # five of the rows, and those of the message that is delivered again
    known = len(deaths)
    await town.pump(timedelta(days=1, minutes=5))
    assert (town.state(killer), len(deaths)) == (State.ABANDONED, known + 1)  # one more is enough by then
    town.networks.on_apply.clear()
    await town.ask(killer)
    assert town.connected(ids)


# Others in the same batch, and messages that stand for others.


@pytest.mark.parametrize("where", ["read", "apply"])
async def test_one_spoke_with_something_unforeseen_stops_none_of_the_others(where: str) -> None:
    town, ids = town_of(3)
    await town.wait_as_one_batch(*ids)
    town.networks.refuse(where, ids[2], KeyError("id"))
    await town.pump()
    assert town.connected(ids[:2])
    assert (town.state(ids[2]), town.poison) == (State.ABANDONED, [])
    assert town.networks.vnets[HUB_ID].half_to(ids[2]) is None  # nor is half a pair left


async def test_a_messenger_whose_subscription_goes_away_does_not_leave_the_others_waiting() -> None:
    town, ids = town_of(3, batch=1, patience=timedelta(seconds=1))

    async def slow(_change: Change) -> None:
        town.clock.now += timedelta(seconds=15)

    async def gone(network: VnetId) -> None:
        if network == ids[0] and len(town.writes) >= 2:
            raise AzureFailure(404, "SubscriptionNotFound", "The subscription could not be found.")

    await town.wait_as_one_batch(*ids)
    town.networks.on_apply.append(slow)
    town.networks.on_read.append(gone)
    await town.pump()
    assert [town.state(each) for each in ids] == [State.CONNECTED] * 3
    assert town.stranded == []


async def test_a_move_whose_worker_dies_before_it_wakes_the_new_hub_still_ends_there() -> None:
    """The new hub overlaps the old one, so it can take the spoke only when the old pair is gone."""
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.0.0.0/16", gateway=True), spoke(), hubs=TWO_HUBS)
    await town.ask()
    town.change(tags={"hub": "neu"})
    async with town.leases.take(lease_name(HUB_ID)):
        town.put(request(when=town.clock()))
        await town.pump(timedelta())
    died = times(1, ProcessDied(), lambda _message: town.state() is State.REMOVED)
    town.queue.before_send.append(died)
    town.networks.vnets[B] = spoke("10.9.0.0/24", id=B)
    await town.ask(B)
    assert town.state(hub="neu") is State.CONNECTED
    assert town.connected(to=OTHER_HUB_ID)


async def test_both_rows_of_a_move_end_when_the_spoke_cannot_be_read_for_a_while() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=TWO_HUBS)
    town.change(tags={"hub": "neu"})
    async with town.leases.take(lease_name(HUB_ID)), town.leases.take(lease_name(OTHER_HUB_ID)):
        town.put(request(when=town.clock()))
        await town.pump(timedelta())
    town.networks.fail("read", SPOKE_ID, *[DENIED] * 8)
    await town.ask()
    assert (town.state(), town.state(hub="neu")) == (State.REMOVED, State.CONNECTED)
    assert town.stranded == []


async def test_a_message_that_is_given_up_does_not_end_a_departure_that_waits_for_its_grace() -> None:
    town = await joined()
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    await abandon(request().to_json(), town.context.ports, town.clock())
    assert town.state() is State.LEAVING
    await town.pump()
    assert town.state() is State.REMOVED
    assert town.networks.vnets[SPOKE_ID].halves == ()


async def test_what_succeeds_after_its_message_was_given_up_is_recorded_as_the_success_it_is() -> None:
    town = Town(hub(), spoke())
    given_up: list[Change] = []

    async def give_up(change: Change) -> None:
        if not given_up:
            given_up.append(change)
            await abandon(request().to_json(), town.context.ports, town.clock())

    town.networks.on_apply.append(give_up)
    await town.ask()
    assert (town.state(), town.row().found.findings, town.connected()) == (State.CONNECTED, (), True)


async def test_an_alarm_that_the_host_gives_up_on_is_armed_again() -> None:
    town, ids = town_of(3)
    async with town.leases.take(lease_name(HUB_ID)):
        town.put(*(request(each, when=town.clock()) for each in ids))
        await town.pump(timedelta())
    town.queue.messages.clear()  # whoever found the lease busy has seen to it that an alarm is on its way
    for _ in range(3):
        await abandon(Alarm("prod-weu", town.clock()).to_json(), town.context.ports, town.clock())
        (waiting,) = town.queue.messages
        assert timedelta() < waiting.delay <= timedelta(hours=1)
        town.queue.messages.clear()
    await abandon(Alarm("prod-weu", town.clock(), poisoned=40).to_json(), town.context.ports, town.clock())
    await town.pump()
    assert town.connected(ids)


@pytest.mark.parametrize("door", [Door.RETRY, Door.EVENT])
async def test_a_stray_message_about_a_row_that_was_given_up_is_a_look_like_any_other(door: Door) -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("apply", SPOKE_ID, AzureFailure(401, "InvalidAuthenticationTokenTenant", "wrong issuer"))
    await town.ask()
    assert town.state() is State.FAILED
    town.networks.relent()
    await town.ask(door=door)
    assert (town.state(), town.stranded) == (State.CONNECTED, [])


async def test_a_drain_that_breaks_off_is_taken_up_again_within_seconds() -> None:
    """Others' rows were left to it: the message that comes again is about one spoke, which may be done already."""
    town = Town(hub(), spoke())
    await town.wait_as_one_batch(SPOKE_ID)
    town.queue.messages.clear()

    def break_off(call: str, _: Record | None) -> None:
        if call == "note":
            raise STORAGE_BUSY

    town.records.before.append(break_off)
    with pytest.raises(StorageFailure):
        await drain("prod-weu", town.context)
    town.records.before.clear()
    await town.pump(timedelta(seconds=8))
    assert town.state() is State.CONNECTED
