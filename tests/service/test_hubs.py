"""Events about a hub: one read of it, one of its rows, and only the spokes for which something differs are read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.decision.changes import Change
from peering.core.decision.findings import Code
from peering.core.intake.requests import Door
from peering.core.network.addresses import parse_prefixes
from peering.core.network.vnets import PeeringState, SyncLevel
from peering.core.record.record import Record, State
from tests.builders import (
    HUB_ID,
    SPOKE_ID,
    catalogue,
    gateway_of,
    half,
    hub,
    policy,
    request,
    spoke,
    vnet_id,
)
from tests.core.intake.test_events import OBJECT_ID, PEERING, VNET
from tests.fakes.scheduling import ProcessDied
from tests.service.hub_events import event, heard, many, remove_by_hand, written
from tests.service.town import OURS, Town, joined, times

B = vnet_id("spoke-b")
A_MINUTE = timedelta(minutes=1)


async def test_a_hubs_half_deleted_by_hand_is_made_anew() -> None:
    town = await joined()
    await heard(town, await remove_by_hand(town))
    assert town.connected()
    assert town.state() is State.CONNECTED
    assert town.row().asked.correlation == "c-1"  # the event's
    assert town.history == ["Connected", "Connected"]  # something was written


async def test_of_a_hundred_spokes_the_three_that_differ_are_read_and_no_other() -> None:
    town, ids = await many(100)
    lost = ids[10], ids[50], ids[90]
    events = [await remove_by_hand(town, each) for each in lost]
    town.put(events[0])
    await town.pump(timedelta(seconds=10))
    assert town.connected(ids)
    read = [entry.removeprefix("read ") for entry in town.networks.log if entry.startswith("read")]
    assert sorted(set(read) - {"hub-weu"}) == sorted(each.name for each in lost)
    assert len(read) == 2 + len(lost)  # the hub when it was heard of, the hub and they under its lease
    town.networks.log.clear()
    await heard(town, *events[1:])  # what they tell of is mended
    assert set(town.networks.log) == {"read hub-weu"}


@pytest.mark.parametrize("operation", [f"{VNET}/write", "Microsoft.Resources/tags/write"])
async def test_nothing_that_differs_costs_one_read_of_the_hub_and_no_lease(operation: str) -> None:
    town, _ = await many(5)
    taken, sent = town.leases.taken, len(town.queue.sent)
    town.put(event(town, operation, str(HUB_ID)))
    await town.pump(timedelta(seconds=1))
    assert (town.networks.log, town.leases.taken) == (["read hub-weu"], taken)
    assert town.queue.sent[sent:] == [timedelta(seconds=15)]  # Azure's reads lag: once more, and that is all
    await town.pump()
    assert (town.networks.log, town.leases.taken) == (["read hub-weu"] * 2, taken)


async def test_what_a_read_that_lags_does_not_show_is_found_the_second_time() -> None:
    town = await joined()
    before = town.networks.vnets[HUB_ID]
    told = await remove_by_hand(town)
    after = town.networks.vnets[HUB_ID]
    town.networks.vnets[HUB_ID] = before
    town.put(told)
    await town.pump(timedelta(seconds=5))
    assert town.networks.writes == []
    town.networks.vnets[HUB_ID] = after
    await town.pump()
    assert town.connected()


async def test_a_deletion_that_a_read_does_not_show_yet_is_found_the_second_time() -> None:
    town = await joined()
    town.put(event(town, f"{VNET}/delete", str(HUB_ID)))
    await town.pump(timedelta(seconds=5))
    town.delete(HUB_ID)
    await town.pump(timedelta(minutes=15))
    assert [finding.code for finding in town.row().found.findings] == [Code.HUB_NOT_FOUND]


async def test_who_dies_before_the_lease_leaves_an_alarm_for_what_he_has_opened() -> None:
    town = await joined()
    town.put(await remove_by_hand(town))
    town.leases.before.append(times(1, ProcessDied(), lambda call: call == "take"))
    await town.pump(timedelta(seconds=1))
    assert town.state() is State.PENDING
    await town.pump(timedelta(seconds=65))  # the host would deliver the event again after ten minutes
    assert town.connected()


async def test_what_we_write_to_a_hub_ourselves_is_no_news() -> None:
    town = await joined()
    ours = event(town, f"{PEERING}/delete", f"{HUB_ID}/virtualNetworkPeerings/x", claims={OBJECT_ID: OURS})
    await heard(town, ours)
    assert town.networks.log == []


async def test_a_hub_that_grew_is_synced_on_every_spoke() -> None:
    town, ids = await many(3)
    for each in ids:
        there = town.networks.vnets[each].half_to(HUB_ID)
        assert there
        town.change(each, halves=(replace(there, sync_level=SyncLevel.LOCAL_NOT_IN_SYNC),))
    grown = town.networks.vnets[HUB_ID]
    halves = tuple(replace(each, sync_level=SyncLevel.REMOTE_NOT_IN_SYNC) for each in grown.halves)
    town.change(HUB_ID, halves=halves, prefixes=parse_prefixes(["172.16.0.0/16", "172.17.0.0/16"]))
    await heard(town, written(town))
    assert town.connected(ids)
    assert sorted(town.writes) == sorted(f"sync {each.name}/autopeer-prod-weu" for each in ids)


async def test_a_tag_on_a_hub_is_refused_as_ever_and_its_spokes_are_looked_after_too() -> None:
    town = await joined()
    told = await remove_by_hand(town)
    town.change(HUB_ID, tags={"hub": "prod-weu"})
    await heard(town, told)
    row = town.row(HUB_ID)
    assert (row.state, [finding.code for finding in row.found.findings][:1]) == (State.REFUSED, [Code.SPOKE_IS_HUB])
    assert town.connected()


async def test_a_person_may_ask_about_a_hub_and_then_all_is_looked_at_that_may_differ() -> None:
    town = Town(hub(gateway=True), spoke(gateway=True))
    await town.ask()
    assert town.row().found.gateway == "none"  # it has its own
    town.change(gateway=None)
    await heard(town, written(town))
    assert town.row().found.gateway == "none"
    await town.ask(HUB_ID, door=Door.HTTP)
    assert town.row().found.gateway == gateway_of(HUB_ID)


async def test_who_was_refused_for_a_neighbour_is_let_in_when_the_hub_lets_go_of_him() -> None:
    stranger = half(vnet_id("stranger"), "by-hand", "10.1.0.0/16")
    town = Town(hub(halves=(stranger,)), spoke())
    await town.ask()
    assert town.state() is State.REFUSED
    town.networks.log.clear()
    await heard(town, written(town))
    assert set(town.networks.log) == {"read hub-weu"}  # he is there still
    town.change(HUB_ID, halves=())
    await heard(town, event(town, f"{PEERING}/delete", f"{HUB_ID}/virtualNetworkPeerings/by-hand"))
    assert town.connected()


async def test_a_row_that_is_being_worked_on_is_looked_at_once_more() -> None:
    """The holder of the lease has read the hub before its half was deleted: what he concludes is no longer true."""
    town = await joined(spoke("10.2.0.0/24", id=B))
    town.change(prefixes=parse_prefixes(["10.1.0.0/24", "10.3.0.0/24"]))
    late: list[str] = []

    async def meanwhile(change: Change) -> None:
        if change.vnet == HUB_ID and not late:  # the half for B
            town.networks.on_apply.clear()
            late.append(await remove_by_hand(town))
            town.put(request(HUB_ID, when=town.clock() - A_MINUTE))  # too late to be looked into a second time
            await town.pump(timedelta())

    town.networks.on_apply.append(meanwhile)
    await town.wait_as_one_batch(SPOKE_ID, B)
    await town.pump()
    assert late
    assert town.connected([SPOKE_ID, B])


async def test_a_row_that_somebody_else_writes_meanwhile_is_judged_anew() -> None:
    town = await joined()
    told = await remove_by_hand(town)

    def interfere(row: Record) -> None:
        if row.state is State.PENDING:
            town.records.before_save.clear()
            key = ("prod-weu", SPOKE_ID.key)
            town.records.rows[key] = replace(town.records.rows[key], etag="somebody else's")

    town.records.before_save.append(interfere)
    await heard(town, told)
    assert town.connected()
    assert town.poison == []


async def test_a_departure_under_way_is_left_alone() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=60)))
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(A_MINUTE)
    await remove_by_hand(town)
    town.put(written(town))
    await town.pump(A_MINUTE)
    assert town.state() is State.LEAVING
    assert town.networks.writes == []
    await town.pump()
    assert town.state() is State.REMOVED


async def test_two_hundred_events_of_a_hub_write_nothing_and_read_no_spoke() -> None:
    town, _ = await many(3)
    town.put(*[written(town)] * 200)
    await town.pump()
    assert set(town.networks.log) == {"read hub-weu"}


async def test_a_half_that_says_disconnected_on_the_hub_is_seen_to() -> None:
    town = await joined()
    there = town.networks.vnets[HUB_ID].half_to(SPOKE_ID)
    assert there
    town.change(HUB_ID, halves=(replace(there, state=PeeringState.DISCONNECTED),))
    town.change(halves=())
    await heard(town, written(town))
    assert town.connected()
