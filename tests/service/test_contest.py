"""Somebody else undoes what Autopeer puts right: the third time within a day is the last."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.decision.contest import OFTEN
from peering.core.decision.findings import Code
from peering.core.intake.requests import Door
from peering.core.network.vnets import Flags
from peering.core.record.record import State
from tests.builders import HUB_ID, SPOKE_ID, catalogue, policy
from tests.service.hub_events import heard, remove_by_hand, written
from tests.service.town import Town, joined

PIPELINE, PERSON = "cccccccc-0000-0000-0000-000000000003", "dddddddd-0000-0000-0000-000000000004"
TOLD = catalogue(policy(status_tag="hub-status"))
A_DAY = timedelta(days=1, minutes=5)


async def undo(town: Town, who: str = PIPELINE) -> None:
    """Its hub half is deleted, and the event tells by whom."""
    event = await remove_by_hand(town)
    await heard(town, event.replace("somebody", who))
    town.clock.now += timedelta(hours=1)


def codes(town: Town) -> list[str]:
    return [finding.code for finding in town.row().found.findings]


async def undone(times: int = OFTEN) -> Town:
    town = await joined(hubs=TOLD)
    for _ in range(times):
        await undo(town)
        assert town.connected()
    return town


async def test_what_is_undone_a_fourth_time_is_left_and_told_by_whose_doing() -> None:
    town = await undone()
    await undo(town)
    assert (town.connected(), town.state(), codes(town)) == (False, State.REFUSED, [Code.UNDONE_AGAIN])
    assert PIPELINE in town.row().found.findings[0].message
    assert (town.status() or "").startswith("Refused")
    assert [entry for entry in town.writes if not entry.startswith("tag")] == []


async def test_no_door_but_a_person_puts_it_right_that_day() -> None:
    town = await undone()
    await undo(town)
    await town.sweep()
    await town.ask(door=Door.EVENT)
    assert not town.connected()
    await town.ask(door=Door.HTTP, hub="prod-weu")
    assert (town.connected(), codes(town)) == (True, [])
    await undo(town)
    assert not town.connected()


async def test_after_a_day_it_is_tried_again() -> None:
    town = await undone()
    await undo(town)
    await town.pump(A_DAY)
    assert (town.connected(), town.state(), codes(town)) == (True, State.CONNECTED, [])


async def test_who_undoes_it_seldom_is_put_right_each_time() -> None:
    town = await joined(hubs=TOLD)
    for _ in range(8):
        await undo(town)
        assert town.connected()
        town.clock.now += timedelta(hours=8)


async def test_each_has_times_of_his_own() -> None:
    town = await undone(OFTEN - 1)
    await undo(town, PERSON)
    await undo(town)
    assert town.connected()


async def test_a_switch_that_is_set_otherwise_again_and_again_is_left_so_and_the_pair_is_connected() -> None:
    town = await joined(hubs=TOLD)
    for _ in range(OFTEN + 1):
        mine = town.networks.vnets[SPOKE_ID].half_to(HUB_ID)
        assert mine
        town.change(halves=(replace(mine, flags=Flags(forwarded_traffic=True)),))
        await heard(town, written(town, SPOKE_ID).replace("somebody", PIPELINE))
    assert (town.state(), codes(town)) == (State.CONNECTED, [Code.UNDONE_AGAIN])
    assert town.row().found.spoke_flags == Flags(forwarded_traffic=True)
    assert (town.status() or "").startswith("Connected")


@pytest.mark.parametrize("door", [Door.SWEEP, Door.HTTP])
async def test_what_nobody_is_known_to_have_done_is_not_counted(door: Door) -> None:
    town = await joined()
    for _ in range(OFTEN + 2):
        await remove_by_hand(town)
        await town.ask(door=door)
        assert town.connected()


async def test_growth_is_no_undoing() -> None:
    town = await joined()
    for number in range(OFTEN + 2):
        grown = [*map(str, town.networks.vnets[SPOKE_ID].prefixes), f"10.1.{number + 10}.0/24"]
        town.networks.resize(SPOKE_ID, *grown)
        await heard(town, written(town, SPOKE_ID).replace("somebody", PIPELINE))
    assert (town.connected(), town.row().progress.undone) == (True, ())


async def test_the_record_keeps_who_and_when() -> None:
    town = await undone(2)
    progress = town.row().progress
    assert (progress.undone_by, len(progress.undone)) == (PIPELINE, 2)
