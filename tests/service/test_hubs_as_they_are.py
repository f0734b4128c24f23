"""A hub as somebody sees it who asks: headroom, space, what is open and when it was last written to."""

from datetime import timedelta
from typing import Any

import pytest

from peering.core.catalogue.policy import ApprovalRule, Decision
from peering.core.decision.pause import Pause
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import lease_name
from peering.core.network.vnets import Flags
from peering.core.record.note import Note
from peering.core.record.tally import Tally
from peering.service.hubs import claims_at, hub_now, space_at, tallies
from peering.web.free import free_body, read_wanted
from peering.web.hubs import Whole, hub_body, whole_body
from peering.web.problems import Problem
from tests.builders import HUB_ID, NOON, OTHER_HUB_ID, catalogue, half, hub, policy, spoke, vnet_id
from tests.service.town import Town, joined

ALLOWED = catalogue(policy(allowed_space=["10.1.0.0/22", "fd00::/60"], reserved_space=["10.1.1.0/24"]))


async def whole(town: Town) -> dict[str, Any]:
    context = town.context
    rules = context.catalogue.hubs["prod-weu"]
    now = await hub_now(rules, context)
    tally, pauses = await town.records.tally("prod-weu"), await town.pauses.all()
    space = space_at(now, context.catalogue)
    seen = Whole(
        policy=rules, tally=tally, pauses=pauses, note=now.note, seen=now.hub, space=space, release=(0, "0" * 16)
    )
    return whole_body(seen, town.clock())


async def free(town: Town, **query: str) -> dict[str, Any]:
    wanted = read_wanted({"hub": "prod-weu", **query}, town.context.catalogue)
    now = await hub_now(wanted.policy, town.context)
    assert now.hub
    assert not isinstance(now.hub, AzureFailure)
    return free_body(wanted, claims_at(now.hub, now, town.context.catalogue))


def refused(town: Town, **query: str) -> Problem:
    with pytest.raises(Problem) as raised:
        read_wanted({"hub": "prod-weu", **query}, town.context.catalogue)
    return raised.value


async def test_how_a_hub_stands() -> None:
    town = Town(hub(gateway=True), spoke(), hubs=ALLOWED)
    await town.ask()
    town.clock.now = NOON + timedelta(hours=1)
    town.leases.notes[lease_name(HUB_ID)] = Note(alarm=town.clock() + timedelta(minutes=5)).to_metadata()
    await town.pauses.begin(Pause(reason="change", who="anna", since=town.clock(), hub="prod-weu"))
    await town.pauses.begin(Pause(reason="other", who="anna", since=town.clock(), hub="neu"))
    await town.pauses.begin(Pause(reason="over", who="anna", since=town.clock(), until=town.clock()))
    body = await whole(town)
    assert body["peerings"] == {"most": 500, "connected": 1, "used": 1, "free": 499}
    assert body["gatewayPrefixes"] == {
        "ipv4": {"most": 1000, "used": 2, "free": 998},
        "ipv6": {"most": 100, "used": 0, "free": 100},
    }
    assert body["space"] == [
        {"block": "10.1.0.0/22", "used": 0.5, "largestFree": "10.1.2.0/23"},
        {"block": "fd00::/60", "used": 0.0, "largestFree": "fd00::/60"},
    ]
    assert (body["spokes"], body["lastWrite"]) == ({"Connected": 1}, "2026-11-23T12:00:00Z")
    assert (body["alarm"], body["busyUntil"]) == ("2026-11-23T13:05:00Z", None)
    assert [pause["reason"] for pause in body["pauses"]] == ["change"]
    assert body["gateway"].endswith("gw-hub-weu")


async def test_a_look_that_changes_nothing_is_no_write_and_a_removal_is_one() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=0)))
    town.clock.now = later = NOON + timedelta(hours=1)
    await town.ask(door=Door.HTTP)
    assert (await town.records.tally("prod-weu")).written == NOON
    town.change(tags={})
    town.clock.now = later
    await town.ask()
    assert await town.records.tally("prod-weu") == Tally(states={"Removed": 1}, written=later)


async def test_the_list_asks_azure_nothing_and_knows_every_hub() -> None:
    town = await joined(hubs=catalogue(policy(), policy("neu", OTHER_HUB_ID)))
    found = await tallies(town.context.catalogue, town.records)
    assert town.networks.log == []
    bodies = [hub_body(rules, tally, (), town.clock()) for rules, tally in found]
    assert [(body["hub"], body["spokes"]) for body in bodies] == [("neu", {}), ("prod-weu", {"Connected": 1})]


async def test_a_hub_that_is_not_there_says_so() -> None:
    town = Town(spoke())
    body = await whole(town)
    assert "there is no such network" in body["unread"]
    assert (body["space"], body["peerings"]["free"]) == (None, None)


async def test_a_hub_without_a_gateway_has_no_prefixes_behind_one() -> None:
    assert (await whole(Town(hub())))["gatewayPrefixes"] is None


async def test_what_is_summarized_is_announced_as_one() -> None:
    others = [
        half(vnet_id(f"s{n}"), f"by-hand-{n}", f"10.1.{n}.0/24", flags=Flags(gateway_transit=True)) for n in (0, 1)
    ]
    told = hub(gateway=True, halves=tuple(others), summarized=hub("10.0.0.0/8").prefixes)
    assert (await whole(Town(told)))["gatewayPrefixes"]["ipv4"]["used"] == 1


async def test_free_ranges_are_nobodys() -> None:
    """Neither reserved, nor a spoke's, nor of one who waits for a person."""
    rules = policy(
        allowed_space=["10.1.0.0/21"],
        reserved_space=["10.1.1.0/24"],
        approval=(ApprovalRule(Decision.HOLD, region="x"),),
    )
    waiting = vnet_id("waiting")
    town = Town(hub(), spoke(), spoke("10.1.2.0/24", id=waiting, location="x"), hubs=catalogue(rules))
    await town.ask()
    await town.ask(waiting)
    assert town.state(waiting) == "AwaitingApproval"
    body = await free(town, size="24")
    assert body["value"] == [f"10.1.{n}.0/24" for n in (3, 4, 5, 6, 7)]
    assert (body["version"], body["reserved"], body["anySpace"]) == (4, ["10.1.1.0/24"], False)
    assert body["space"] == [{"block": "10.1.0.0/21", "used": 0.375, "largestFree": "10.1.4.0/22"}]
    assert (await free(town, size="/21"))["value"] == []


async def test_free_ranges_of_ipv6_and_of_a_hub_that_allows_all() -> None:
    body = await free(Town(hub("10.0.0.0/16", "fd00::/64"), hubs=ALLOWED), size="64")
    assert (body["version"], body["value"][0], len(body["value"])) == (6, "fd00:0:0:1::/64", 15)
    body = await free(Town(hub("10.0.0.0/16", "fd00::/64")), size="24")
    assert (body["value"][0], len(body["value"]), body["anySpace"]) == ("10.1.0.0/24", 20, True)


SIZES = [("7", "8 to 29"), ("30", "33 to 64"), ("32", "33 to 64"), ("65", "33 to 64"), ("", "is missing"), ("-1", "8")]


@pytest.mark.parametrize(("size", "hint"), SIZES, ids=[size for size, _ in SIZES])
def test_a_size_that_no_network_has(size: str, hint: str) -> None:
    problem = refused(Town(hub()), size=size)
    assert (problem.status, hint in problem.detail) == (400, True)


def test_a_size_that_the_hub_has_no_room_for_at_all() -> None:
    town = Town(hub(), hubs=ALLOWED)
    assert "the largest block that hub 'prod-weu' allows is a /22" in refused(town, size="16").detail
    four = catalogue(policy(allowed_space=["10.1.0.0/22"]))
    assert "allows no IPv6 range" in refused(Town(hub(), hubs=four), size="64").detail


def test_every_fault_of_the_question_is_told() -> None:
    problem = refused(Town(hub()), hub="", size="x", colour="1")
    assert [where for where, _ in problem.errors] == ["colour", "hub", "size"]
    assert refused(Town(hub()), hub="prod", size="24").status == 400
