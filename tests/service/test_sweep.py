"""The sweep finds what no event told of, asks about just that, and concludes nothing itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.catalogue.policy import GatewayUse
from peering.core.decision.ownership import hub_half_name
from peering.core.intake.requests import Door
from peering.core.intake.sweep_orders import SweepOrder
from peering.core.network.addresses import parse_prefixes
from peering.core.network.failures import AzureFailure, StorageFailure
from peering.core.record.record import State
from peering.core.record.sweep_report import STALE
from tests.builders import (
    HUB_ID,
    NOON,
    OTHER_HUB_ID,
    SPOKE_ID,
    altered,
    catalogue,
    half,
    hub,
    policy,
    record,
    request,
    spoke,
    vnet,
    vnet_id,
)
from tests.fakes.estate import FakeSweepLog
from tests.fakes.interruption import Interruption
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town, joined, town_of

B = vnet_id("spoke-b")
HUBS = catalogue(policy(grace_minutes=0), policy("neu", OTHER_HUB_ID, grace_minutes=0))


async def found(town: Town) -> dict[str, int]:
    """What one sweep finds."""
    return {kind: number for kind, number in (await town.sweep()).differences.items() if number}


async def at_rest(town: Town) -> Town:
    """Nothing differs any more, and nothing is on the queue."""
    await town.pump()
    assert await found(town) == {}
    assert town.stranded == []
    return town


async def test_nothing_to_do_is_a_page_and_a_read_for_each_hub() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=HUBS)
    report = await town.sweep()
    assert (report.pages, report.networks, report.hubs, report.queued) == (1, 1, 3, 0)
    assert sorted(town.networks.log) == ["read hub-neu", "read hub-weu"]
    assert town.queue.messages == []
    assert report.is_complete


async def test_a_tag_nobody_told_of_is_found_and_the_pair_is_made() -> None:
    town = Town(hub(), spoke())
    assert await found(town) == {"unheard": 1}
    await at_rest(town)
    assert town.connected()
    row = town.row()
    assert (row.asked.door, row.asked.who) == (Door.SWEEP, "the timer")


async def test_a_tag_that_is_gone_gets_its_grace() -> None:
    town = await joined()
    town.change(tags={})
    assert await found(town) == {"tagGone": 1}
    await town.pump(timedelta(minutes=1))
    assert town.state() is State.LEAVING
    assert await found(town) == {}


async def test_a_tag_that_came_back_unheard_is_found_before_the_grace_is_over() -> None:
    town = await joined()
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    assert town.state() is State.LEAVING
    town.change(tags={"hub": "prod-weu"})
    assert await found(town) == {"tagBack": 1}
    await at_rest(town)
    assert town.state() is State.CONNECTED
    assert town.removals == []


async def test_a_move_nobody_told_of_comes_to_its_end() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=HUBS)
    town.change(tags={"hub": "neu"})
    assert await found(town) == {"unheard": 1}
    await at_rest(town)
    assert town.connected(to=OTHER_HUB_ID)
    assert town.state() is State.REMOVED


async def test_a_typo_cuts_nothing_and_is_asked_about_once() -> None:
    town = await joined()
    town.change(tags={"hub": "prod-wue"})
    assert await found(town) == {"tagChanged": 1}
    await town.pump(timedelta(minutes=1))
    assert town.connected()
    assert await found(town) == {}


@pytest.mark.parametrize("side", ["hub", "spoke"])
async def test_a_half_that_somebody_deleted_is_found(side: str) -> None:
    town = await joined()
    network, remote = (HUB_ID, SPOKE_ID) if side == "hub" else (SPOKE_ID, HUB_ID)
    there = town.networks.vnets[network].half_to(remote)
    assert there
    town.change(network, halves=())
    other = town.networks.vnets[remote].half_to(network)
    assert other
    town.change(remote, halves=(replace(other, state="Disconnected"),))
    assert await found(town) == {"spoke": 1}
    await at_rest(town)
    assert town.connected()


async def test_a_switch_of_the_hubs_half_that_only_the_hub_shows_is_found() -> None:
    town = await joined()
    there = town.networks.vnets[HUB_ID].half_to(SPOKE_ID)
    assert there
    town.change(HUB_ID, halves=(replace(there, flags=replace(there.flags, forwarded_traffic=True)),))
    assert await found(town) == {"hub": 1}
    await at_rest(town)
    assert town.networks.vnets[HUB_ID].half_to(SPOKE_ID) == there


async def test_a_growth_nobody_told_of_is_found() -> None:
    town = await joined()
    town.networks.resize(SPOKE_ID, "10.1.0.0/24", "10.1.1.0/24")
    assert await found(town) == {"spoke": 1}
    await at_rest(town)
    assert town.row().found.prefixes == parse_prefixes(["10.1.0.0/24", "10.1.1.0/24"])


async def test_a_deleted_network_is_a_request_to_look_and_no_removal() -> None:
    town = await joined()
    town.delete()
    assert await found(town) == {"vanished": 1}
    assert town.removals == []
    await at_rest(town)
    assert town.state() is State.REMOVED
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_a_network_that_resource_graph_does_not_show_is_looked_at_and_stays() -> None:
    town = await joined()
    town.estate.hidden.add(SPOKE_ID)
    assert await found(town) == {"vanished": 1}
    await town.pump()
    assert (town.state(), town.connected(), town.writes) == (State.CONNECTED, True, [])


async def test_resource_graph_being_late_costs_a_look() -> None:
    town = Town(hub(), spoke())
    town.estate.stand_still()
    town.delete()
    assert await found(town) == {"unheard": 1}
    await town.pump()
    assert town.records.rows == {}


async def test_a_half_of_ours_that_leads_to_nobody_is_taken_away() -> None:
    town = await joined()
    town.delete()
    town.records.rows.clear()  # the tables are lost
    assert await found(town) == {"orphan": 1}
    await at_rest(town)
    assert town.networks.vnets[HUB_ID].halves == ()
    assert town.state() is State.REMOVED


async def test_a_half_that_leads_to_somebody_is_left_alone() -> None:
    town = await joined()
    town.delete()
    town.records.rows.clear()
    town.estate.stand_still()
    await town.sweep()
    town.networks.vnets[SPOKE_ID] = spoke(tag=None)  # made anew, and Resource Graph is late
    await town.pump()
    assert len(town.networks.vnets[HUB_ID].halves) == 1
    assert town.writes == []


async def test_a_half_of_somebody_else_that_leads_to_nobody_is_left_alone() -> None:
    theirs = half(vnet_id("stranger"), "by-hand", state="Disconnected")
    assert await found(Town(hub(halves=(theirs,)))) == {}


async def test_what_was_refused_is_not_asked_about_all_the_time() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"))
    await town.ask()
    assert town.state() is State.REFUSED
    assert await found(town) == {}


async def test_a_reason_that_is_gone_is_found() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"))
    await town.ask()
    town.change(HUB_ID, prefixes=parse_prefixes(["10.255.0.0/16"]))
    assert await found(town) == {"hub": 1}
    await at_rest(town)
    assert town.connected()


@pytest.mark.parametrize("lost", ["queue", "queue and leases"])
async def test_what_nobody_would_wake_is_woken(lost: str) -> None:
    town = Town(hub(), spoke("10.0.0.0/24"))
    await town.ask()
    town.queue.messages.clear()
    if "leases" in lost:
        town.leases.notes.clear()
    else:
        town.clock.now += timedelta(days=1, minutes=20)
    town.change(HUB_ID, prefixes=parse_prefixes(["10.255.0.0/16"]))
    town.estate.hidden.clear()
    assert (await found(town))["overdue"] == 1
    await town.pump()
    assert town.connected()


async def test_a_row_whose_message_was_lost_is_woken_although_an_alarm_is_far_off() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"), spoke("10.2.0.0/24", id=B))
    await town.ask()
    await town.records.save(record(State.PENDING, spoke=B, etag=None, requested=town.clock()))
    assert await found(town) == {}
    town.clock.now += timedelta(minutes=20)
    assert await found(town) == {"overdue": 1}
    await town.pump()
    assert town.state(B) is State.CONNECTED


async def test_a_change_of_the_catalogue_asks_about_every_row_once() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=HUBS)
    await town.sweep()
    changed = catalogue(replace(HUBS.hubs["prod-weu"], gateway=GatewayUse.NEVER), HUBS.hubs["neu"])
    town.context = replace(town.context, catalogue=changed)
    assert await found(town) == {"catalogue": 1}
    await town.pump()
    assert "read spoke-a" in town.networks.log
    assert await found(town) == {}


async def test_a_hub_that_left_the_catalogue_is_asked_about_once() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=HUBS)
    await town.sweep()
    town.context = replace(town.context, catalogue=catalogue(HUBS.hubs["neu"]))
    assert (await found(town))["catalogue"] == 1
    await town.pump(timedelta(minutes=5))
    assert town.connected()
    assert await found(town) == {}


async def test_a_hub_that_is_gone_is_asked_about_itself() -> None:
    town = await joined()
    town.delete(HUB_ID)
    assert await found(town) == {"hub": 1, "spoke": 1}


async def test_a_hub_that_cannot_be_read_hides_nothing_of_the_others() -> None:
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), spoke("10.2.0.0/24", id=B, tag="neu"), hubs=HUBS)
    town.networks.refuse("read", OTHER_HUB_ID, AzureFailure(403, "AuthorizationFailed", "no"))
    report = await town.sweep()
    assert (report.differences["unheard"], report.unread, report.is_complete) == (2, 1, True)


async def test_pages_follow_one_another() -> None:
    town, _ = town_of(7)
    town.estate.size = 3
    report = await town.sweep()
    assert (report.pages, report.networks, report.differences["unheard"]) == (3, 7, 7)


async def test_thousands_do_not_come_at_once() -> None:
    town, _ = town_of(35)
    await town.sweep()
    delays = sorted(message.delay.total_seconds() for message in town.queue.messages)
    assert delays == sorted([0.0] * 10 + [1.0] * 10 + [2.0] * 10 + [3.0] * 5)


async def test_one_sweep_at_a_time() -> None:
    town = Town(hub(), spoke())
    async with town.leases.take("sweep"):
        report = await town.sweep()
    assert (report.is_complete, town.estate.pages, town.queue.messages) == (False, 0, [])


async def test_a_sweep_that_has_taken_long_enough_goes_on_with_the_next_message() -> None:
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), spoke("10.2.0.0/24", id=B, tag="neu"), hubs=HUBS)

    async def slow(_: object) -> None:
        town.clock.now += timedelta(minutes=5)

    town.networks.on_read.append(slow)
    report = await town.sweep()
    assert (report.is_complete, report.position) == (False, "prod-weu")
    town.networks.on_read.clear()
    await town.pump()
    book = await town.context.ports.sweeps.read()
    assert book.last
    assert (book.last.id, book.last.hubs, book.last.differences["unheard"]) == (report.id, 3, 2)
    assert town.connected()


async def test_a_sweep_that_was_killed_goes_on_where_it_was() -> None:
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), hubs=HUBS)

    async def die(network: object) -> None:
        if network == HUB_ID:
            raise ProcessDied

    town.networks.on_read.append(die)
    town.put(SweepOrder(id="order", door=Door.SWEEP, who="the timer", when=town.clock()).to_json())
    await town.pump(timedelta(minutes=1))
    book = await town.context.ports.sweeps.read()
    assert book.current
    assert (book.current.position, book.last) == ("neu", None)
    town.networks.on_read.clear()
    town.networks.log.clear()
    await town.pump()
    assert (await town.context.ports.sweeps.read()).last
    assert town.connected()
    assert "read hub-neu" not in town.networks.log


async def test_a_sweep_that_was_killed_long_ago_begins_anew() -> None:
    town = Town(hub(), spoke())
    town.estate.failures.append(ProcessDied())
    with pytest.raises(ProcessDied):
        await town.sweep()
    first = (await town.context.ports.sweeps.read()).current
    town.clock.now += STALE
    assert first
    assert (await town.sweep()).id != first.id


async def test_a_resource_graph_that_does_not_answer_is_asked_again_later() -> None:
    town = Town(hub(), spoke())
    town.estate.failures = [AzureFailure(503, "ServiceUnavailable", "no")] * 3
    town.put(SweepOrder(id="order", door=Door.HTTP, who="somebody", when=town.clock()).to_json())
    await town.pump()
    book = await town.context.ports.sweeps.read()
    assert book.last
    assert (book.last.who, book.last.door) == ("somebody", "http")
    assert town.connected()


async def test_history_and_rows_that_are_over_are_cleared_away_in_their_time() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=0)), history=timedelta(days=30))
    town.change(tags={})
    await town.ask()
    assert town.state() is State.REMOVED
    await town.sweep()
    town.clock.now += timedelta(hours=23)
    assert (await town.sweep()).rows == 0
    town.clock.now += timedelta(hours=2)
    report = await town.sweep()
    assert (report.rows, report.entries, town.records.rows) == (1, 0, {})
    entries = len(town.records.entries)
    town.clock.now += timedelta(days=30)
    assert (await town.sweep()).entries == entries
    assert town.records.entries == []


async def test_a_row_that_is_over_waits_for_a_complete_sweep() -> None:
    town = Town(hub())
    gone = record(State.REMOVED, finished=NOON - timedelta(days=3), told="digest", etag=None)
    await town.records.save(gone)
    assert (await town.sweep()).rows == 0
    town.clock.now += timedelta(minutes=30)
    assert (await town.sweep()).rows == 1


async def test_a_spoke_whose_gateway_is_gone_is_asked_about() -> None:
    required = catalogue(policy(gateway=GatewayUse.REQUIRED))
    town = Town(hub(gateway=True), spoke(gateway=True), hubs=required)
    await town.ask()
    assert town.state() is State.REFUSED
    assert await found(town) == {}
    town.change(gateway=None)
    assert await found(town) == {"spoke": 1}


async def test_who_was_asked_for_by_name_is_not_missed_for_having_no_tag() -> None:
    town = Town(hub(), spoke(tag=None))
    town.put(request(hub="prod-weu", door=Door.HTTP, when=town.clock()))
    await town.pump()
    assert town.connected()
    assert await found(town) == {}


async def test_a_row_of_a_later_version_is_left_alone() -> None:
    town = await joined()
    town.records.rows["prod-weu", SPOKE_ID.key] = altered(town.row(), state="Dancing")
    town.change(tags={})
    assert await found(town) == {}


def _broken_everywhere() -> Town:
    """One of each: never heard of, half deleted, gone, left over, over for long."""
    town = Town(
        hub(halves=(half(vnet_id("gone"), hub_half_name(vnet_id("gone")), "10.9.0.0/24", state="Disconnected"),)),
        vnet(OTHER_HUB_ID, "10.200.0.0/16"),
        spoke(),
        spoke("10.2.0.0/24", id=B, tag="neu"),
        hubs=HUBS,
    )
    old = record(State.REMOVED, spoke=vnet_id("old"), finished=NOON - timedelta(days=3), told="digest", etag=None)
    town.records.rows[old.hub, old.spoke.key] = replace(old, etag="old")
    town.records.entries.append((NOON - timedelta(days=500), old))
    return town


async def _sweep_twice(town: Town) -> None:
    for _ in range(2):
        town.put(SweepOrder(id="order", door=Door.SWEEP, who="the timer", when=town.clock()).to_json())
        await town.pump()
        town.clock.now += timedelta(minutes=30)


async def _calls_of_a_sweep() -> list[str]:
    town, watching = _broken_everywhere(), Interruption()
    watching.wrap(town.context.ports)
    await town.sweep()
    return watching.calls


async def test_a_sweep_calls_no_port_that_writes_to_azure() -> None:
    calls = set(await _calls_of_a_sweep())
    assert {"estate.page", "networks.read", "records.of_hub", "requests.send", "sweeps.write"} <= calls
    assert calls.isdisjoint({"networks.apply", "networks.write_tag", "records.save", "announcer.announce"})


@pytest.mark.parametrize("what", [ProcessDied(), StorageFailure(503, "ServerBusy", "busy"), RuntimeError("unforeseen")])
async def test_whatever_dies_at_whatever_call_two_sweeps_find_everything(what: BaseException) -> None:
    for at in range(1, len(await _calls_of_a_sweep()) + 1):
        town, interruption = _broken_everywhere(), Interruption(at, what)
        interruption.wrap(town.context.ports)
        town.before_delivery.append(interruption.deliver)
        await _sweep_twice(town)
        where = f"{what!r} at call {at}, {interruption.calls[at - 1]}"
        assert town.connected(), where
        assert town.connected([B], to=OTHER_HUB_ID), where
        assert [each.remote for each in town.networks.vnets[HUB_ID].halves] == [SPOKE_ID], where
        assert ("prod-weu", vnet_id("old").key) not in town.records.rows, where
        assert all(when > NOON - timedelta(days=400) for when, _ in town.records.entries), where
        assert (await town.context.ports.sweeps.read()).last, where


def status(town: Town) -> str | None:
    return town.networks.vnets[SPOKE_ID].tags.get("hub-status")


async def test_a_status_tag_that_was_wiped_comes_back_and_once_a_day_at_most() -> None:
    town = await joined(hubs=catalogue(policy(status_tag="hub-status")))
    said = status(town)
    assert said
    town.clock.now += timedelta(minutes=20)
    town.change(tags={"hub": "prod-weu"})
    assert await found(town) == {"tagWiped": 1}
    await town.pump()
    assert status(town) == said
    town.change(tags={"hub": "prod-weu"})
    town.clock.now += timedelta(hours=1)
    assert await found(town) == {}
    town.clock.now += timedelta(hours=23)
    assert await found(town) == {"tagWiped": 1}


async def test_a_status_tag_that_may_not_be_written_is_tried_once_a_day() -> None:
    town = await joined(hubs=catalogue(policy(status_tag="hub-status")))
    town.clock.now += timedelta(minutes=20)
    town.change(tags={"hub": "prod-weu"})
    town.networks.refuse("write_tag", SPOKE_ID, AzureFailure(403, "AuthorizationFailed", "no"))
    assert await found(town) == {"tagWiped": 1}
    await town.pump()
    town.clock.now += timedelta(minutes=30)
    assert await found(town) == {}


async def test_a_status_tag_that_resource_graph_does_not_show_yet_is_not_missed() -> None:
    town = Town(hub(), spoke(), hubs=catalogue(policy(status_tag="hub-status")))
    town.estate.stand_still()
    await town.ask()
    town.estate.stand_still()
    town.change(tags={"hub": "prod-weu"})
    assert await found(town) == {}


async def test_with_all_tables_messages_and_leases_lost_two_sweeps_know_everybody_again() -> None:
    town, ids = town_of(20)
    await town.sweep()
    await town.pump()
    assert town.connected(ids)
    by_hand = vnet_id("by-hand")
    town.networks.vnets[by_hand] = spoke("10.200.0.0/24", id=by_hand, tag=None)
    town.put(request(by_hand, hub="prod-weu", door=Door.HTTP, when=town.clock()))
    await town.pump()
    town.networks.log.clear()
    town.records.rows.clear()
    town.queue.messages.clear()
    town.leases.notes.clear()
    town.context = replace(town.context, ports=replace(town.context.ports, sweeps=FakeSweepLog()))
    assert await found(town) == {"unheard": 20}
    await at_rest(town)
    assert (town.writes, town.connected([*ids, by_hand])) == ([], True)
    assert {row.state for row in town.records.rows.values()} == {State.CONNECTED}
