"""Who may write to the queue, or to its poison queue. What they can do is as much as a function key, and no more."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.intake.requests import Door
from peering.core.network.resource_ids import lease_name
from peering.core.record.record import State
from peering.service.poison import abandon
from tests.builders import HUB_ID, OTHER_SUBSCRIPTION, SPOKE_ID, catalogue, hub, policy, record, request, spoke
from tests.security.hostile import VALUES
from tests.service.town import Town

_TEXTS = st.sampled_from([*VALUES, "", "prod-weu", "retry", str(SPOKE_ID)])
_FORGED = st.fixed_dictionaries(
    {"kind": st.just("request"), "spoke": st.just(str(SPOKE_ID)), "when": st.just("2026-11-23T12:00:00+00:00")},
    optional={
        "id": _TEXTS,
        "door": st.sampled_from([*Door]),
        "who": _TEXTS,
        "correlation": _TEXTS,
        "hub": _TEXTS,
        "attempt": st.integers(0, 10**9),
    },
)


@given(forged=_FORGED)
async def test_no_message_changes_a_pair_that_is_as_it_should_be(forged: dict[str, Any]) -> None:
    town = Town(hub(), spoke())
    await town.ask()
    before = len(town.writes)
    town.put(json.dumps(forged))
    await town.pump()
    assert (town.connected(), len(town.writes), town.poison) == (True, before, [])


async def test_a_message_may_name_a_hub_for_a_network_without_a_tag_and_sign_with_any_name() -> None:
    """As a manual request can. So `who` in a record is worth what the right to write to the queue is worth."""
    town = Town(hub(), spoke(tag=None))
    await town.ask(hub="prod-weu", door=Door.HTTP, who="the owner of the hub")
    assert town.connected()
    assert town.row().asked.who == "the owner of the hub"


async def test_a_message_does_not_get_past_the_policy() -> None:
    town = Town(hub(), spoke(), hubs=catalogue(policy(subscriptions=(OTHER_SUBSCRIPTION,))))
    await town.ask(hub="prod-weu", door=Door.RETRY, attempt=0)
    assert (town.writes, town.row().state) == ([], State.REFUSED)


@pytest.mark.parametrize("value", VALUES)
async def test_what_a_message_holds_is_logged_on_one_line(value: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    town = Town(hub(), spoke(tag=None))
    await town.ask(hub=value, who=value, correlation=value, id=value)
    town.put(value, json.dumps({"kind": "request", "spoke": value}), json.dumps({"data": {}, "eventType": value}))
    await town.pump()
    town.records.rows["prod-weu", SPOKE_ID.key] = record(correlation=value, who=value, wanted=value)
    await abandon(request(correlation=value).to_json(), town.context.ports, town.clock())
    assert town.row().state is State.ABANDONED
    assert [line.getMessage() for line in caplog.records if not line.getMessage().isprintable()] == []


async def test_poison_stops_what_waits_until_somebody_looks_again() -> None:
    """Who writes to the poison queue can have a row that is open marked as abandoned. It is not lost by that."""
    town = Town(hub(), spoke())
    async with town.leases.take(lease_name(HUB_ID)):
        town.put(request())
        await town.pump(timedelta())
    await abandon(request().to_json(), town.context.ports, town.clock())
    assert (town.row().state, town.writes) == (State.ABANDONED, [])
    await town.ask()
    assert town.connected()


async def test_poison_does_not_touch_what_is_settled() -> None:
    town = Town(hub(), spoke())
    await town.ask()
    await abandon(request().to_json(), town.context.ports, town.clock())
    assert (town.row().state, town.connected()) == (State.CONNECTED, True)
