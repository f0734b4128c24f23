"""Approvals over the fakes: a person decides, once, for the addresses that he was shown."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peering.core.catalogue.policy import ApprovalRule, Decision, HubPolicy
from peering.core.decision.findings import Code
from peering.core.intake.requests import Door
from peering.core.network.addresses import parse_prefixes
from peering.core.network.resource_ids import VnetId
from peering.core.record.approvals import Objection, Say
from peering.core.record.record import Record, State
from peering.service.approvals import Objected, decide
from tests.builders import HUB_ID, SPOKE_ID, catalogue, hub, policy, request, spoke, vnet_id
from tests.service.town import Town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOLD = (ApprovalRule(Decision.HOLD),)
MORE = ("10.1.0.0/24", "10.7.0.0/24")
WHOLE = parse_prefixes(MORE)
B = vnet_id("spoke-b")
ADA, SOMEBODY = frozenset({"ada"}), frozenset({"SOMEBODY"})


def held(**rest: Any) -> HubPolicy:  # noqa: ANN401 - the fields of HubPolicy
    return policy(status_tag="hub-status", **{"approval": HOLD, "grace_minutes": 0, **rest})


async def asked(**rest: Any) -> Town:  # noqa: ANN401 - the fields of HubPolicy
    """A tagged network at a hub where somebody has to let it in."""
    town = Town(hub(), spoke(guid="one"), hubs=catalogue(held(**rest)))
    await town.ask()
    return town


async def say(town: Town, *, granted: bool = True, key: str = SPOKE_ID.key, **rest: Any) -> Record:  # noqa: ANN401 - of Say
    word = Say(granted=granted, **{"who": "Ada", "ids": ADA, "reason": "change 4711", **rest})
    rules = town.context.catalogue.hubs["prod-weu"]
    return await decide(rules, key, word, town.context)


async def approved(**rest: Any) -> Town:  # noqa: ANN401 - the fields of HubPolicy
    town = await asked(**rest)
    await say(town)
    await town.pump(HOUR)
    return town


async def objection(town: Town, **rest: Any) -> Objection:  # noqa: ANN401 - as `say`
    with pytest.raises(Objected) as caught:
        await say(town, **rest)
    return caught.value.why


def codes(town: Town, network: VnetId = SPOKE_ID) -> list[str]:
    return [finding.code for finding in town.row(network).found.findings]


def untag(town: Town) -> None:
    tags = town.networks.vnets[SPOKE_ID].tags
    town.change(tags={name: value for name, value in tags.items() if name != "hub"})


def peerings(town: Town) -> list[str]:
    return [entry for entry in town.writes if not entry.startswith(("tag", "untag"))]


# ------------------------------------------------------------------ to be let in
async def test_nothing_is_written_until_somebody_has_approved_and_then_it_goes_by_itself() -> None:
    town = await asked()
    await town.pump(timedelta(days=3))
    assert (town.state(), codes(town), peerings(town)) == (State.AWAITING_APPROVAL, [Code.APPROVAL_NEEDED], [])
    assert (town.status() or "").startswith("AwaitingApproval")
    row = await say(town)
    assert row.state is State.PENDING
    await town.pump(timedelta(minutes=1))
    assert (town.connected(), town.state(), codes(town)) == (True, State.CONNECTED, [])
    assert (town.status() or "").startswith("Connected to prod-weu")
    said = town.row().approval.ruling
    assert said
    assert (said.granted, said.who, said.reason) == (True, "Ada", "change 4711")
    assert set(said.prefixes) == set(spoke().prefixes)
    assert town.row().approval.question is None


async def test_who_has_approved_stands_in_the_history_at_once_and_with_the_outcome() -> None:
    town = await approved()
    said = [(entry.state, entry.approval.ruling and entry.approval.ruling.who) for _, entry in town.records.entries]
    assert said == [(State.AWAITING_APPROVAL, None), (State.PENDING, "Ada"), (State.CONNECTED, "Ada")]


async def test_what_is_said_twice_counts_once() -> None:
    town = await asked()
    first = await say(town)
    assert await say(town, who="Bea") == first
    await town.pump(HOUR)
    assert town.connected()
    assert await objection(town) is Objection.NOTHING_WAITS


async def test_a_person_says_no_and_the_owner_reads_who_and_why() -> None:
    town = await asked(owners="Network team")
    await say(town, granted=False, reason="no address plan.")
    await town.pump(HOUR)
    assert (town.state(), codes(town), peerings(town)) == (State.REFUSED, [Code.APPROVAL_REFUSED], [])
    assert "Ada has refused it for hub 'prod-weu': no address plan." in town.row().found.findings[0].message
    assert "ApprovalRefused: Ask Network team, who can approve it after all" in (town.status() or "")
    assert town.announcer.types[-1] == "Spoke.Refused"


async def test_a_network_that_was_refused_and_has_not_changed_is_not_asked_about_again() -> None:
    town = await asked()
    await say(town, granted=False)
    await town.pump(HOUR)
    for door in (Door.EVENT, Door.HTTP, Door.SWEEP):
        await town.ask(door=door)
    await town.pump(timedelta(days=3))
    assert (town.state(), codes(town)) == (State.REFUSED, [Code.APPROVAL_REFUSED])
    town.networks.resize(SPOKE_ID, *MORE)
    await town.ask()
    assert (town.state(), codes(town)) == (State.AWAITING_APPROVAL, [Code.APPROVAL_NEEDED])


async def test_a_refusal_can_be_taken_back() -> None:
    town = await asked()
    await say(town, granted=False)
    await town.pump(DAY)
    await say(town)
    await town.pump(HOUR)
    assert town.connected()


async def test_where_the_hub_does_not_ask_any_more_a_refusal_is_no_rule() -> None:
    town = await asked()
    await say(town, granted=False)
    await town.pump(HOUR)
    town.context = replace(town.context, catalogue=catalogue(held(approval=())))
    await town.ask()
    assert town.connected()


async def test_a_network_that_waits_claims_nothing() -> None:
    """Of two that want the same addresses the one that need not ask gets them, though it came later."""
    rules = (ApprovalRule(Decision.ACCEPT, region="northeurope"), *HOLD)
    town = Town(hub(), spoke(), spoke(id=B, location="northeurope"), hubs=catalogue(held(approval=rules)))
    await town.ask()
    await town.ask(B)
    assert (town.connected([B]), town.state()) == (True, State.AWAITING_APPROVAL)
    await say(town)
    await town.pump(HOUR)
    assert (town.state(), codes(town)) == (State.REFUSED, [Code.OVERLAPS_SPOKE])
    town.change(B, tags={})
    await town.ask(B)
    await town.ask()
    assert town.connected()


# ------------------------------------------------------------------ never a second time
async def test_a_tag_that_comes_back_needs_no_second_approval() -> None:
    town = await approved()
    untag(town)
    await town.ask()
    assert town.state() is State.REMOVED
    town.change(tags={"hub": "prod-weu"})
    await town.ask()
    assert (town.connected(), codes(town)) == (True, [])


async def test_a_network_that_was_made_anew_under_the_same_id_is_asked_about() -> None:
    town = await approved()
    town.delete()
    await town.ask()
    await town.pump(HOUR)
    assert town.state() is State.REMOVED
    town.networks.vnets[SPOKE_ID] = spoke(guid="two")
    await town.ask()
    assert town.state() is State.AWAITING_APPROVAL


@pytest.mark.parametrize("rule", [(), HOLD], ids=["let in by rule", "by a person"])
async def test_a_pair_that_has_broken_is_made_anew_without_a_question(rule: tuple[ApprovalRule, ...]) -> None:
    """Whoever let it in, and although the catalogue asks for an approval meanwhile."""
    town = await asked(approval=rule)
    if rule:
        await say(town)
        await town.pump(HOUR)
    town.context = replace(town.context, catalogue=catalogue(held()))
    await town.sweep()
    await town.pump(HOUR)
    town.networks.unpeer(SPOKE_ID, HUB_ID)
    town.change(HUB_ID, halves=())
    await town.ask()
    assert (town.connected(), town.state(), codes(town)) == (True, State.CONNECTED, [])
    assert [entry.state for _, entry in town.records.entries].count(State.AWAITING_APPROVAL) == bool(rule)


async def test_what_an_earlier_version_let_in_is_put_right_without_a_question_too() -> None:
    town = await asked(approval=())
    before = town.row()
    town.records.rows["prod-weu", SPOKE_ID.key] = replace(before, approval=replace(before.approval, let_in=()))
    town.context = replace(town.context, catalogue=catalogue(held()))
    town.networks.unpeer(SPOKE_ID, HUB_ID)
    await town.ask()
    assert (town.connected(), codes(town)) == (True, [])


# ------------------------------------------------------------------ growth
async def grown() -> Town:
    town = await approved()
    town.networks.resize(SPOKE_ID, *MORE)
    await town.ask()
    return town


async def test_growth_asks_again_and_costs_the_pair_nothing() -> None:
    town = await grown()
    assert (town.state(), codes(town)) == (State.CONNECTED, [Code.APPROVAL_NEEDED])
    half = town.networks.vnets[HUB_ID].half_to(SPOKE_ID)
    assert half
    assert half.remote_prefixes == spoke().prefixes
    assert "10.7.0.0/24 is not routed" in town.row().found.findings[0].message
    await say(town, prefixes=WHOLE)
    await town.pump(HOUR)
    half = town.networks.vnets[HUB_ID].half_to(SPOKE_ID)
    assert half
    assert (set(half.remote_prefixes), codes(town)) == (set(WHOLE), [])


async def test_growth_that_is_refused_stays_connected_on_what_it_had() -> None:
    town = await grown()
    await say(town, granted=False)
    await town.pump(timedelta(days=3))
    assert (town.state(), codes(town)) == (State.CONNECTED, [Code.APPROVAL_REFUSED])
    town.networks.resize(SPOKE_ID, "10.1.0.0/24")
    await town.ask()
    assert (town.connected(), codes(town)) == (True, [])


async def test_who_approves_addresses_that_are_not_those_of_the_record_is_told_so() -> None:
    town = await grown()
    assert await objection(town, prefixes=spoke().prefixes) is Objection.CHANGED


async def test_an_approval_reaches_no_further_than_what_was_shown() -> None:
    """It grows while it is being approved: the fresh read decides, and somebody is asked about the whole."""
    town = await asked()
    town.networks.resize(SPOKE_ID, *MORE)
    await say(town)
    await town.pump(HOUR)
    assert (town.state(), codes(town), peerings(town)) == (State.AWAITING_APPROVAL, [Code.APPROVAL_NEEDED], [])
    assert (question := town.row().approval.question)
    assert set(question.prefixes) == set(WHOLE)


async def test_while_a_change_is_being_looked_at_nothing_is_approved() -> None:
    town = await asked()
    row = town.row()
    town.records.rows["prod-weu", SPOKE_ID.key] = replace(row, found=replace(row.found, prefixes=WHOLE))
    assert await objection(town) is Objection.CHANGED


# ------------------------------------------------------------------ who, and when
async def test_nobody_approves_his_own_request_and_may_refuse_it() -> None:
    town = await asked()
    assert await objection(town, ids=SOMEBODY) is Objection.HIS_OWN
    town.change(location="westeurope")
    await town.ask(who="a pipeline")
    assert await objection(town, ids=SOMEBODY) is Objection.HIS_OWN  # somebody else's event does not make it another's
    assert (await say(town, ids=SOMEBODY, granted=False)).state is State.PENDING


async def test_there_is_nothing_to_decide_about_what_nobody_asked() -> None:
    town = await asked(approval=())
    assert await objection(town) is Objection.NOTHING_WAITS
    assert await objection(town, key="0" * 32) is Objection.NOTHING_WAITS


async def test_a_wait_that_nobody_ends_is_over_after_the_days_of_the_catalogue() -> None:
    town = await asked(approval_days=2)
    question = town.row().approval.question
    assert question
    over = question.since + timedelta(days=2)
    await town.pump(over - town.clock() - timedelta(minutes=1))
    assert town.state() is State.AWAITING_APPROVAL
    await town.pump(timedelta(minutes=2))
    assert (town.state(), codes(town)) == (State.REFUSED, [Code.APPROVAL_NEEDED])
    assert "within 2 days" in town.row().found.findings[0].message
    assert "ask anew" in (town.status() or "")
    assert await objection(town) is Objection.OVERDUE
    await town.ask()
    await town.pump(timedelta(days=3))
    assert town.state() is State.REFUSED


@pytest.mark.parametrize("again", ["by HTTP", "by the tag", "by other addresses"])
async def test_who_asks_anew_is_asked_about_anew(again: str) -> None:
    town = await asked(approval_days=2)
    await town.pump(timedelta(days=3))
    match again:
        case "by HTTP":
            await town.ask(door=Door.HTTP)
        case "by the tag":
            untag(town)
            await town.ask()
            town.change(tags={"hub": "prod-weu"})
            await town.ask()
        case _:
            town.networks.resize(SPOKE_ID, *MORE)
            await town.ask()
    assert (town.state(), codes(town)) == (State.AWAITING_APPROVAL, [Code.APPROVAL_NEEDED])
    await say(town)
    await town.pump(HOUR)
    assert town.connected()


# ------------------------------------------------------------------ races and deaths
async def test_a_row_that_somebody_writes_meanwhile_is_decided_on_all_the_same() -> None:
    town = await asked()
    put = False

    def meanwhile(row: Record) -> None:
        nonlocal put
        if not put and row.approval.ruling:
            put = True
            there = town.row()
            town.records.rows["prod-weu", SPOKE_ID.key] = replace(there, etag=f"{there.etag}-newer")

    town.records.before_save.append(meanwhile)
    await say(town)
    await town.pump(HOUR)
    assert (put, town.connected()) == (True, True)


async def test_what_is_said_while_the_row_is_being_looked_at_is_not_lost() -> None:
    """The outcome of that look knows nothing of it, and is written onto a row that does."""
    town = await asked()
    said = False

    async def in_between(network: VnetId) -> None:
        nonlocal said
        if not said and network == SPOKE_ID and town.row().state is State.PENDING:
            said = True
            await say(town)

    town.networks.on_read.append(in_between)
    town.put(request(when=town.clock()))
    await town.pump(HOUR)
    assert (said, town.connected()) == (True, True)
