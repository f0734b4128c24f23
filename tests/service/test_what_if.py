"""The what-if says what the worker would do about one network, and writes nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from peering.core.catalogue.policy import ApprovalRule, Decision, GatewayUse, HubPolicy, Mode, TagSource
from peering.core.decision.pause import Pause
from peering.core.intake.requests import Door
from peering.core.network.addresses import overlap, parse_prefixes
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import lease_name
from peering.core.network.vnets import Vnet
from peering.core.record.note import Note
from peering.core.record.record import State
from peering.core.record.what_if import Question, WhatIf, Word, what_if_body
from peering.service.what_if import what_if
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, catalogue, half, hub, policy, spoke, texts, vnet, vnet_id
from tests.core.decision.mixtures import mixtures
from tests.service.town import Town, joined, town_of

HUBS = catalogue(policy(grace_minutes=0), policy("neu", OTHER_HUB_ID, grace_minutes=0))
OTHER_HUB = vnet(OTHER_HUB_ID, "10.200.0.0/16")
PLANNED = vnet_id("planned", "planned")


async def asked(town: Town, question: Question | None = None) -> WhatIf:
    """The answer; that it leaves no trace is part of every test."""
    before = (dict(town.records.rows), list(town.records.entries), len(town.queue.messages), town.leases.taken)
    town.networks.log.clear()
    found = await what_if(question or Question(spoke=SPOKE_ID), town.context)
    assert town.writes == []
    assert before == (town.records.rows, town.records.entries, len(town.queue.messages), town.leases.taken)
    return found


def planned(*prefixes: str, to: str = "prod-weu", **rest: Any) -> Question:  # noqa: ANN401 - the fields of Vnet
    network = vnet(PLANNED, *(prefixes or ("10.1.0.0/24",)), tags={"hub": to}, **rest)
    return Question(spoke=PLANNED, hub=to, planned=network)


def codes(found: WhatIf) -> list[str]:
    return [finding.code for finding in found.about.findings]


async def test_a_tagged_network_would_be_connected_with_two_reads_of_azure() -> None:
    town = Town(hub(gateway=True), spoke())
    found = await asked(town)
    assert (found.about.word, found.about.hub, found.also) == (Word.CONNECT, "prod-weu", ())
    assert [str(change) for change in found.about.changes] == [
        f"put hub half autopeer-spoke-a-{SPOKE_ID.key[:8]} (missing)",
        "put spoke half autopeer-prod-weu (missing)",
    ]
    assert town.networks.log == ["read spoke-a", "read hub-weu"]
    body = what_if_body(found)
    assert body["gateway"].endswith("gw-hub-weu")
    assert (body["flags"]["hub"]["allowGatewayTransit"], body["flags"]["spoke"]["useRemoteGateways"]) == (True, True)
    assert [(each["order"], each["side"], each["action"]) for each in body["writes"]] == [
        (1, "hub", "put"),
        (2, "spoke", "put"),
    ]


def said(found: WhatIf) -> list[str]:
    """The writes as the fakes log them."""
    return [f"{change.action} {change.vnet.name}/{change.name}" for change in found.about.changes]


async def test_what_is_foreseen_is_what_the_worker_does() -> None:
    """The writes, in their order, and the state: for a newcomer, one that is refused, and one that was cut by hand."""
    town, ids = town_of(3)
    town.networks.vnets[ids[1]] = spoke("172.16.1.0/24", id=ids[1])
    for identity, state in ((ids[0], State.CONNECTED), (ids[1], State.REFUSED), (ids[2], State.CONNECTED)):
        found = await asked(town, Question(spoke=identity))
        await town.ask(identity)
        assert (town.writes, town.state(identity)) == (said(found), state)
        assert [each.code for each in town.row(identity).found.findings] == codes(found)
    town.networks.unpeer(HUB_ID, ids[0])
    found = await asked(town, Question(spoke=ids[0]))
    await town.ask(ids[0])
    assert town.writes == said(found) != []


@given(mixture=mixtures())
@settings(max_examples=60, deadline=None)
async def test_so_it_is_whatever_stands_between_the_two(mixture: tuple[Vnet, Vnet, HubPolicy]) -> None:
    the_hub, the_spoke, rules = mixture
    other = vnet(OTHER_HUB_ID, "10.77.0.0/16")
    town = Town(the_hub, the_spoke, other, hubs=catalogue(rules))
    found = await asked(town)
    await town.ask(door=Door.HTTP)
    if town.state() == State.CONNECTED:
        assert town.writes == said(found)
        assert found.about.word is (Word.CONNECT if town.writes else Word.NOTHING)
    assert [each.code for each in town.row().found.findings] == codes(found)


async def test_who_stands_has_nothing_to_do() -> None:
    found = await asked(await joined())
    assert (found.about.word, found.about.changes) == (Word.NOTHING, ())
    assert found.about.pair


async def test_a_planned_network_is_judged_and_read_nowhere() -> None:
    town = Town(hub())
    found = await asked(town, planned())
    assert (found.about.word, found.about.spoke) == (Word.CONNECT, PLANNED)
    assert town.networks.log == ["read hub-weu"]


async def test_a_planned_network_whose_tag_is_not_its_own_to_choose() -> None:
    trusting = catalogue(policy(tag_from=(TagSource.GROUP, TagSource.VNET)))
    assert (await asked(Town(hub(), hubs=trusting), planned())).about.word is Word.CONNECT


async def test_ranges_are_suggested_for_all_that_is_refused_and_fit_together() -> None:
    rules = catalogue(policy(allowed_space=["10.0.0.0/14"], reserved_space=["10.1.0.0/17"]))
    town = Town(hub(), hubs=rules)
    question = planned("10.0.4.0/24", "10.1.0.0/24", "10.1.128.0/24", "192.168.0.0/23")
    found = await asked(town, question)
    assert found.about.word is Word.REFUSE
    assert sorted(codes(found)) == ["OutsideAllowedSpace", "OverlapsHub", "OverlapsReserved"]
    sizes = sorted(prefix.length for prefix in found.suggested)
    assert sizes == [23, 23, 23, 24, 24, 24, 24]
    taken = parse_prefixes(["10.0.0.0/16", "10.1.0.0/17", "10.1.128.0/24"])
    for number, prefix in enumerate(found.suggested):
        assert not overlap([prefix], [*taken, *found.suggested[:number]])
        assert prefix.inside(rules.hubs["prod-weu"].allowed_space[0])


async def test_where_the_hub_says_nothing_private_space_is_suggested() -> None:
    found = await asked(Town(hub()), planned("10.0.1.0/24"))
    assert texts(found.suggested) == ["10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/24"]


async def test_a_network_that_is_not_there() -> None:
    for question in (Question(spoke=SPOKE_ID), Question(spoke=SPOKE_ID, hub="prod-weu")):
        found = await asked(Town(hub()), question)
        assert (found.about.word, codes(found)) == (Word.REFUSE, ["SpokeNotFound"])


async def test_a_network_that_was_connected_and_is_gone_would_leave() -> None:
    town = await joined()
    town.delete()
    found = await asked(town)
    assert (found.about.word, [str(each.side) for each in found.about.changes]) == (Word.LEAVE, ["hub"])


async def test_a_network_without_a_tag_and_without_a_question_names_no_hub() -> None:
    found = await asked(Town(hub(), spoke(tag=None)))
    assert (found.about.word, found.about.hub, codes(found)) == (Word.REFUSE, "", ["NoHubNamed"])


async def test_a_tag_that_names_no_hub_is_told_with_the_nearest() -> None:
    found = await asked(Town(hub(), spoke(tag="prod-wue")))
    assert (found.about.word, codes(found)) == (Word.REFUSE, ["UnknownHub"])
    assert "Did you mean 'prod-weu'?" in found.about.findings[0].message


async def test_the_hub_of_the_question_is_as_if_the_tag_named_it() -> None:
    for tag in (None, "neu", "nowhere"):
        found = await asked(Town(hub(), OTHER_HUB, spoke(tag=tag), hubs=HUBS), Question(spoke=SPOKE_ID, hub="prod-weu"))
        assert (found.about.word, found.about.hub) == (Word.CONNECT, "prod-weu")


async def test_a_move_is_told_at_both_hubs() -> None:
    town = await joined(OTHER_HUB, hubs=HUBS)
    found = await asked(town, Question(spoke=SPOKE_ID, hub="neu"))
    assert (found.about.word, found.about.hub) == (Word.CONNECT, "neu")
    (old,) = found.also
    assert (old.hub, old.word) == ("prod-weu", Word.NOTHING)
    assert "it goes to hub 'neu'" in old.notes[0]


async def test_a_move_to_a_hub_that_overlaps_the_old_one_is_accepted() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.0.0.0/17"), hubs=HUBS)
    found = await asked(town, Question(spoke=SPOKE_ID, hub="neu"))
    assert (found.about.word, codes(found)) == (Word.CONNECT, ["OldHubFirst"])


async def test_a_hub_as_a_spoke() -> None:
    town = Town(hub(), OTHER_HUB, hubs=HUBS)
    found = await asked(town, Question(spoke=OTHER_HUB_ID, hub="prod-weu"))
    assert (found.about.word, "SpokeIsHub" in codes(found)) == (Word.REFUSE, True)


async def test_a_person_would_be_asked() -> None:
    rules = (ApprovalRule(Decision.ACCEPT, region="northeurope"), ApprovalRule(Decision.HOLD))
    town = Town(hub(), spoke(), hubs=catalogue(policy(approval=rules)))
    found = await asked(town)
    assert (found.about.word, found.asks_a_person) == (Word.AWAIT, True)
    assert found.approval == "Any other network waits until a person approves it."
    found = await asked(town, planned(location="northeurope"))
    assert (found.about.word, found.asks_a_person) == (Word.CONNECT, False)
    assert "in northeurope is let in" in found.approval


async def test_what_has_lost_its_tag_leaves_when_its_grace_is_over() -> None:
    town = await joined()
    town.change(tags={})
    found = await asked(town)
    assert (found.about.word, len(found.about.changes)) == (Word.LEAVE, 2)
    assert found.about.not_before == town.clock() + timedelta(minutes=15)


async def test_a_pause_and_a_hub_that_is_only_observed_are_told() -> None:
    town = Town(hub(), spoke(), hubs=catalogue(policy(mode=Mode.OBSERVE)))
    await town.pauses.begin(Pause(reason="freeze", who="anna", since=town.clock(), hub="prod-weu"))
    found = await asked(town)
    assert (found.about.word, [held.limit for held in found.held]) == (Word.CONNECT, ["paused", "observed"])
    body = what_if_body(found)
    assert body["withheld"] == "paused"
    assert body["limits"][0]["message"] == "anna has paused hub 'prod-weu': freeze."
    assert len(body["writes"]) == 2


async def test_the_brake_and_new_rules_are_told() -> None:
    town = await joined(hubs=catalogue(policy(gateway=GatewayUse.AUTO, max_removals=0, grace_minutes=0)))
    town.change(tags={})
    found = await asked(town)
    assert (found.about.word, [held.limit for held in found.held]) == (Word.LEAVE, ["brake"])
    town.context = replace(town.context, catalogue=catalogue(policy(grace_minutes=0, max_peerings=499)))
    found = await asked(town)
    assert (found.about.word, [held.limit for held in found.held]) == (Word.LEAVE, ["catalogue"])


async def test_a_hub_that_azure_wants_left_in_peace_is_told() -> None:
    town = Town(hub(), spoke())
    town.leases.notes[lease_name(HUB_ID)] = Note(not_before=town.clock() + timedelta(minutes=9)).to_metadata()
    assert [held.limit for held in (await asked(town)).held] == ["busy"]


async def test_what_only_a_person_can_mend_is_told_and_what_passes_is_raised() -> None:
    for network in (SPOKE_ID, HUB_ID):
        town = Town(hub(), spoke())
        town.networks.refuse("read", network, AzureFailure(403, "AuthorizationFailed", "no role"))
        found = await asked(town)
        assert (found.about.word, codes(found)) == (Word.WAIT, ["AuthorizationFailed"])
        town = Town(hub(), spoke())
        town.networks.refuse("read", network, AzureFailure(503, "ServerBusy", "busy"))
        with pytest.raises(AzureFailure, match="ServerBusy"):
            await asked(town)


async def test_a_hub_that_is_not_there() -> None:
    found = await asked(Town(spoke()))
    assert (found.about.word, codes(found)) == (Word.REFUSE, ["HubNotFound"])


async def test_what_would_have_to_make_room_is_told_beside_it() -> None:
    gone = vnet_id("gone")
    left = half(gone, f"autopeer-gone-{gone.key[:8]}", "10.1.0.0/24", state="Disconnected")
    town = Town(hub(halves=(left,)), spoke())
    found = await asked(town)
    assert (found.about.word, [change.action for change in found.about.changes]) == (
        Word.CONNECT,
        ["remove", "put", "put"],
    )


async def test_what_a_person_asked_for_before_is_asked_again() -> None:
    town = Town(hub(), spoke(tag=None))
    await town.ask(hub="prod-weu", door=Door.HTTP)
    found = await asked(town)
    assert (found.about.word, found.about.hub) == (Word.NOTHING, "prod-weu")
