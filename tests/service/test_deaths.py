"""A row over which processes die: it is counted, taken alone and last, and at last given up."""

from datetime import timedelta

import pytest

from peering.core.record.record import State
from peering.core.record.turn import HOPELESS
from tests.builders import HUB_ID, SPOKE_ID, hub, request, spoke, vnet_id
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town

B = vnet_id("spoke-b")


async def test_a_row_that_kills_is_given_up_after_some_processes() -> None:
    town = Town(hub(), spoke())
    deaths = count_deaths(town)
    town.put(request())
    await town.pump(timedelta(minutes=9))
    assert town.row().state is State.ABANDONED
    assert "5 processes died" in town.row().found.findings[0].message
    assert len(deaths) == HOPELESS


async def test_its_message_comes_back_for_one_more_death_each_time_and_not_for_five() -> None:
    """What a process had when it died is delivered again, five times in all: a new reason to look, for all we know."""
    town = Town(hub(), spoke())
    deaths = count_deaths(town)
    await town.ask()
    assert town.row().state is State.ABANDONED
    assert len(deaths) <= HOPELESS + 4
    assert len(town.poison) >= 1


def count_deaths(town: Town) -> list[int]:
    deaths: list[int] = []

    async def die() -> None:
        if any(half.remote == SPOKE_ID for half in town.networks.vnets[HUB_ID].halves):
            deaths.append(1)
            raise ProcessDied

    town.networks.before_apply.append(die)
    return deaths


@pytest.mark.parametrize("deaths", [1, HOPELESS - 1])
async def test_a_row_over_which_fewer_died_is_worked_off_and_the_deaths_are_forgotten(deaths: int) -> None:
    town = Town(hub(), spoke())
    town.networks.fail("apply", SPOKE_ID, *[ProcessDied()] * deaths)
    await town.ask()
    assert town.connected()
    assert town.row().progress.deaths == 0


async def test_who_comes_with_a_row_that_kills_is_not_held_up_by_it() -> None:
    """Twice it takes everybody along; then it comes alone, when the others are done."""
    town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=B))
    town.networks.refuse("apply", SPOKE_ID, ProcessDied())
    await town.wait_as_one_batch(SPOKE_ID, B)
    await town.pump(timedelta(minutes=5))
    assert town.connected([B])
    assert town.row(B).progress.deaths == 0
    await town.pump()
    assert (town.row().state, town.row(B).state) == (State.ABANDONED, State.CONNECTED)


async def test_who_asks_again_gives_a_row_that_was_given_up_another_chance() -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("apply", SPOKE_ID, ProcessDied())
    town.put(request())
    await town.pump()
    assert town.row().state is State.ABANDONED
    town.networks.relent()
    await town.ask()
    assert town.connected()
