"""Pause, hold, observe and the brake, over the fakes: nothing is written, everything is told, and it goes on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peering.core.catalogue.policy import GatewayUse, Mode, PerHalf
from peering.core.decision.findings import Code
from peering.core.decision.pause import Pause
from peering.core.intake.requests import Door
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags
from peering.core.record.record import State
from peering.service.control import held_at, pause, release, resume
from tests.builders import (
    HUB_ID,
    OTHER_HUB_ID,
    SPOKE_ID,
    catalogue,
    gateway_of,
    hub,
    policy,
    request,
    spoke,
    vnet,
    vnet_id,
)
from tests.service.town import Town, joined, town_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def asked(town: Town, **rest: Any) -> Pause:  # noqa: ANN401 - the fields of Pause
    return Pause(**{"reason": "change 4711", "who": "Ada", "since": town.clock(), **rest})


def codes(town: Town, network: VnetId = SPOKE_ID) -> list[str]:
    return [finding.code for finding in town.row(network).found.findings]


async def test_in_a_pause_nothing_is_written_and_it_goes_on_by_itself() -> None:
    town = Town(hub(), spoke(), hubs=catalogue(policy(status_tag="hub-status")))
    await pause(asked(town, until=town.clock() + HOUR), town.context)
    await town.ask()
    assert (town.connected(), town.writes[-1], codes(town)) == (True, "tag spoke-a", [])
    before = [entry for _, entry in town.records.entries if entry.found.findings]
    assert [(entry.state, entry.found.findings[0].code) for entry in before] == [(State.PENDING, Code.PAUSED)]
    assert town.row().progress.finished == town.row().asked.requested + HOUR + timedelta(seconds=1)


async def test_a_pause_that_is_ended_lets_go_at_once() -> None:
    town = Town(hub(), spoke())
    await pause(asked(town, hub="prod-weu"), town.context)
    await town.ask()
    await town.pump(DAY)
    assert (town.writes, town.state(), codes(town)) == ([], State.PENDING, [Code.PAUSED])
    assert await resume("hub prod-weu", "Ada", town.context)
    await town.pump(timedelta(minutes=2))
    assert town.connected()
    assert not await resume("hub prod-weu", "Ada", town.context)


async def test_a_pause_of_one_hub_holds_no_other() -> None:
    hubs = catalogue(policy(), policy("neu", OTHER_HUB_ID))
    other = vnet_id("spoke-b")
    town = Town(
        hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), spoke("10.2.0.0/24", id=other, tag="neu"), hubs=hubs
    )
    await pause(asked(town, hub="neu"), town.context)
    await town.ask()
    await town.ask(other)
    assert (town.connected(), town.connected([other], OTHER_HUB_ID)) == (True, False)


async def test_a_spoke_that_security_has_cut_off_is_joined_by_no_door_and_says_so() -> None:
    town = await joined(hubs=catalogue(policy(status_tag="hub-status")))
    await pause(asked(town, spoke=SPOKE_ID, reason="isolated"), town.context)
    await town.pump(timedelta(minutes=1))
    assert (town.state(), codes(town)) == (State.CONNECTED, [Code.PAUSED])
    assert "Ask Ada." in town.networks.vnets[SPOKE_ID].tags["hub-status"]
    town.networks.unpeer(SPOKE_ID, HUB_ID)
    town.networks.log.clear()
    await town.ask()
    await town.sweep()
    await town.pump(timedelta(days=2))
    assert [entry for entry in town.writes if not entry.startswith("tag")] == []
    assert await resume(f"spoke {SPOKE_ID.key}", "Ada", town.context)
    await town.pump(timedelta(minutes=2))
    assert (town.connected(), codes(town)) == (True, [])


async def test_a_pause_takes_effect_between_two_pairs() -> None:
    """One that was begun is finished; the next is not begun."""
    town, ids = town_of(6)

    async def slow(_: object) -> None:
        town.clock.now += timedelta(seconds=10)
        if not town.pauses.by_scope and len(town.writes) == 2:
            await pause(asked(town), town.context)

    town.networks.on_apply.append(slow)
    await town.wait_as_one_batch(*ids)
    await town.pump(HOUR)
    halves = [town.networks.vnets[each].half_to(HUB_ID) for each in ids]
    on_hub = [town.networks.vnets[HUB_ID].half_to(each) for each in ids]
    assert [bool(one) for one in halves] == [bool(other) for other in on_hub]
    assert 0 < sum(map(bool, halves)) < 6
    assert {str(town.state(each)) for each in ids} == {State.CONNECTED, State.PENDING}


async def test_a_hub_that_is_observed_decides_and_records_and_writes_nothing_no_tag_either() -> None:
    hubs = catalogue(policy(mode=Mode.OBSERVE, status_tag="hub-status"))
    other = vnet_id("spoke-b")
    town = Town(hub(), spoke(), spoke("10.0.1.0/24", id=other), hubs=hubs)
    await town.ask()
    await town.ask(other)
    assert (town.writes, town.state(), codes(town)) == ([], State.PENDING, [Code.OBSERVED])
    assert (town.state(other), codes(town, other)) == (State.REFUSED, [Code.OVERLAPS_HUB])
    town.context = replace(town.context, catalogue=catalogue(policy(status_tag="hub-status")))
    await town.pump(DAY + HOUR)
    assert town.connected()


async def test_a_move_to_a_hub_that_is_paused_costs_the_old_pair_nothing() -> None:
    """Its hub accepts it, and another hub lets go of who is accepted: not while nothing can be made here."""
    hubs = catalogue(policy(), policy("neu", OTHER_HUB_ID))
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.0.0.0/17"), spoke(), hubs=hubs)
    await town.ask()
    await pause(asked(town, hub="neu"), town.context)
    town.change(tags={"hub": "neu"})
    await town.ask()
    await town.pump(DAY)
    assert (town.connected(), town.removals) == (True, [])


async def untagged(count: int, most: int | None = None, **rest: Any) -> tuple[Town, list[VnetId]]:  # noqa: ANN401 - of HubPolicy
    """So many spokes whose pairs stand, and that lose their tags within a minute."""
    town, ids = town_of(count, hubs=catalogue(policy(grace_minutes=0, max_removals=most, **rest)))
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump(HOUR)
    assert town.connected(ids)
    town.networks.log.clear()
    for each in ids:
        town.change(each, tags={})
        town.put(request(each, when=town.clock()))
    return town, ids


def cut(town: Town, ids: list[VnetId]) -> int:
    return sum(town.networks.vnets[each].half_to(HUB_ID) is None for each in ids)


@pytest.mark.parametrize(("count", "most"), [(50, None), (6, None), (30, 5), (30, 0)])
async def test_a_tag_policy_gone_wrong_cuts_no_more_than_the_limit(count: int, most: int | None) -> None:
    town, ids = await untagged(count, most)
    await town.pump(timedelta(days=3))
    figure = most if most is not None else {50: 10, 6: 3}[count]
    assert cut(town, ids) <= figure
    held = await held_at("prod-weu", town.context.ports.records)
    assert len(held.rows) == count - cut(town, ids)
    assert {each.found.findings[0].code for each in held.rows} == {Code.BRAKED}


async def test_what_was_looked_at_is_released_and_nothing_else() -> None:
    town, ids = await untagged(8, 2)
    await town.pump(HOUR)
    held = await held_at("prod-weu", town.context.ports.records)
    assert await release("prod-weu", "0" * 16, "Ada", town.context) is None
    assert await release("prod-weu", held.digest, "Ada", town.context)
    await town.pump(HOUR)
    assert (cut(town, ids), (await held_at("prod-weu", town.context.ports.records)).rows) == (8, ())


async def test_a_tag_that_is_back_is_held_no_more() -> None:
    town, ids = await untagged(8, 2)
    await town.pump(HOUR)
    for each in ids:
        town.change(each, tags={"hub": "prod-weu"})
        await town.ask(each)
    assert (cut(town, ids), (await held_at("prod-weu", town.context.ports.records)).rows) == (0, ())


async def test_networks_that_are_deleted_are_all_cleaned_up() -> None:
    town, ids = town_of(40, hubs=catalogue(policy(max_removals=2)))
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump(HOUR)
    for each in ids:
        town.delete(each)
        town.put(replace(request(each, when=town.clock()), gone=True))
    await town.pump(HOUR)
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_a_few_a_day_pass() -> None:
    town, ids = town_of(12, hubs=catalogue(policy(grace_minutes=0, max_removals=2)))
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump(HOUR)
    for day in range(3):
        for each in ids[2 * day : 2 * day + 2]:
            town.change(each, tags={})
            await town.ask(each)
        assert cut(town, ids) == 2 * day + 2
        await town.pump(DAY + HOUR)


async def test_an_edit_of_the_catalogue_takes_nothing_away_until_its_list_is_released() -> None:
    """The gateway of eight pairs: none of them loses it by the edit, all of them by the release, their halves first."""
    town, ids = town_of(8, hubs=catalogue(policy(max_removals=2)))
    town.networks.vnets[HUB_ID] = replace(town.networks.vnets[HUB_ID], gateway=gateway_of(HUB_ID))
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump(HOUR)
    town.networks.log.clear()
    town.context = replace(town.context, catalogue=catalogue(policy(max_removals=2, gateway=GatewayUse.NEVER)))
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump(DAY)
    held = await held_at("prod-weu", town.context.ports.records)
    assert (town.writes, len(held.rows)) == ([], 8)
    assert await release("prod-weu", held.digest, "Ada", town.context)
    await town.pump(HOUR)
    assert {town.row(each).found.gateway for each in ids} == {"none"}
    assert town.connected(ids)
    assert town.writes[0].startswith("put spoke")
    assert (await held_at("prod-weu", town.context.ports.records)).rows == ()


async def test_nothing_is_lost_when_somebody_dies_while_he_releases() -> None:
    town, ids = await untagged(6, 2)
    await town.pump(HOUR)
    held = await held_at("prod-weu", town.context.ports.records)
    saves = []

    def die(row: object) -> None:
        saves.append(row)
        if len(saves) == 3:
            raise RuntimeError("killed")

    town.records.before_save.append(die)
    with pytest.raises(RuntimeError):
        await release("prod-weu", held.digest, "Ada", town.context)
    town.records.before_save.clear()
    await town.pump(HOUR)
    again = await held_at("prod-weu", town.context.ports.records)
    assert len(again.rows) + cut(town, ids) == 6
    if again.rows:
        assert await release("prod-weu", again.digest, "Ada", town.context)
        await town.pump(HOUR)
    assert cut(town, ids) == 6


async def test_a_network_that_is_deleted_while_the_brake_holds_its_departure_is_cleared_away() -> None:
    town, ids = await untagged(8, 0)
    await town.pump(DAY)
    assert cut(town, ids) == 0
    town.delete(ids[0])
    town.put(request(ids[0], when=town.clock()))
    await town.pump(HOUR)
    assert (cut(town, ids[1:]), town.networks.vnets[HUB_ID].half_to(ids[0])) == (0, None)


# ------------------------------------------------------------------ another catalogue than the last sweep's
def deploy(town: Town, **rest: Any) -> None:  # noqa: ANN401 - the fields of HubPolicy
    town.context = replace(town.context, catalogue=catalogue(policy(grace_minutes=0, **rest)))


def untag(town: Town) -> None:
    tags = town.networks.vnets[SPOKE_ID].tags
    town.change(tags={name: value for name, value in tags.items() if name != "hub"})


async def test_under_another_catalogue_nothing_is_taken_away_before_a_sweep_has_agreed() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=0)))
    deploy(town, status_tag="hub-status")
    untag(town)
    await town.ask()
    await town.pump(DAY)
    assert (town.connected(), codes(town), town.removals) == (True, [Code.CATALOGUE_IS_NEW], [])
    assert (town.status() or "").startswith("Waiting")
    await town.sweep()
    await town.pump(HOUR)
    assert town.state() is State.REMOVED


async def test_what_is_added_does_not_wait_for_the_sweep() -> None:
    town = await joined()
    deploy(town, forwarded_traffic=PerHalf(hub=True, spoke=True))
    await town.ask()
    assert town.row().found.spoke_flags == Flags(forwarded_traffic=True)


async def test_of_two_versions_that_run_side_by_side_the_older_one_takes_nothing_away() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=0)))
    older = town.context
    deploy(town, max_peerings=100)
    await town.sweep()
    await town.pump(HOUR)
    await town.ask(door=Door.HTTP)
    newer, town.context = town.context, older
    untag(town)
    await town.ask()
    assert (town.connected(), codes(town)) == (True, [Code.CATALOGUE_IS_NEW])
    town.context = newer
    await town.sweep()
    await town.pump(HOUR)
    assert town.state() is State.REMOVED


async def test_a_sweep_that_dies_after_it_has_asked_is_made_good_by_the_next() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=0)))
    deploy(town, max_peerings=100)
    untag(town)
    await town.ask()
    book = town.context.ports.sweeps
    written = await book.read()
    await town.sweep()
    await book.write(written)  # as if it had never come to write it down
    await town.pump(HOUR)
    assert (town.connected(), codes(town)) == (True, [Code.CATALOGUE_IS_NEW])
    await town.sweep()
    await town.pump(HOUR)
    assert town.state() is State.REMOVED
