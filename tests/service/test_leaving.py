"""Departure: the tag goes, comes back or changes; the network is deleted; what is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.catalogue.policy import Departure
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import lease_name
from peering.core.record.record import State
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, catalogue, half, hub, policy, request, spoke, vnet, vnet_id
from tests.service.town import Town

B = vnet_id("spoke-b")
GRACE = timedelta(minutes=15)
TWO_HUBS = catalogue(policy(), policy("neu", OTHER_HUB_ID))


async def joined(*more: object, hubs: object = None) -> Town:
    town = Town(hub(), spoke(), *more, hubs=hubs)  # type: ignore[arg-type] # short for the tests below
    await town.ask()
    town.networks.log.clear()
    return town


async def test_a_tag_that_is_gone_is_waited_for_and_then_both_halves_are_removed() -> None:
    town = await joined()
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(GRACE - timedelta(seconds=1))
    assert town.connected()
    assert (town.row().state, town.writes) == (State.LEAVING, [])
    await town.pump()
    assert sorted(entry.split("/")[0] for entry in town.writes) == ["remove hub-weu", "remove spoke-a"]
    assert (town.networks.vnets[HUB_ID].halves, town.networks.vnets[SPOKE_ID].halves) == ((), ())
    assert (town.row().state, town.history) == (State.REMOVED, ["Connected", "Removed"])
    assert town.queue.messages == []


async def test_a_tag_that_comes_back_within_the_grace_changes_nothing() -> None:
    town = await joined()
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=5))
    town.change(tags={"hub": "prod-weu"})
    await town.ask()
    assert town.connected()
    assert (town.row().state, town.writes, town.history) == (State.CONNECTED, [], ["Connected", "Connected"])
    assert town.tellings == ["Connected", "Leaving", "Connected"]  # what was told is taken back
    assert town.queue.messages == []


async def test_a_tag_that_comes_back_unseen_is_seen_before_anything_is_removed() -> None:
    """No event told of it: the read made before the removal is what decides."""
    town = await joined()
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=5))
    assert town.row().state is State.LEAVING
    town.change(tags={"hub": "prod-weu"})
    await town.pump()
    assert town.connected()
    assert (town.row().state, town.writes) == (State.CONNECTED, [])


async def test_duplicates_while_it_waits_do_not_lengthen_the_grace() -> None:
    town = await joined()
    began = town.clock()
    town.change(tags={})
    for _ in range(3):
        town.put(request(when=town.clock()))
        await town.pump(timedelta(minutes=4))
    await town.pump()
    finished = town.row().progress.finished
    assert finished is not None
    assert timedelta() <= finished - (began + GRACE) <= timedelta(seconds=1)


async def test_no_grace_means_at_once() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=0)))
    town.change(tags={})
    await town.ask()
    assert town.row().state is State.REMOVED
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_a_departure_may_be_told_to_keep_the_pair() -> None:
    town = await joined(hubs=catalogue(policy(departure=Departure.KEEP)))
    town.change(tags={})
    await town.ask()
    assert town.connected()
    assert (town.row().state, town.row().found.notes) == (State.REMOVED, ("the pair was kept, as the catalogue says",))


async def test_an_adopted_pair_is_left_where_it_is() -> None:
    town = Town(hub(halves=(half(SPOKE_ID, "theirs"),)), spoke(halves=(half(HUB_ID, "mine"),)))
    await town.ask()
    town.change(tags={})
    await town.ask()
    assert town.connected()
    assert town.row().state is State.REMOVED
    assert len(town.row().found.notes) == 2
    assert town.writes == []


async def test_a_changed_tag_moves_the_spoke_at_once() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=TWO_HUBS)
    town.change(tags={"hub": "neu"})
    await town.ask()
    assert town.connected(to=OTHER_HUB_ID)
    assert town.networks.vnets[HUB_ID].half_to(SPOKE_ID) is None
    assert (town.row().state, town.row(hub="neu").state) == (State.REMOVED, State.CONNECTED)


async def test_a_move_between_two_gateways_ends_on_the_new_one() -> None:
    town = Town(hub(gateway=True), vnet(OTHER_HUB_ID, "10.200.0.0/16", gateway=True), spoke(), hubs=TWO_HUBS)
    await town.ask()
    town.change(tags={"hub": "neu"})
    await town.ask()
    assert town.connected(to=OTHER_HUB_ID)
    assert town.row(hub="neu").found.gateway == town.networks.vnets[OTHER_HUB_ID].gateway


async def test_a_move_and_back() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=TWO_HUBS)
    for name in ("neu", "prod-weu"):
        town.change(tags={"hub": name})
        await town.ask()
    assert town.connected()
    assert town.networks.vnets[OTHER_HUB_ID].halves == ()
    assert (town.row().state, town.row(hub="neu").state) == (State.CONNECTED, State.REMOVED)


async def test_a_deleted_network_frees_the_hub_at_once() -> None:
    town = await joined()
    town.delete()
    await town.ask()
    assert town.networks.vnets[HUB_ID].halves == ()
    assert town.row().state is State.REMOVED
    assert [entry.split("/")[0] for entry in town.writes] == ["remove hub-weu"]


async def test_a_network_deleted_within_the_grace_frees_the_hub_at_once() -> None:
    town = await joined()
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    town.delete()
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    assert town.row().state is State.REMOVED
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_a_network_that_is_made_anew_is_peered_anew() -> None:
    town = await joined()
    town.delete()
    await town.ask()
    town.networks.vnets[SPOKE_ID] = spoke()
    await town.ask()
    assert town.connected()
    assert town.history == ["Connected", "Removed", "Connected"]


async def test_a_refused_spoke_leaves_without_a_word_to_azure() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"))
    await town.ask()
    town.change(tags={})
    await town.ask()
    assert (town.row().state, town.writes) == (State.REMOVED, [])


async def test_a_departure_makes_room_for_the_next_in_the_same_batch() -> None:
    town = await joined(spoke(id=B))
    town.delete()
    town.put(request(when=town.clock()), request(B, when=town.clock()))
    await town.pump_together()
    assert town.connected([B])


@pytest.mark.parametrize("deleted", [True, False])
async def test_a_departure_that_fails_is_tried_again_and_given_up_like_any_other(deleted: bool) -> None:
    town = await joined()
    if deleted:
        town.delete()
    else:
        town.change(tags={})
    town.networks.refuse("apply", HUB_ID, AzureFailure(429, "RetryableError", "busy"))
    await town.ask()
    assert town.row().state is State.FAILED
    town.networks.relent()
    await town.pump(timedelta(days=2))
    assert town.row().state is State.REMOVED
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_a_departure_that_fails_once_ends_well() -> None:
    town = await joined()
    town.delete()
    town.networks.fail("apply", HUB_ID, AzureFailure(429, "RetryableError", "busy"))
    await town.ask()
    assert town.row().state is State.REMOVED
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_a_hub_that_left_the_catalogue_is_left_alone() -> None:
    town = await joined(hubs=TWO_HUBS)
    town.context = replace(town.context, catalogue=catalogue(policy("neu", OTHER_HUB_ID)))
    town.change(tags={})
    await town.ask()
    assert (town.row().state, town.writes) == (State.REMOVED, [])
    assert town.connected()


async def test_a_hub_that_left_the_catalogue_keeps_its_pair_and_the_record_says_so() -> None:
    town = await joined(hubs=TWO_HUBS)
    town.context = replace(town.context, catalogue=catalogue(policy("neu", OTHER_HUB_ID)))
    town.change(tags={})
    await town.ask()
    assert (town.row().state, town.writes) == (State.REMOVED, [])
    assert "no longer in the catalogue" in town.row().found.notes[0]


async def test_what_was_said_of_a_tag_that_is_gone_is_said_no_more() -> None:
    """Found by the demo: a mistyped tag that was taken away was still said to name no hub."""
    town = await joined()
    town.change(tags={"hub": "prod-wue"})
    await town.ask()
    assert [finding.code for finding in town.row().found.findings] == ["UnknownHub"]
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=5))
    assert (town.state(), town.row().found.findings) == (State.LEAVING, ())


async def test_a_network_that_was_made_anew_without_its_tag_is_not_doubted_for_ever() -> None:
    """It is made anew between the look that wrote the row and the one under the lease."""
    town = Town(hub(), spoke(guid="one"))
    await town.ask()
    async with town.leases.take(lease_name(HUB_ID)):
        town.put(request(door=Door.HTTP, when=town.clock()))
        await town.pump(timedelta())
        town.delete()
        town.networks.vnets[SPOKE_ID] = spoke(tag=None, guid="another")
    await town.pump(timedelta(days=3))
    assert (town.state(), town.networks.vnets[HUB_ID].halves) == (State.REMOVED, ())
