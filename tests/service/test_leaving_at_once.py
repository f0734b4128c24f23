"""DELETE: a spoke leaves at once, within the limits, and whoever had it leave stands in the history."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.decision.findings import Code
from peering.core.decision.pause import Pause
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure
from peering.core.record.record import State
from peering.core.record.request_stage import Stage, stage_of
from peering.service.control import pause
from peering.service.leaving import CannotBeRead, NoSuchRow, StillWanted, leave_at_once
from tests.builders import SPOKE_ID, catalogue, hub, policy, request, spoke
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town, joined

HOUR = timedelta(hours=1)
ID = f"{SPOKE_ID.key}-1"


async def leave(town: Town, hub: str = "prod-weu") -> None:
    await leave_at_once(hub, SPOKE_ID.key, "anna", ID, town.context)


async def stage(town: Town) -> Stage:
    asked = await town.registry.get(ID)
    assert asked
    return stage_of(asked, await town.records.find(SPOKE_ID))


async def asked_for(**rest: object) -> Town:
    """A spoke without a tag, whose pair a person has asked for."""
    town = Town(hub(), spoke(tag=None), **rest)  # type: ignore[arg-type]  # the fields of Context
    await town.ask(door=Door.HTTP, hub="prod-weu")
    assert town.connected()
    town.networks.log.clear()
    return town


async def test_what_was_asked_for_by_hand_leaves_at_once() -> None:
    town = await asked_for()
    await leave(town)
    assert await stage(town) is Stage.WORKING
    began = town.clock()
    await town.pump(timedelta(minutes=1))
    assert (town.state(), len(town.removals), await stage(town)) == (State.REMOVED, 2, Stage.DONE)
    finished = town.row().progress.finished
    assert finished
    assert finished - began < timedelta(seconds=5)
    assert [(row.state, row.asked.who) for _, row in town.records.entries][-1] == (State.REMOVED, "anna")
    await town.ask()
    assert town.state() is State.REMOVED


async def test_a_grace_is_cut_short() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=600)))
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    assert town.row().is_in_grace
    await leave(town)
    await town.pump(timedelta(minutes=1))
    assert (town.state(), len(town.removals)) == (State.REMOVED, 2)


async def test_what_a_tag_wants_stays() -> None:
    town = await joined()
    with pytest.raises(StillWanted, match="remove the tag"):
        await leave(town)
    assert (town.state(), town.registry.requests, town.queue.messages) == (State.CONNECTED, {}, [])


async def test_a_tag_that_comes_back_before_it_is_carried_out_keeps_it() -> None:
    town = await asked_for()
    await leave(town)
    town.change(tags={"hub": "prod-weu"})
    await town.pump(timedelta(minutes=1))
    assert (town.connected(), town.removals, town.state()) == (True, [], State.CONNECTED)


async def test_a_pause_holds_it_back() -> None:
    town = await asked_for()
    await pause(Pause(reason="change", who="bob", since=town.clock(), until=town.clock() + HOUR), town.context)
    await leave(town)
    await town.pump(timedelta(minutes=1))
    assert (town.removals, town.row().found.findings[0].code) == ([], Code.PAUSED)
    await town.pump(2 * HOUR)
    assert (town.state(), len(town.removals)) == (State.REMOVED, 2)


async def test_the_brake_holds_it_back() -> None:
    town = await asked_for(hubs=catalogue(policy(max_removals=0)))
    await leave(town)
    await town.pump(timedelta(minutes=1))
    assert (town.removals, town.row().progress.held, await stage(town)) == ([], "brake", Stage.WORKING)


async def test_of_what_nobody_knows_there_is_nothing_to_leave() -> None:
    with pytest.raises(NoSuchRow):
        await leave(Town(hub(), spoke()))


async def test_who_has_left_has_left() -> None:
    town = await asked_for()
    await leave(town)
    await town.pump(timedelta(minutes=1))
    before, messages = town.row(), len(town.queue.messages)
    await leave(town)
    assert (town.row(), len(town.queue.messages), await stage(town)) == (before, messages, Stage.DONE)


async def test_a_network_that_cannot_be_read_leaves_nothing_to_chance() -> None:
    town = await asked_for()

    async def refuse(_: object) -> None:
        raise AzureFailure(403, "AuthorizationFailed", "No.")

    town.networks.on_read.append(refuse)
    with pytest.raises(CannotBeRead, match="AuthorizationFailed"):
        await leave(town)
    assert (town.state(), town.registry.requests) == (State.CONNECTED, {})


async def test_who_writes_the_row_meanwhile_costs_a_second_look() -> None:
    town = await asked_for()
    overtaken = [True]

    def interfere(_: object) -> None:
        if overtaken and overtaken.pop():
            key = ("prod-weu", SPOKE_ID.key)
            town.records.rows[key] = replace(town.records.rows[key], etag="another")

    town.records.before_save.append(interfere)
    await leave(town)
    await town.pump(timedelta(minutes=1))
    assert town.state() is State.REMOVED


@pytest.mark.parametrize("call", range(2))
async def test_whoever_dies_on_the_way_leaves_nothing_that_nobody_wakes(call: int) -> None:
    town, calls = await asked_for(), [0]

    def die(*_: object) -> None:
        calls[0] += 1
        if calls[0] == call + 1:
            raise ProcessDied

    town.queue.before_send.append(die)
    with pytest.raises(ProcessDied):
        await leave(town)
    town.queue.before_send.clear()
    await town.pump(timedelta(minutes=5))
    assert town.state() is (State.CONNECTED if call == 0 else State.REMOVED)
    assert town.stranded == []
