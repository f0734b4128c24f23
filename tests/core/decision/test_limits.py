"""What the limits let through: a truth table, and properties of the brake."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.policy import Departure, HubPolicy, Mode
from peering.core.decision.batch import Answer, Candidate, Decision, decide
from peering.core.decision.brake import NO_BRAKE, Brake, most_removals, takes_away
from peering.core.decision.limits import Limits, within
from peering.core.decision.ownership import hub_half_name
from peering.core.decision.pause import Pause
from peering.core.decision.verdict import Verdict
from peering.core.decision.withheld import Limit, Withheld
from peering.core.network.vnets import PeeringState, Vnet
from tests.builders import HUB_ID, NOON, SPOKE_ID, catalogue, half, hub, policy, spoke, vnet_id

HOUR = timedelta(hours=1)
JOINING = Candidate(id=SPOKE_ID, network=spoke())
REFUSED = Candidate(id=SPOKE_ID, network=spoke("10.0.1.0/24"))


def pause(**rest: Any) -> Pause:  # noqa: ANN401 - the fields of Pause
    return Pause(**{"reason": "change 4711", "who": "Ada", "since": NOON, **rest})


def pairs(*names: str, **state: Any) -> tuple[Vnet, dict[str, Vnet]]:  # noqa: ANN401 - the fields of Half
    """A hub and spokes whose pairs stand, each with a range of its own."""
    ids = [vnet_id(name) for name in names]
    ranges = [f"10.{n}.0.0/24" for n in range(1, len(ids) + 1)]
    halves = [replace(half(each, hub_half_name(each), one), **state) for each, one in zip(ids, ranges, strict=True)]
    ours = half(HUB_ID, "autopeer-prod-weu", "10.0.0.0/16", **state)
    spokes = {each.name: spoke(one, id=each, halves=(ours,)) for each, one in zip(ids, ranges, strict=True)}
    return hub(halves=tuple(halves)), spokes


def leaving(network: Vnet, **rest: Any) -> Candidate:  # noqa: ANN401 - the fields of Candidate
    return Candidate(id=network.id, network=network, ours=True, standing=True, leaving=True, **rest)


def answers(
    the_hub: Vnet,
    *candidates: Candidate,
    rules: HubPolicy | None = None,
    brake: Brake = NO_BRAKE,
    pauses: Any = (),  # noqa: ANN401 - of Pause
) -> list[Answer]:
    rules = rules or policy()
    decisions = decide(the_hub, rules, catalogue(rules), candidates)
    limits = Limits(at=NOON, pauses=tuple(pauses), brake=brake)
    return [each.answer for each in within(decisions, the_hub, rules, limits)]


PAUSES = [
    (pause(), True),
    (pause(hub="prod-weu"), True),
    (pause(hub="neu"), False),
    (pause(spoke=SPOKE_ID), True),
    (pause(spoke=vnet_id("another")), False),
    (pause(until=NOON + HOUR), True),
    (pause(until=NOON), False),
]


@pytest.mark.parametrize(("one", "holds"), PAUSES)
def test_a_pause_withholds_what_it_is_for(one: Pause, *, holds: bool) -> None:
    (answer,) = answers(hub(), JOINING, pauses=[one])
    assert isinstance(answer, Withheld) == holds
    if isinstance(answer, Withheld):
        assert (answer.limit, answer.until) == (Limit.PAUSED, one.until)
        for word in ("Ada has paused", "change 4711", "It would write the peering", "Ask Ada."):
            assert word in answer.finding.message


def test_a_refusal_is_told_in_a_pause_too() -> None:
    (answer,) = answers(hub(), REFUSED, pauses=[pause()])
    assert isinstance(answer, Verdict)
    assert answer.findings


def test_a_network_that_is_held_is_told_so_although_nothing_is_to_be_done() -> None:
    the_hub, spokes = pairs("spoke-a")
    standing = Candidate(id=SPOKE_ID, network=spokes["spoke-a"], ours=True, standing=True)
    (answer,) = answers(the_hub, standing, pauses=[pause(spoke=SPOKE_ID)])
    assert isinstance(answer, Withheld)
    assert answer.finding.message == "Ada has paused this network: change 4711. Ask Ada. It goes on when they end it."
    (answer,) = answers(the_hub, standing, pauses=[pause()])
    assert isinstance(answer, Verdict)


def test_a_hub_that_is_observed_writes_nothing_and_says_what_it_would() -> None:
    observed = policy(mode=Mode.OBSERVE)
    (answer,) = answers(hub(), JOINING, rules=observed)
    assert isinstance(answer, Withheld)
    assert (answer.limit, answer.until) == (Limit.OBSERVED, NOON + timedelta(days=1))
    assert "on hub-weu (missing)" in answer.finding.message
    (answer,) = answers(hub(), REFUSED, rules=observed)
    assert isinstance(answer, Verdict)


TAKING = [
    # what stands, what is decided about it, whether it loses something
    ({}, {}, True),
    ({"state": PeeringState.DISCONNECTED}, {}, False),
    ({}, {"has_moved": True}, False),
]


@pytest.mark.parametrize(("state", "more", "loses"), TAKING)
def test_who_loses_something(state: dict[str, Any], more: dict[str, Any], *, loses: bool) -> None:
    the_hub, spokes = pairs("spoke-a", **state)
    (decision,) = decide(the_hub, policy(), catalogue(), [leaving(spokes["spoke-a"], **more)])
    assert takes_away(decision, the_hub) == loses


def test_a_network_that_is_gone_and_one_that_is_kept_lose_nothing() -> None:
    the_hub, spokes = pairs("spoke-a", state=PeeringState.DISCONNECTED)
    gone = Candidate(id=SPOKE_ID, network=None, ours=True, standing=True)
    kept = policy(departure=Departure.KEEP)
    for rules, candidate in ((policy(), gone), (kept, leaving(spokes["spoke-a"]))):
        (decision,) = decide(the_hub, rules, catalogue(rules), [candidate])
        assert not takes_away(decision, the_hub)


@pytest.mark.parametrize(("done", "asked", "held"), [(0, 0, 0), (0, 1, 3), (1, 0, 3), (4, 0, 3)])
def test_above_the_limit_nobody_loses_anything(done: int, asked: int, held: int) -> None:
    the_hub, spokes = pairs("a-1", "a-2", "a-3")
    others = frozenset(vnet_id(f"other-{n}") for n in range(asked))
    found = answers(the_hub, *map(leaving, spokes.values()), brake=Brake(done=done, asked=others, most=3))
    assert [isinstance(each, Withheld) for each in found] == [bool(held)] * 3


def test_what_was_released_goes_and_counts_no_more() -> None:
    the_hub, spokes = pairs("a-1", "a-2", "a-3")
    brake = Brake(done=9, released=frozenset(each.id for each in spokes.values()), most=2)
    assert not any(isinstance(each, Withheld) for each in answers(the_hub, *map(leaving, spokes.values()), brake=brake))
    one = replace(brake, released=frozenset([vnet_id("a-2")]))
    found = answers(the_hub, *map(leaving, spokes.values()), brake=one)
    assert [isinstance(each, Withheld) for each in found] == [True, False, True]


def test_who_joins_in_the_same_batch_is_not_held() -> None:
    the_hub, spokes = pairs("a-1", "a-2", "a-3")
    new = Candidate(id=vnet_id("new"), network=spoke("10.9.0.0/24", id=vnet_id("new")))
    *held, joined = answers(the_hub, *map(leaving, spokes.values()), new, brake=Brake(most=2))
    assert (len(held), isinstance(joined, Verdict)) == (3, True)


@given(st.integers(0, 600))
def test_the_usual_figure(count: int) -> None:
    most = most_removals(policy(max_removals=None), count)
    assert most >= 2
    assert most <= max(2, count // 2)
    assert count < 20 or most >= max(10, count // 10)
    assert most_removals(policy(max_removals=0), count) == 0


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 10), st.integers(0, 12))
def test_never_more_than_the_figure_within_a_day(done: int, asked: int, taking: int, most: int) -> None:
    others = frozenset(vnet_id(f"other-{n}") for n in range(asked))
    allowed = Brake(done=done, asked=others, most=most).allows(vnet_id(f"s-{n}") for n in range(taking))
    assert allowed == (asked + taking == 0 or done + asked + taking <= most)


def test_decisions_keep_their_order_and_number() -> None:
    the_hub, spokes = pairs("a-1", "a-2", "a-3")
    decisions = decide(the_hub, policy(), catalogue(), [*map(leaving, spokes.values()), JOINING])
    kept = within(decisions, the_hub, policy(), Limits(at=NOON, brake=Brake(most=0)))
    assert [each.candidate for each in kept] == [each.candidate for each in decisions]
    assert all(isinstance(each, Decision) for each in kept)
