"""Look before you cut: nothing is removed unless the read made in the same batch still wants it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.decision.findings import Code
from peering.core.intake.alarms import Alarm
from peering.core.intake.requests import Door
from peering.core.network.failures import NO_ANSWER, AzureFailure
from peering.core.network.resource_ids import VnetId, lease_name
from peering.core.network.vnets import PeeringState
from peering.core.record.record import State
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, catalogue, half, hub, policy, request, spoke, vnet, vnet_id
from tests.service.town import Town, joined, town_of

B = vnet_id("spoke-b")
GRACE = timedelta(minutes=15)
AN_HOUR = timedelta(hours=1)
DOWN = AzureFailure(503, "ServiceUnavailable", "down")
UNREADABLE = [
    AzureFailure(404, "SubscriptionNotFound", "The subscription could not be found."),
    AzureFailure(403, "AuthorizationFailed", "The client does not have authorization."),
    AzureFailure(404, "", "Not Found"),
    AzureFailure(NO_ANSWER, "TimedOut", "took too long"),
    DOWN,
]
UNREADABLE_IDS = [each.code or "404 of a proxy" for each in UNREADABLE]


def set_hub_half(town: Town, state: PeeringState | None) -> None:
    """What is left on the hub of a network that is deleted: its half in that state, or nothing."""
    halves = town.networks.vnets[HUB_ID].halves
    town.change(HUB_ID, halves=tuple(replace(each, state=state) for each in halves if state))


async def untag(town: Town) -> None:
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))


# Reads that lag.


@pytest.mark.parametrize("stray", [1, 2, 5])
@pytest.mark.parametrize("door", [Door.EVENT, Door.HTTP])
async def test_stray_404s_do_not_cut_a_pair_that_stands(door: Door, stray: int) -> None:
    town = await joined()
    town.networks.miss(SPOKE_ID, stray)
    await town.ask(door=door)
    assert (town.writes, town.connected(), town.state()) == ([], True, State.CONNECTED)
    assert (town.row().found.findings, town.history) == ((), ["Connected"])  # nor is anybody told of it


async def test_stray_404s_seen_while_another_is_looked_at_cut_nothing() -> None:
    town = await joined(spoke("10.2.0.0/24", id=B))
    await town.wait_as_one_batch(SPOKE_ID, B)
    town.networks.miss(SPOKE_ID, 2)
    await town.pump()
    assert (town.removals, town.connected([SPOKE_ID, B])) == ([], True)
    assert [town.state(each) for each in (SPOKE_ID, B)] == [State.CONNECTED] * 2


async def test_a_create_event_that_is_faster_than_azures_reads_is_not_lost() -> None:
    town = Town(hub())
    town.put(request(when=town.clock()))
    await town.pump(timedelta(seconds=5))
    town.networks.vnets[SPOKE_ID] = spoke()
    await town.pump(AN_HOUR)
    assert (town.state(), town.connected()) == (State.CONNECTED, True)


async def test_a_network_that_never_comes_leaves_no_trace() -> None:
    town = Town(hub())
    await town.ask()
    assert (town.records.rows, town.history, town.queue.messages) == ({}, [], [])


async def test_a_tag_that_is_back_before_its_event_stays() -> None:
    """The grace ends, and the event of another spoke is handled in the same moment."""
    town = await joined(spoke("10.2.0.0/24", id=B, tag=None))
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(GRACE - timedelta(seconds=5))
    for each in (SPOKE_ID, B):
        town.change(each, tags={"hub": "prod-weu"})
    town.clock.now += timedelta(seconds=5)
    town.queue.put(request(B, when=town.clock()).to_json()).due -= timedelta(milliseconds=1)
    await town.pump()
    assert (town.removals, town.connected([SPOKE_ID, B])) == ([], True)
    assert town.state() is State.CONNECTED


async def test_azure_down_when_the_grace_ends_neither_loses_the_departure_nor_forgets_it() -> None:
    town = await joined()
    await untag(town)
    town.networks.fail("read", SPOKE_ID, *[DOWN] * 8)
    await town.pump()
    assert (town.state(), town.networks.vnets[HUB_ID].halves) == (State.REMOVED, ())


@pytest.mark.parametrize("stray", [1, 2, 6])
async def test_stray_404s_within_the_grace_do_not_end_it_early(stray: int) -> None:
    town = await joined()
    began = town.clock()
    await untag(town)
    town.networks.miss(SPOKE_ID, stray)
    town.put(request(when=town.clock()))
    await town.pump(began + GRACE - town.clock() - timedelta(seconds=1))
    assert (town.writes, town.connected(), town.state()) == ([], True, State.LEAVING)
    await town.pump()
    finished = town.row().progress.finished
    assert finished is not None
    assert timedelta() <= finished - (began + GRACE) <= timedelta(seconds=2)
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_a_stray_404_within_the_grace_does_not_make_a_tag_that_is_back_leave() -> None:
    town = await joined()
    await untag(town)
    town.networks.miss(SPOKE_ID)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(seconds=5))
    town.change(tags={"hub": "prod-weu"})
    await town.pump()
    assert (town.writes, town.connected(), town.state()) == ([], True, State.CONNECTED)


async def test_a_stray_404_after_many_failures_costs_no_more_than_any_other() -> None:
    """The doubt is young, however often the spoke was tried before."""
    town = Town(hub(), spoke())
    town.networks.refuse("apply", SPOKE_ID, AzureFailure(429, "TooManyRequests", "busy"))
    town.put(request(when=town.clock()))
    await town.pump(timedelta(hours=5))
    assert town.row().progress.attempts > 10
    town.networks.relent()
    town.networks.miss(SPOKE_ID)
    await town.pump(AN_HOUR)
    assert town.connected()


# What cannot be read says nothing.


@pytest.mark.parametrize("failure", UNREADABLE, ids=UNREADABLE_IDS)
@pytest.mark.parametrize("leaving", [False, True], ids=["tagged", "in its grace"])
async def test_a_spoke_that_cannot_be_read_is_never_cut_off(failure: AzureFailure, leaving: bool) -> None:
    town = await joined()
    if leaving:
        await untag(town)
    town.networks.refuse("read", SPOKE_ID, failure)
    town.put(request(when=town.clock(), gone=True))
    await town.pump(timedelta(days=3))
    assert (town.writes, town.connected()) == ([], True)
    assert town.stranded == []
    town.networks.relent()
    await town.pump(timedelta(days=2, hours=1))
    assert town.state() is (State.REMOVED if leaving else State.CONNECTED)
    assert town.connected() is not leaving


@pytest.mark.parametrize("left", [PeeringState.DISCONNECTED, PeeringState.INITIATED, None])
@pytest.mark.parametrize("failure", UNREADABLE[:2], ids=UNREADABLE_IDS[:2])
async def test_not_even_a_half_that_is_not_connected_is_removed_then(
    failure: AzureFailure, left: PeeringState | None
) -> None:
    town = await joined()
    set_hub_half(town, left)
    town.networks.refuse("read", SPOKE_ID, failure)
    await town.ask(gone=True)
    assert town.writes == []


# A network that is gone.


async def test_a_deleted_network_whose_half_says_disconnected_needs_one_read() -> None:
    town = await joined()
    town.delete()
    town.put(request(when=town.clock(), gone=True))
    await town.pump(timedelta())
    assert (town.state(), len(town.removals), town.networks.vnets[HUB_ID].halves) == (State.REMOVED, 1, ())


@pytest.mark.parametrize("left", [PeeringState.INITIATED, None])
async def test_a_deleted_network_whose_half_says_nothing_is_believed_after_five_minutes(
    left: PeeringState | None,
) -> None:
    town = await joined()
    began = town.clock()
    town.delete()
    set_hub_half(town, left)
    town.put(request(when=town.clock(), gone=True))
    await town.pump(timedelta(minutes=4, seconds=59))
    assert (town.writes, town.state()) == ([], State.CONNECTED)
    await town.pump()
    assert (town.state(), town.networks.vnets[HUB_ID].halves) == (State.REMOVED, ())
    assert timedelta(minutes=5) <= town.row().progress.finished - began < timedelta(minutes=8)  # type: ignore[operator] # it has ended
    assert town.stranded == []


async def test_a_network_that_is_back_within_the_five_minutes_is_peered_again() -> None:
    town = await joined()
    town.delete()
    set_hub_half(town, None)
    town.put(request(when=town.clock(), gone=True))
    await town.pump(timedelta(minutes=2))
    town.networks.vnets[SPOKE_ID] = spoke()
    await town.pump()
    assert (town.state(), town.connected()) == (State.CONNECTED, True)


async def test_a_network_deleted_within_its_grace_does_not_wait_for_the_end_of_it() -> None:
    for left, most in ((PeeringState.DISCONNECTED, timedelta(seconds=5)), (None, timedelta(minutes=8))):
        town = await joined()
        await untag(town)
        town.delete()
        set_hub_half(town, left)
        town.put(request(when=town.clock(), gone=True))
        await town.pump(most)
        assert (town.state(), town.networks.vnets[HUB_ID].halves) == (State.REMOVED, ())
        assert town.stranded == []


async def test_a_404_that_lasts_beside_a_half_that_says_connected_removes_nothing() -> None:
    town = await joined()
    began = town.clock()
    town.networks.miss(SPOKE_ID, 10_000)
    town.put(request(when=began, gone=True))
    await town.pump(timedelta(minutes=4, seconds=59))
    assert (town.state(), town.history) == (State.CONNECTED, ["Connected"])  # too early to tell anybody
    await town.pump(timedelta(days=5))
    row = town.row()
    assert (row.state, town.writes, town.connected()) == (State.CONNECTED, [], True)
    assert [finding.code for finding in row.found.findings] == [Code.SPOKE_NOT_FOUND]
    assert (town.history, len(town.announcer.announced)) == (["Connected", "Connected"], 2)  # told once
    looks = town.networks.log.count("read hub-weu")
    assert 10 < looks < 25  # ten seconds, twenty, …, a day: five days are no reason for thousands
    town.networks.relent()
    await town.pump(timedelta(days=2))
    assert (town.state(), town.row().found.findings, town.stranded) == (State.CONNECTED, (), [])
    assert town.history == ["Connected"] * 3  # what was told is taken back


@pytest.mark.parametrize("by_hand", [False, True])
async def test_hub_and_spoke_that_are_both_gone_end_as_removed_with_a_note(by_hand: bool) -> None:
    town = await joined()
    del town.networks.vnets[SPOKE_ID], town.networks.vnets[HUB_ID]
    if by_hand:
        await town.ask(door=Door.HTTP, hub="prod-weu")
    else:
        await town.ask(gone=True)
    assert (town.state(), town.writes, town.stranded) == (State.REMOVED, [], [])
    assert any("hub" in note for note in town.row().found.notes)


# The hub.


@pytest.mark.parametrize("stray", [1, 2, 5])
async def test_a_hub_that_reads_404_for_a_moment_refuses_nobody(stray: int) -> None:
    town, ids = town_of(3)
    await town.wait_as_one_batch(*ids)
    town.networks.miss(HUB_ID, stray)
    await town.pump()
    assert town.connected(ids)
    assert set(town.history) == {"Connected"}


@pytest.mark.parametrize("lasting", [timedelta(minutes=2), timedelta(hours=3)])
async def test_a_hub_that_reads_404_cuts_nobody_off_and_makes_nobody_refused(lasting: timedelta) -> None:
    """The spoke's own half says Connected: the hub is there, whatever its read says."""
    town = await joined()
    town.networks.miss(HUB_ID, 10_000)
    town.put(request(when=town.clock(), door=Door.HTTP))
    await town.pump(lasting)
    assert (town.writes, town.connected()) == ([], True)
    assert town.state() in (State.PENDING, State.CONNECTED)
    town.networks.relent()
    await town.pump(timedelta(days=1, hours=1))
    assert (town.writes, town.state(), town.row().found.findings) == ([], State.CONNECTED, ())


async def test_a_hub_that_is_gone_removes_nothing_on_spokes_that_live() -> None:
    town = await joined()
    town.delete(HUB_ID)
    await town.ask(door=Door.HTTP)
    assert (town.writes, len(town.networks.vnets[SPOKE_ID].halves)) == ([], 1)
    assert (town.state(), [finding.code for finding in town.row().found.findings]) == (
        State.REFUSED,
        [Code.HUB_NOT_FOUND],
    )


@pytest.mark.parametrize("failure", UNREADABLE, ids=UNREADABLE_IDS)
async def test_a_hub_that_cannot_be_read_cuts_nobody_off(failure: AzureFailure) -> None:
    town = await joined()
    await untag(town)
    town.networks.refuse("read", HUB_ID, failure)
    town.put(request(when=town.clock(), gone=True))
    await town.pump(timedelta(days=2))
    assert (town.writes, town.connected(), town.stranded) == ([], True, [])
    town.networks.relent()
    await town.pump(timedelta(days=2))
    assert (town.state(), town.networks.vnets[HUB_ID].halves) == (State.REMOVED, ())


# Tags, and the word of a person.


@pytest.mark.parametrize("tag", ["", "  ", "prod-wue"])
async def test_a_tag_that_names_no_hub_has_the_grace_of_one_that_is_gone(tag: str) -> None:
    town = await joined()
    town.change(tags={"hub": tag})
    town.put(request(when=town.clock()))
    await town.pump(GRACE - timedelta(seconds=1))
    assert (town.writes, town.connected()) == ([], True)
    town.change(tags={"hub": "prod-weu"})
    await town.ask()
    assert (town.writes, town.connected(), town.state()) == ([], True, State.CONNECTED)


async def test_one_read_without_the_tag_while_a_row_waits_does_not_begin_a_departure() -> None:
    """Just the read of the drain lags: the tag is there before and after it, and no grace would save the pair."""
    town = await joined(hubs=catalogue(policy(grace_minutes=0)))
    async with town.leases.take(lease_name(HUB_ID)):
        town.put(request(when=town.clock(), door=Door.HTTP))
        await town.pump(timedelta())
    real = town.networks.vnets[SPOKE_ID]
    lies = [replace(real, tags={})]

    async def lag(network: VnetId) -> None:
        if network == SPOKE_ID:
            town.networks.vnets[SPOKE_ID] = lies.pop() if lies else real

    town.networks.on_read.append(lag)
    town.put(Alarm("prod-weu", town.clock()).to_json())
    await town.pump()
    assert (lies, town.removals, town.connected(), town.state()) == ([], [], True, State.CONNECTED)


async def test_two_404s_with_a_good_read_between_them_are_two_doubts_and_not_one_of_five_minutes() -> None:
    """The hub is busy, so that the good read leads to nothing but that."""
    town = Town(hub(), spoke())
    town.networks.miss(SPOKE_ID, 2)
    town.put(request(when=town.clock(), hub="prod-weu", door=Door.HTTP))
    await town.pump(timedelta())
    town.networks.refuse("apply", HUB_ID, AzureFailure(429, "RetryableError", "busy"))
    await town.pump(timedelta(minutes=10))
    assert town.state() is State.PENDING
    town.networks.miss(SPOKE_ID, 1)
    town.networks.refusals.clear()
    await town.pump()
    assert (town.state(), town.history, town.connected()) == (State.CONNECTED, ["Connected"], True)


async def test_a_pair_of_another_spoke_in_the_batch_is_not_touched_by_a_departure() -> None:
    town = await joined(spoke("10.2.0.0/24", id=B))
    await town.ask(B)
    town.networks.log.clear()
    town.delete()
    await town.wait_as_one_batch(SPOKE_ID, B)
    await town.pump()
    assert [entry.split("/")[0] for entry in town.writes] == ["remove hub-weu"]
    assert town.connected([B])


async def test_an_adopted_half_on_the_hub_is_left_when_its_network_is_gone() -> None:
    town = Town(hub(halves=(half(SPOKE_ID, "theirs"),)), spoke(halves=(half(HUB_ID, "mine"),)))
    await town.ask()
    town.delete()
    await town.ask(gone=True)
    assert (town.state(), town.writes) == (State.REMOVED, [])
    assert "made by hand" in town.row().found.notes[0]


async def test_a_move_to_a_hub_that_cannot_be_read_is_waited_out() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=catalogue(policy(), policy("neu", OTHER_HUB_ID)))
    town.change(tags={"hub": "neu"})
    town.networks.fail("read", OTHER_HUB_ID, *[DOWN] * 6)
    await town.ask()
    assert (town.connected(to=OTHER_HUB_ID), town.state(hub="neu")) == (True, State.CONNECTED)
