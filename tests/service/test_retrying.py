"""Retry in bulk: which rows, at once, in bounds, with whoever asked in the history."""

from datetime import timedelta
from typing import Any

import pytest

from peering.core.record import retried
from peering.core.record.record import State
from peering.service import retrying
from peering.service.retrying import retry
from tests.builders import catalogue, hub, policy, record, spoke
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town, town_of

A_DAY = timedelta(days=1)


async def town_with(*states: State | str, **rest: Any) -> Town:  # noqa: ANN401 - the fields of a row
    """A row in each state, of networks that are tagged and there."""
    town, ids = town_of(len(states))
    for state, network in zip(states, ids, strict=True):
        made = record(state, spoke=network, not_before=town.clock() + A_DAY, etag=None, **rest)
        await town.records.save(made)
    return town


@pytest.mark.parametrize("state", [*State, "Thinking"])
async def test_the_states_that_are_looked_at_again(state: State | str) -> None:
    town = await town_with(state)
    done = await retry("prod-weu", None, "anna", town.context)
    assert len(done.rows) == (state in retried.RETRIED)
    await town.pump(timedelta(minutes=1))
    (row,) = town.records.rows.values()
    assert row.state == (State.CONNECTED if state in retried.RETRIED else state)


async def test_of_one_state_only_those() -> None:
    town = await town_with(State.FAILED, State.REFUSED)
    done = await retry(None, State.FAILED, "anna", town.context)
    assert len(done.rows) == 1
    await town.pump(timedelta(minutes=1))
    assert sorted(str(row.state) for row in town.records.rows.values()) == ["Connected", "Refused"]


async def test_of_one_hub_only_those() -> None:
    town = await town_with(State.FAILED)
    assert (await retry("neu", None, "anna", town.context)).rows == ()
    assert town.queue.messages == []


async def test_those_whose_hub_nobody_knows_too() -> None:
    for chosen in (None, "unknown"):
        town = await town_with(State.REFUSED, hub="unknown")
        (row,) = (await retry(chosen, State.REFUSED, "anna", town.context)).rows
        await town.pump(timedelta(minutes=2))
        assert town.state(row.spoke) is State.CONNECTED


async def test_who_waits_for_a_person_waits_on() -> None:
    town = await town_with(State.PENDING, held="paused")
    assert (await retry("prod-weu", State.PENDING, "anna", town.context)).rows == ()


async def test_whoever_asked_stands_in_the_history_and_the_row_is_whose_it_was() -> None:
    town = await town_with(State.FAILED)
    await retry("prod-weu", None, "anna", town.context)
    (entry,) = [row for _, row in town.records.entries]
    assert (entry.state, entry.found.notes, entry.asked.who) == (
        State.PENDING,
        ("anna has it looked at again",),
        "somebody",
    )
    await town.pump(timedelta(minutes=1))
    (row,) = town.records.rows.values()
    assert (row.state, "anna has it looked at again" in row.found.notes) == (State.CONNECTED, False)


async def test_no_more_than_one_call_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "MOST", 2)
    town = await town_with(State.FAILED, State.FAILED, State.FAILED)
    first = await retry("prod-weu", State.FAILED, "anna", town.context)
    second = await retry("prod-weu", State.FAILED, "anna", town.context)
    assert (len(first.rows), first.more, len(second.rows), second.more) == (2, True, 1, False)


async def test_a_wait_is_lifted_once_in_ten_seconds() -> None:
    town = Town(hub(), spoke(), hubs=catalogue(policy()))
    now = town.clock()
    await town.records.save(record(started=now - timedelta(seconds=4), not_before=now + A_DAY, etag=None))
    (row,) = (await retry("prod-weu", None, "anna", town.context)).rows
    assert row.progress.not_before == now + timedelta(seconds=6)


@pytest.mark.parametrize("call", range(2))
async def test_whoever_dies_on_the_way_leaves_nothing_that_nobody_wakes(call: int) -> None:
    town, calls = await town_with(State.FAILED, State.FAILED), [0]

    def die(*_: object) -> None:
        calls[0] += 1
        if calls[0] == call + 1:
            raise ProcessDied

    town.queue.before_send.append(die)
    with pytest.raises(ProcessDied):
        await retry("prod-weu", None, "anna", town.context)
    town.queue.before_send.clear()
    await town.pump(timedelta(minutes=5))
    assert {str(row.state) for row in town.records.rows.values()} == {"Failed" if call == 0 else "Connected"}
