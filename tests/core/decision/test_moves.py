"""A spoke from another hub: judged as if its old pair were gone, and planned so that it keeps that till the end."""

from dataclasses import replace
from typing import Any

import pytest

from peering.core.catalogue.policy import Departure, Moves
from peering.core.decision import findings
from peering.core.decision.approval import move_to_be_approved
from peering.core.decision.batch import Candidate, decide
from peering.core.decision.changes import Action, Side
from peering.core.decision.findings import Code
from peering.core.decision.moves import Accepted, Kept, Left
from peering.core.decision.verdict import Verdict
from peering.core.network.vnets import Flags, Half, PeeringState, Vnet
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, catalogue, half, policy, spoke, vnet, vnet_id

NEU = vnet(OTHER_HUB_ID, "10.200.0.0/16")
OLD = half(HUB_ID, "autopeer-prod-weu", "10.0.0.0/16")
USED = replace(OLD, flags=Flags(remote_gateways=True))
THERE = policy("neu", OTHER_HUB_ID)


def left(**rest: Any) -> Left:  # noqa: ANN401 - the fields of HubPolicy
    return Left(hub=policy(**rest), network=HUB_ID)


def former(**rest: Any) -> Left:  # noqa: ANN401 - the fields of HubPolicy
    return Left(hub=policy("neu", OTHER_HUB_ID, **rest), network=HUB_ID, is_former=True)


def answer(old: Half, *leaving: Left, there: Vnet = NEU, **rest: Any) -> Any:  # noqa: ANN401 - an Answer
    network = spoke(tag="neu", halves=(old, *rest.pop("halves", ())))
    rules = rest.pop("rules", THERE)
    candidate = Candidate(id=SPOKE_ID, network=network, left=leaving or (left(),), **rest)
    (decision,) = decide(there, rules, catalogue(policy(), rules), [candidate])
    return decision.answer


def written(verdict: Verdict) -> list[tuple[str, str, bool]]:
    return [(each.action, each.name, each.flags.remote_gateways) for each in verdict.plan.of(Side.SPOKE)]


def test_without_gateways_the_old_pair_is_not_touched() -> None:
    assert written(answer(OLD)) == [("put", "autopeer-neu", False)]
    assert written(answer(USED)) == [("put", "autopeer-neu", False)]
    assert written(answer(OLD, there=replace(NEU, gateway="gw"))) == [("put", "autopeer-neu", True)]


def test_of_two_gateways_the_old_one_is_switched_off_between_two_writes() -> None:
    verdict = answer(USED, there=replace(NEU, gateway="gw"))
    assert written(verdict) == [
        ("put", "autopeer-neu", False),
        ("put", "autopeer-prod-weu", False),
        ("put", "autopeer-neu", True),
    ]
    assert verdict.pair is not None
    assert verdict.pair.gateway == "gw"


def test_what_was_interrupted_goes_on_where_it_was() -> None:
    there = replace(NEU, gateway="gw", halves=(half(SPOKE_ID, "autopeer-x", flags=Flags(gateway_transit=True)),))
    mine = half(OTHER_HUB_ID, "autopeer-neu", "10.200.0.0/16")
    before = answer(USED, there=there, halves=(mine,), ours=True)
    assert written(before) == [("put", "autopeer-prod-weu", False), ("put", "autopeer-neu", True)]
    between = answer(OLD, there=there, halves=(mine,), ours=True)
    assert written(between) == [("put", "autopeer-neu", True)]


@pytest.mark.parametrize(("old", "stays"), [(OLD, True), (replace(OLD, state=PeeringState.DISCONNECTED), False)])
def test_a_refusal_says_whether_the_old_pair_stays(old: Half, stays: bool) -> None:
    refused = answer(old, rules=policy("neu", OTHER_HUB_ID, reserved_space=["10.1.0.0/16"]))
    assert [finding.code for finding in refused.findings] == [Code.OVERLAPS_RESERVED]
    assert ("stays connected to hub 'prod-weu'" in refused.findings[0].message) is stays


CLASH = vnet(OTHER_HUB_ID, "10.0.0.0/16")
CLASHES: list[tuple[Left, type[Any], str]] = [
    # what is left -> the answer, and its code
    (left(), Accepted, Code.OLD_HUB_FIRST),
    (left(departure=Departure.KEEP), Verdict, Code.OVERLAPS_HUB),
    (left(moves=Moves.ASK), Verdict, Code.APPROVAL_NEEDED),
    (former(), Kept, Code.OVERLAPS_HUB),
]


@pytest.mark.parametrize(("leaving", "kind", "code"), CLASHES)
def test_hubs_whose_addresses_overlap(leaving: Left, kind: type[Any], code: Code) -> None:
    found = answer(OLD, leaving, there=CLASH)
    assert isinstance(found, kind)
    reasons = (found.finding,) if isinstance(found, Accepted) else found.findings
    assert [finding.code for finding in reasons] == [code]
    assert getattr(found, "pair", None) is None


@pytest.mark.parametrize(("leaving", "keeps"), [(left(), True), (left(moves=Moves.ASK), False)])
def test_who_was_accepted_has_a_place_and_who_was_refused_has_none(leaving: Left, keeps: bool) -> None:
    first = Candidate(id=SPOKE_ID, network=spoke(tag="neu", halves=(OLD,)), left=(leaving,))
    rival = Candidate(id=vnet_id("spoke-b"), network=spoke(id=vnet_id("spoke-b"), tag="neu"))
    _, decision = decide(CLASH, THERE, catalogue(policy(), THERE), [first, rival])
    assert isinstance(decision.answer, Verdict)
    assert (decision.answer.pair is None) is keeps


def test_an_old_half_that_stands_no_more_goes_first_if_it_is_in_the_way() -> None:
    alone = replace(OLD, state=PeeringState.DISCONNECTED)
    assert written(answer(alone)) == [("put", "autopeer-neu", False)]
    assert [each[:2] for each in written(answer(alone, there=CLASH))] == [
        (Action.REMOVE, "autopeer-prod-weu"),
        (Action.PUT, "autopeer-neu"),
    ]


def test_a_hub_that_is_another_network_now_needs_another_name_while_the_old_half_stands() -> None:
    old = replace(OLD, name="autopeer-neu")
    verdict = answer(old, former(), ours=True)
    assert verdict.pair is not None
    assert verdict.pair.spoke_half != "autopeer-neu"
    assert written(verdict) == [("put", verdict.pair.spoke_half, False)]
    gone = answer(replace(old, state=PeeringState.DISCONNECTED), former(), ours=True)
    assert written(gone) == [("remove", "autopeer-neu", False), ("put", "autopeer-neu", False)]


def test_a_hub_that_asks_is_not_asked_again_once_both_pairs_stand() -> None:
    there = replace(NEU, halves=(half(SPOKE_ID, "autopeer-x"),))
    mine = half(OTHER_HUB_ID, "autopeer-neu", "10.200.0.0/16")
    verdict = answer(OLD, left(moves=Moves.ASK), there=there, halves=(mine,), ours=True)
    assert verdict.pair is not None


TOLD = [
    (findings.tag_renamed("hub", policy(), replace(catalogue(), tag="peer")), "Set the tag 'peer' to 'prod-weu'"),
    (findings.hub_left_catalogue("old"), "Ask the hub's owners"),
    (findings.old_hub_first(policy(), "old"), "it moves by itself"),
    (move_to_be_approved(SPOKE_ID, THERE, policy()), "Ask the owners of hub 'prod-weu'"),
]


@pytest.mark.parametrize(("finding", "remedy"), TOLD)
def test_each_sentence_ends_with_what_to_do_and_so_does_its_short_form(finding: findings.Finding, remedy: str) -> None:
    assert remedy in finding.message
    assert remedy in finding.remedy
    assert finding.message.endswith(".")
    assert len(finding.remedy) <= 150
