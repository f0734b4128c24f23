"""A hub that wants to be asked before a network leaves it: the old pair stays until one of its people has approved."""

from datetime import timedelta
from typing import Any

import pytest

from peering.core.catalogue.policy import ApprovalRule, Decision, Moves
from peering.core.decision.findings import Code
from peering.core.intake.requests import Door
from peering.core.network.addresses import parse_prefixes
from peering.core.network.vnets import Vnet
from peering.core.record.approvals import Objection, Say
from peering.core.record.record import Record, State
from peering.service.approvals import Objected, decide
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, catalogue, hub, policy, spoke, vnet
from tests.service.town import Town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEU, CLASH = vnet(OTHER_HUB_ID, "10.200.0.0/16"), vnet(OTHER_HUB_ID, "10.0.0.0/16")
HOLD = (ApprovalRule(Decision.HOLD),)


def codes(town: Town, name: str) -> list[str]:
    return [finding.code for finding in town.row(hub=name).found.findings]


async def leaving(new: Vnet = NEU, old: dict[str, Any] | None = None, **of_new: Any) -> Town:  # noqa: ANN401 - of HubPolicy
    """A pair that stands, and whose network's tag names another hub now."""
    hubs = catalogue(
        policy(status_tag="hub-status", **{"moves": Moves.ASK, "owners": "Weu team", **(old or {})}),
        policy("neu", OTHER_HUB_ID, status_tag="hub-status", **of_new),
    )
    town = Town(hub(), new, spoke(), hubs=hubs)
    await town.ask()
    await retag(town, "neu")
    return town


async def retag(town: Town, value: str, who: str = "Zoe") -> None:
    town.change(tags={**town.networks.vnets[SPOKE_ID].tags, "hub": value})
    await town.ask(who=who)


async def say(town: Town, at: str = "prod-weu", *, granted: bool = True, ids: frozenset[str] = frozenset()) -> Record:
    word = Say(granted=granted, who="Ada", ids=ids, reason="change 4711")
    return await decide(town.context.catalogue.hubs[at], SPOKE_ID.key, word, town.context)


async def objection(town: Town, at: str = "prod-weu", **rest: Any) -> Objection:  # noqa: ANN401 - as `say`
    with pytest.raises(Objected) as caught:
        await say(town, at, **rest)
    return caught.value.why


async def test_the_wait_is_told_at_both_hubs_on_the_tag_and_by_event() -> None:
    town = await leaving()
    await town.pump(timedelta(days=3))
    assert (town.connected(), town.state(), town.state(hub="neu")) == (True, State.CONNECTED, State.AWAITING_APPROVAL)
    assert (codes(town, "prod-weu"), codes(town, "neu")) == ([Code.APPROVAL_NEEDED], [Code.APPROVAL_NEEDED])
    assert (town.status() or "").startswith("AwaitingApproval")
    assert "Ask Weu team to let the network go" in (town.status() or "")
    told = {(each.data["hub"], each.data["state"]) for each in town.announcer.announced if each.data["findings"]}
    assert told == {("prod-weu", State.CONNECTED), ("neu", State.AWAITING_APPROVAL)}
    assert await objection(town, "neu") is Objection.ELSEWHERE


async def test_one_of_the_old_hubs_people_approves_and_it_goes_like_any_other_move() -> None:
    town = await leaving()
    town.networks.log.clear()
    await say(town)
    await town.pump(timedelta(minutes=2))
    assert town.connected(to=OTHER_HUB_ID)
    assert (town.state(), town.state(hub="neu"), codes(town, "neu")) == (State.REMOVED, State.CONNECTED, [])
    made = [entry for entry in town.writes if entry.startswith("put")]
    assert town.writes.index(made[-1]) < min(map(town.writes.index, town.removals))
    assert (town.status() or "").startswith("Connected to neu")
    assert any(entry.approval.leave and entry.approval.leave.who == "Ada" for _, entry in town.records.entries)


async def test_where_both_pairs_cannot_stand_the_old_one_goes_first_once_that_is_approved() -> None:
    town = await leaving(CLASH)
    assert town.removals == []
    await say(town)
    await town.pump(HOUR)
    assert town.connected(to=OTHER_HUB_ID)
    assert town.state() is State.REMOVED


async def test_that_it_leaves_is_refused_and_said_where_its_owner_looks() -> None:
    town = await leaving()
    await say(town, granted=False)
    await town.pump(timedelta(days=3))
    assert (town.connected(), town.state(), town.state(hub="neu")) == (True, State.CONNECTED, State.REFUSED)
    assert codes(town, "neu") == [Code.APPROVAL_REFUSED]
    assert "Ada has refused it for hub 'prod-weu': change 4711" in town.row(hub="neu").found.findings[0].message
    assert (town.status() or "").startswith("Refused")
    await say(town)
    await town.pump(HOUR)
    assert (town.connected(to=OTHER_HUB_ID), town.state()) == (True, State.REMOVED)


async def test_both_hubs_may_be_asked_in_either_order() -> None:
    for first, second in (("prod-weu", "neu"), ("neu", "prod-weu")):
        town = await leaving(approval=HOLD)
        await say(town, first)
        await town.pump(HOUR)
        assert (town.connected(), town.state(hub="neu")) == (True, State.AWAITING_APPROVAL)
        await say(town, second)
        await town.pump(HOUR)
        assert (town.connected(to=OTHER_HUB_ID), town.state()) == (True, State.REMOVED)


async def test_nobody_is_asked_about_a_move_that_the_other_hub_refuses() -> None:
    town = await leaving(reserved_space=["10.1.0.0/16"])
    assert (town.state(hub="neu"), codes(town, "prod-weu")) == (State.REFUSED, [])
    assert await objection(town) is Objection.NOTHING_WAITS


async def test_that_it_may_leave_is_good_for_one_hub_one_stay_and_these_addresses() -> None:
    town = await leaving()
    await say(town)
    await town.pump(HOUR)
    await retag(town, "prod-weu")
    assert town.connected()
    await retag(town, "neu")
    assert (town.state(), town.state(hub="neu")) == (State.CONNECTED, State.AWAITING_APPROVAL)


async def test_a_tag_that_goes_back_ends_what_was_approved() -> None:
    town = await leaving(approval=HOLD)
    await say(town)
    await town.pump(HOUR)
    await retag(town, "prod-weu")
    assert (town.state(), codes(town, "prod-weu"), town.state(hub="neu")) == (State.CONNECTED, [], State.REMOVED)
    await retag(town, "neu")
    assert codes(town, "prod-weu") == [Code.APPROVAL_NEEDED]


async def test_a_network_that_has_grown_is_asked_about_as_it_is() -> None:
    town = await leaving()
    town.networks.resize(SPOKE_ID, "10.1.0.0/24", "10.7.0.0/24")
    await town.ask()
    await say(town)
    await town.pump(HOUR)
    assert (town.connected(to=OTHER_HUB_ID), town.state()) == (True, State.REMOVED)
    assert set(town.row(hub="neu").approval.let_in) == set(parse_prefixes(["10.1.0.0/24", "10.7.0.0/24"]))


async def test_a_wait_that_nobody_ends_is_over_by_the_old_hubs_days_and_can_be_asked_anew() -> None:
    town = await leaving(old={"approval_days": 2})
    await town.pump(timedelta(days=4))
    assert (town.connected(), town.state(hub="neu")) == (True, State.REFUSED)
    assert codes(town, "neu") == [Code.APPROVAL_NEEDED]
    words = town.row(hub="neu").found.findings[0].message
    assert "leaves hub 'prod-weu', and nobody has decided within 2 days" in words
    await town.ask(door=Door.HTTP)
    assert (town.state(hub="neu"), codes(town, "prod-weu")) == (State.AWAITING_APPROVAL, [Code.APPROVAL_NEEDED])
    await say(town)
    await town.pump(HOUR)
    assert town.connected(to=OTHER_HUB_ID)


async def test_who_has_changed_the_tag_does_not_approve_that() -> None:
    town = await leaving()
    assert await objection(town, ids=frozenset({"zoe"})) is Objection.HIS_OWN


async def test_a_hub_that_cannot_be_reached_is_not_asked_without_a_pause() -> None:
    """The old hub's people have approved, and the new hub is not there: each asks the other no more than it has to."""
    town = await leaving()
    town.networks.vnets.pop(OTHER_HUB_ID)
    await say(town)
    town.networks.log.clear()
    await town.pump(DAY)
    assert (town.connected(), town.state()) == (True, State.CONNECTED)
    assert town.networks.log.count("read spoke-a") < 40
    assert HUB_ID in town.networks.vnets
