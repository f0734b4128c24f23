"""Requests by hand, through the HTTP door."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from peering.core.decision.findings import Code
from peering.core.intake.requests import Door, NamedBy
from peering.core.network.failures import AzureFailure
from peering.core.record.record import State
from tests.builders import NOON, OTHER_HUB_ID, SPOKE_ID, catalogue, gateway_of, hub, policy, spoke, vnet
from tests.service.town import Town

TWO_HUBS = catalogue(policy(), policy("neu", OTHER_HUB_ID))
HTTP: dict[str, Any] = {"door": Door.HTTP, "who": "anna"}
DENIED = AzureFailure(403, "AuthorizationFailed", "no")


async def test_a_network_without_a_tag_is_peered_with_the_hub_that_was_named() -> None:
    town = Town(hub(), spoke(tag=None))
    await town.ask(hub="prod-weu", **HTTP)
    assert town.connected()
    assert (town.row().asked.named_by, town.row().asked.who, town.row().asked.door) == (
        NamedBy.REQUEST,
        "anna",
        Door.HTTP,
    )


async def test_the_pair_stands_although_no_tag_ever_named_it() -> None:
    town = Town(hub(), spoke(tag=None))
    await town.ask(hub="prod-weu", **HTTP)
    town.change(halves=())
    town.change(hub().id, halves=())
    await town.ask()
    assert town.connected()
    assert town.history == ["Connected", "Connected"]


async def test_the_tag_outranks_the_request() -> None:
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(tag="neu"), hubs=TWO_HUBS)
    await town.ask(hub="prod-weu", **HTTP)
    assert town.connected(to=OTHER_HUB_ID)
    assert town.networks.vnets[hub().id].halves == ()


async def test_without_tag_and_without_hub_who_asked_is_told_so_for_a_day() -> None:
    town = Town(hub(), spoke(tag=None), hubs=replace(catalogue(), status_tag="hub-status"))
    for _ in range(2):
        await town.ask(**HTTP)
        row = town.row(hub="unknown")
        assert (row.state, [finding.code for finding in row.found.findings]) == (State.REFUSED, [Code.NO_HUB_NAMED])
        assert "Set the tag 'hub' to the name of a hub" in row.found.findings[0].message
    assert (town.writes, town.history) == ([], ["Refused"])  # no tag either: nobody has asked for one there
    await town.ask()
    assert town.row(hub="unknown").state is State.REFUSED
    await town.pump(timedelta(days=1, hours=1))
    assert (town.records.rows, town.queue.messages) == ({}, [])


async def test_who_sets_the_tag_after_all_is_peered() -> None:
    town = Town(hub(), spoke(tag=None))
    await town.ask(**HTTP)
    town.change(tags={"hub": "prod-weu"})
    await town.ask()
    assert town.connected()
    assert town.row(hub="unknown").state is State.REMOVED


async def test_a_network_that_does_not_exist_is_answered() -> None:
    town = Town(hub())
    await town.ask(hub="prod-weu", **HTTP)
    assert town.row().state is State.REFUSED
    assert [finding.code for finding in town.row().found.findings] == [Code.SPOKE_NOT_FOUND]
    assert "There is no virtual network" in town.row().found.findings[0].message
    finished = town.row().progress.finished
    assert finished is not None
    assert timedelta(minutes=5) <= finished - NOON < timedelta(minutes=7)  # a 404 may only be early
    assert town.writes == []


async def test_a_request_that_waits_still_knows_its_hub() -> None:
    town = Town(hub(), spoke(tag=None))
    town.networks.fail("apply", hub().id, AzureFailure(429, "RetryableError", "busy"))
    town.networks.fail("read", SPOKE_ID, DENIED)
    await town.ask(hub="prod-weu", **HTTP)
    assert town.connected()
    assert town.clock() > NOON


async def test_a_network_that_may_not_be_read_is_answered_where_the_caller_looks() -> None:
    town = Town(hub(), spoke(tag=None))
    town.networks.refuse("read", SPOKE_ID, DENIED)
    await town.ask(hub="prod-weu", **HTTP)
    assert town.row().state is State.FAILED


async def test_a_manual_request_finds_a_gateway_that_came_later() -> None:
    """An event about a settled spoke costs one read, and cannot see it; a person who asks is owed a look at the hub."""
    town = Town(hub(), spoke())
    await town.ask()
    assert town.row().found.gateway == "none"
    town.change(hub().id, gateway=gateway_of(hub().id))
    await town.ask()
    assert town.row().found.gateway == "none"
    await town.ask(**HTTP)
    assert town.connected()
    assert town.row().found.gateway == gateway_of(hub().id)
