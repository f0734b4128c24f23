"""The sweep finds what no event told of, asks about just that, and concludes nothing itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.catalogue.policy import GatewayUse
from peering.core.intake.requests import Door
from peering.core.network.addresses import parse_prefixes
from peering.core.network.failures import AzureFailure
from peering.core.record.record import State
from tests.builders import (
    HUB_ID,
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


async def test_a_mistyped_tag_that_is_gone_again_is_found() -> None:
    town = await joined(hubs=HUBS)
    town.change(tags={"hub": "prod-wue"})
    await town.ask()
    town.change(tags={})
    assert await found(town) == {"tagGone": 1}
    await at_rest(town)
    assert (town.state(), town.removals != []) == (State.REMOVED, True)


async def test_who_was_asked_for_by_name_outlives_a_mistyped_tag() -> None:
    town = Town(hub(), spoke(tag=None), hubs=HUBS)
    town.put(request(hub="prod-weu", door=Door.HTTP, when=town.clock()))
    await town.pump()
    town.change(tags={"hub": "prod-wue"})
    assert await found(town) == {"tagChanged": 1}
    await at_rest(town)
    assert ([each.code for each in town.row().found.findings], town.connected()) == (["UnknownHub"], True)
    town.change(tags={"hub": "prod-wux"})
    assert await found(town) == {"tagChanged": 1}
    await at_rest(town)
    town.change(tags={})
    assert await found(town) == {"tagGone": 1}
    await at_rest(town)
    assert (town.row().found.findings, town.row().asked.wanted) == ((), "prod-weu")
    assert (town.connected(), town.removals) == (True, [])


async def test_a_row_of_a_later_version_is_left_alone() -> None:
    town = await joined()
    town.records.rows["prod-weu", SPOKE_ID.key] = altered(town.row(), state="Dancing")
    town.change(tags={})
    assert await found(town) == {}


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
