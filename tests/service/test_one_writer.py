"""One writer per hub: busy hubs, holders that die, leases that lapse, and no row that is forgotten."""

from dataclasses import replace
from datetime import timedelta

from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import lease_name
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
        await town.ask()
        assert (town.row().state, town.writes, town.queue.messages) == (State.PENDING, [], [])
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


async def test_the_ticket_of_a_holder_is_put_off_with_each_renewal_and_withdrawn_at_the_end() -> None:
    town = town_of_three()
    seen: list[timedelta] = []

    async def renew_and_look() -> None:
        assert town.leases.current
        town.clock.now += timedelta(seconds=20)
        await town.leases.current.renew()
        seen.extend(ticket.due - town.clock() for ticket in town.queue.messages if ticket.delay)

    town.networks.before_apply.append(renew_and_look)
    await town.ask()
    assert len(seen) == 2
    assert all(town.leases.duration < wait < town.leases.duration * 1.5 for wait in seen)
    assert (town.connected(), town.queue.messages) == (True, [])


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
        await town.pump_together()
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
