"""Messages that nobody can read, and those that the worker failed at every time."""

import json

from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record, State
from peering.service.poison import abandon
from tests.builders import SPOKE_ID, hub, request, spoke, vnet_id
from tests.core.intake.test_events import activity
from tests.service.town import Town

B = vnet_id("spoke-b")


async def test_a_message_that_nobody_can_read_is_laid_aside() -> None:
    town = Town(hub(), spoke())
    town.put("rubbish", "{}", json.dumps({"kind": "request", "spoke": "/x"}))
    await town.pump()
    assert [body for body, _ in town.records.unreadable] == ["rubbish", "{}", '{"kind": "request", "spoke": "/x"}']
    assert all(reason for _, reason in town.records.unreadable)
    assert (town.poison, town.networks.log) == ([], [])


async def test_what_nobody_foresaw_is_tried_again_and_then_abandoned() -> None:
    town = Town(hub(), spoke())
    town.networks.fail("read", SPOKE_ID, *[RuntimeError("a bug")] * 6)
    await town.ask()
    row = town.row(hub="unknown")
    assert (row.state, town.history) == (State.ABANDONED, ["Abandoned"])
    assert "did not foresee" in row.found.findings[0].message
    assert town.announcer.types == ["Spoke.Abandoned"]


async def test_what_nobody_foresaw_and_passes_is_no_news() -> None:
    town = Town(hub(), spoke())
    town.networks.fail("read", SPOKE_ID, *[RuntimeError("a bug")] * 4)
    await town.ask()
    assert town.connected()
    assert (town.history, town.poison) == (["Connected"], [])


async def test_a_pending_row_is_what_is_abandoned() -> None:
    town = Town(hub(), spoke())
    town.networks.fail("apply", SPOKE_ID, *[RuntimeError("a bug")] * 50)
    await town.ask()
    assert town.row().state is State.ABANDONED
    assert town.poison == []  # it is the row's failure, and not that of the message
    assert ("unknown", SPOKE_ID.key) not in town.records.rows
    town.networks.relent()
    await town.ask()
    assert town.connected()


async def test_a_settled_spoke_is_not_abandoned() -> None:
    town = Town(hub(), spoke())
    await town.ask()
    town.networks.fail("read", SPOKE_ID, *[RuntimeError("a bug")] * 5)
    await town.ask()
    assert town.row().state is State.CONNECTED


async def test_every_spoke_of_a_poisonous_array_is_abandoned() -> None:
    town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=B))
    find = town.records.find

    async def fail(spoke: VnetId) -> list[Record]:
        if town.poison:
            return await find(spoke)
        raise RuntimeError("a bug")

    town.records.find = fail  # type: ignore[method-assign]
    town.put(json.dumps([activity(), activity(resource=str(B))]))
    await town.pump()
    assert {town.row(each, "unknown").state for each in (SPOKE_ID, B)} == {State.ABANDONED}


async def test_poison_that_nobody_can_read_is_laid_aside_too() -> None:
    town = Town(hub(), spoke())
    await abandon("rubbish", town.context.ports, town.clock())
    assert [body for body, _ in town.records.unreadable] == ["rubbish"]
    await abandon(request(B).to_json(), town.context.ports, town.clock())
    assert town.row(B, "unknown").state is State.ABANDONED
