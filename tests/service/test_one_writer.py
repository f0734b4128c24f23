"""One writer per hub: busy hubs, holders that die, leases that lapse, and no row that is forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from peering.core.intake.alarms import Alarm
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import lease_name
from peering.core.record.note import Note
from peering.core.record.record import State
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, catalogue, hub, policy, request, spoke, vnet, vnet_id
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town

B, C = vnet_id("spoke-b"), vnet_id("spoke-c")
TWO_HUBS = catalogue(policy(), policy("neu", OTHER_HUB_ID))


def town_of_three(batch: int = 50) -> Town:
    return Town(hub(), spoke(), spoke("10.2.0.0/24", id=B), spoke("10.3.0.0/24", id=C), batch=batch)


async def test_a_busy_hub_leaves_the_row_for_the_holder() -> None:
    town = town_of_three()
    async with town.leases.take(lease_name(HUB_ID)):
        town.put(request())
        await town.pump(timedelta())
        assert (town.row().state, town.writes) == (State.PENDING, [])
    await town.ask(B)  # the next holder
    assert town.connected([SPOKE_ID, B])


async def test_a_row_that_comes_while_the_holder_works_is_picked_up_by_it() -> None:
    town = town_of_three()
    town.put(request())
    arrived: list[int] = []

    def arrive(_record: object) -> None:
        if town.leases.current and not arrived:
            arrived.append(1)
            town.put(request(B, when=town.clock()))

    town.records.before_save.append(arrive)
    await town.pump_together()
    assert town.connected([SPOKE_ID, B])
    assert town.queue.messages == []


async def test_a_holder_is_covered_by_an_alarm_at_any_time_and_arms_no_more_than_it_needs() -> None:
    town = town_of_three()
    seen: list[bool] = []

    async def renew_and_look() -> None:
        assert town.leases.current
        for _ in range(9):
            town.clock.now += timedelta(seconds=20)
            await town.leases.current.renew()
            soon = town.clock() + town.leases.duration + timedelta(seconds=5)
            seen.append(any(town.clock() < message.due <= soon for message in town.queue.messages))

    town.networks.before_apply.append(renew_and_look)
    await town.ask()
    assert seen == [True] * 18
    assert len(town.queue.sent) <= 7  # six minutes: one for each time that the lease lasts
    assert (town.connected(), town.queue.messages) == (True, [])


async def test_an_alarm_that_finds_the_lease_busy_is_put_off_unless_another_is_on_its_way() -> None:
    town = town_of_three()
    async with town.leases.take(lease_name(HUB_ID)) as lease:
        assert lease
        town.put(request())
        await town.pump(timedelta())
        for note, expected in ((Note(), 1), (Note(alarm=town.clock() + timedelta(seconds=30)), 0)):
            await lease.write(note)
            town.queue.messages.clear()
            town.queue.put(Alarm("prod-weu", town.clock()).to_json())
            await town.pump(timedelta())
            assert len(town.queue.messages) == expected
            assert all(each.due - town.clock() > town.leases.duration for each in town.queue.messages)


async def test_the_alarm_in_hand_does_not_count_as_one_to_come() -> None:
    """The queue's clock may be ahead of ours: what the note says is then still to come, and yet it is here."""
    due = datetime(2026, 11, 23, 12, 1, tzinfo=UTC)
    note = Note(alarm=due)
    assert note.covers(due + timedelta(minutes=1), due - timedelta(seconds=1), None)
    assert not note.covers(due + timedelta(minutes=1), due - timedelta(seconds=1), due)
    assert not note.covers(due + timedelta(minutes=1), due, None)
    assert not note.covers(due - timedelta(seconds=1), due - timedelta(minutes=1), None)


async def test_an_alarm_that_finds_nothing_waiting_takes_no_lease() -> None:
    town = town_of_three()
    town.queue.put(Alarm("prod-weu", town.clock()).to_json())
    await town.pump()
    assert (town.leases.taken, town.queue.messages, town.networks.log) == (0, [], [])


async def test_a_holder_that_dies_between_the_halves_costs_a_minute() -> None:
    town = town_of_three()
    town.networks.fail("apply", SPOKE_ID, ProcessDied())
    began = town.clock()
    town.put(request())
    await town.pump(timedelta(seconds=30))
    assert [entry.split("/")[0] for entry in town.writes] == ["put hub-weu"]
    await town.pump(timedelta(seconds=60))
    assert town.connected()
    assert len(town.writes) == 2
    finished = town.row().progress.finished
    assert finished is not None
    assert finished - began <= town.leases.duration + timedelta(seconds=5)
    await town.pump()
    assert town.history == ["Connected"]


async def test_a_holder_that_dies_after_its_own_spoke_leaves_a_ticket_for_the_others() -> None:
    town = town_of_three(batch=1)
    town.put(request(), request(B), request(C))
    town.networks.fail("apply", B, ProcessDied())
    await town.pump_together()
    assert town.connected([SPOKE_ID, B, C])
    assert len(town.writes) == 6


async def test_a_holder_that_dies_while_a_spoke_leaves() -> None:
    town = town_of_three()
    await town.ask()
    town.delete()
    town.networks.fail("apply", HUB_ID, ProcessDied())
    await town.ask()
    assert town.networks.vnets[HUB_ID].halves == ()
    assert town.row().state is State.REMOVED


async def test_a_lease_that_is_lost_stops_the_writing() -> None:
    town = town_of_three()

    async def lose_it() -> None:
        if town.leases.current and len(town.writes) == 2:
            town.leases.current.held = False

    await town.wait_as_one_batch(SPOKE_ID, B, C)
    town.networks.before_apply.append(lose_it)
    await town.pump(timedelta())
    assert len(town.writes) == 3  # the one that was under way
    await town.pump()
    assert town.connected([SPOKE_ID, B, C])
    assert len(town.writes) == 6


async def test_patience_hands_over_and_nobody_is_left_behind() -> None:
    town = town_of_three(batch=1)
    object.__setattr__(town.context, "patience", timedelta(seconds=20))

    async def take_time() -> None:
        town.clock.now += timedelta(seconds=15)

    town.networks.before_apply.append(take_time)
    town.put(request(), request(B), request(C))
    await town.pump_together()
    assert town.connected([SPOKE_ID, B, C])
    assert town.leases.taken >= 3
    assert town.queue.messages == []


async def test_two_hubs_do_not_wait_for_each_other() -> None:
    town = Town(
        hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), spoke("10.2.0.0/24", id=B, tag="neu"), hubs=TWO_HUBS
    )
    async with town.leases.take(lease_name(HUB_ID)):
        town.put(request(), request(B))
        await town.pump(timedelta())
        assert town.connected([B], to=OTHER_HUB_ID)
        assert not town.connected()


async def test_somebody_who_asks_again_while_it_is_finished_is_looked_at_again() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"))
    asked: list[int] = []

    def ask_again(record: object) -> None:
        if getattr(record, "state", None) is State.REFUSED and not asked:
            asked.append(1)
            town.change(prefixes=spoke("10.7.0.0/24").prefixes)
            town.records.rows["prod-weu", SPOKE_ID.key] = replace(town.row(), etag="changed")

    town.records.before_save.append(ask_again)
    await town.ask()
    assert asked == [1]
    assert town.connected()
    assert town.history == ["Refused", "Connected"]


async def test_a_storage_that_fails_makes_the_host_deliver_again() -> None:
    town = Town(hub(), spoke())
    failures = [AzureFailure(503, "ServerBusy", "busy")] * 2

    def fail(record: object) -> None:
        if getattr(record, "state", None) is State.CONNECTED and failures:
            raise failures.pop()

    town.records.before_save.append(fail)
    await town.ask()
    assert town.row().state is State.CONNECTED
    assert (len(town.writes), town.poison) == (2, [])
