"""Whose addresses they are: a claim yields to a better one only, and nobody who is routed loses his place."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.policy import ApprovalRule, Decision, HubPolicy
from peering.core.decision.changes import Action
from peering.core.decision.findings import Code
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.ownership import hub_half_name
from peering.core.decision.verdict import Standing, Verdict, judge
from peering.core.network.addresses import parse_prefixes
from peering.core.network.vnets import PeeringState, SyncLevel, Vnet
from tests.builders import HUB_ID, OTHER_SUBSCRIPTION, SPOKE_ID, catalogue, half, hub, policy, spoke, texts, vnet_id

MINE, OTHER = "10.1.9.0/24", vnet_id("intruder")
NAMES = (hub_half_name(SPOKE_ID), "autopeer-prod-weu")
LEFT = {"state": PeeringState.DISCONNECTED, "sync_level": SyncLevel.REMOTE_NOT_IN_SYNC}


def standing(*prefixes: str, routed: Sequence[str] = (MINE,), **rest: Any) -> tuple[Vnet, Vnet]:  # noqa: ANN401 - the fields of Half
    """A hub and a spoke whose pair stands and carries `routed`; the spoke has `prefixes` now."""
    level = {} if set(prefixes) == set(routed) else {"sync_level": SyncLevel.LOCAL_NOT_IN_SYNC}
    on_hub = replace(half(SPOKE_ID, NAMES[0], *routed), **{**level, **rest})
    return hub(halves=(on_hub,)), spoke(*prefixes, halves=(half(HUB_ID, NAMES[1], "10.0.0.0/16"),))


def with_neighbour(the_hub: Vnet, *prefixes: str, **rest: Any) -> Vnet:  # noqa: ANN401 - the fields of Half
    return replace(the_hub, halves=(*the_hub.halves, replace(half(OTHER, hub_half_name(OTHER), *prefixes), **rest)))


def judged(the_hub: Vnet, the_spoke: Vnet, rules: HubPolicy | None = None, *, ours: bool = True) -> Verdict:
    rules = rules or policy()
    return judge(the_spoke, HubSnapshot.around(the_hub, rules, catalogue(rules)), Standing(ours=ours))


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


def test_a_neighbours_growth_that_is_not_routed_refuses_nobody() -> None:
    the_hub, the_spoke = standing(MINE)
    the_hub = with_neighbour(the_hub, "10.1.1.0/24", sync_level=SyncLevel.LOCAL_NOT_IN_SYNC)
    assert (codes(judged(the_hub, the_spoke)), judged(the_hub, the_spoke).plan.changes) == ([], ())
    the_hub, the_spoke = standing(MINE, "10.1.10.0/24")
    assert [change.action for change in judged(the_hub, the_spoke).plan.changes] == [Action.SYNC]


GROWTH = [
    # what is added, and why it is not routed
    ("10.0.5.0/24", policy(), Code.OVERLAPS_HUB),
    ("10.1.1.128/25", policy(), Code.OVERLAPS_SPOKE),
    ("10.5.0.0/24", policy(reserved_space=["10.5.0.0/16"]), Code.OVERLAPS_RESERVED),
    ("10.5.0.0/24", policy(allowed_space=["10.1.0.0/16"]), Code.OUTSIDE_ALLOWED_SPACE),
    ("10.5.0.0/24", policy(approval=(ApprovalRule(Decision.HOLD),)), Code.APPROVAL_NEEDED),
]


@pytest.mark.parametrize(("added", "rules", "code"), GROWTH)
def test_growth_that_does_not_pass_leaves_the_pair_on_the_old_ranges(added: str, rules: HubPolicy, code: Code) -> None:
    the_hub, the_spoke = standing(MINE, added)
    verdict = judged(with_neighbour(the_hub, "10.1.1.0/24"), the_spoke, rules)
    assert (codes(verdict), verdict.plan.changes, verdict.as_it_stands) == ([code], (), True)
    assert verdict.pair
    assert f"stands as it is on {MINE}; {added} is not routed." in verdict.findings[0].message


LATER = [
    policy(subscriptions=(OTHER_SUBSCRIPTION,)),
    policy(regions=("eastus",)),
    policy(allowed_space=["10.64.0.0/10"]),
]


@pytest.mark.parametrize("rules", LATER)
def test_a_rule_that_came_later_ends_no_pair(rules: HubPolicy) -> None:
    verdict = judged(*standing(MINE), rules)
    assert (len(verdict.findings), verdict.plan.changes, verdict.as_it_stands) == (1, (), True)
    assert verdict.findings[0].message.endswith("The pair stands as it is.")


@pytest.mark.parametrize(
    "rules", [policy(reserved_space=["10.1.0.0/16"]), policy(approval=(ApprovalRule(Decision.HOLD),))]
)
def test_what_was_there_before_is_neither_reserved_nor_approved_a_second_time(rules: HubPolicy) -> None:
    assert codes(judged(*standing(MINE), rules)) == []


RANKS = [
    # the spoke's own half on the hub, the neighbour's, and who is refused
    ({}, {}, "told"),
    ({}, LEFT, ""),
    (LEFT, {}, "refused"),
    (LEFT, LEFT, "told"),
    (None, {}, "refused"),
    (None, LEFT, "refused"),
]


@pytest.mark.parametrize(("own", "other", "fate"), RANKS)
def test_a_claim_yields_to_a_better_one_only(own: dict[str, str] | None, other: dict[str, str], fate: str) -> None:
    the_hub, the_spoke = standing(MINE, **(own or {}))
    if own is None:
        the_hub = replace(the_hub, halves=())
    verdict = judged(with_neighbour(the_hub, "10.1.9.0/25", **other), the_spoke)
    assert codes(verdict) == ([Code.OVERLAPS_SPOKE] if fate else [])
    assert (verdict.pair is None) == (fate == "refused")


def test_a_half_that_nobody_stands_behind_gives_way_to_whoever_fits() -> None:
    the_hub = with_neighbour(hub(), "10.1.9.0/25", **LEFT)
    snapshot = HubSnapshot.around(the_hub, policy(), catalogue(), frozenset({OTHER}))
    verdict = judge(spoke(MINE), snapshot, Standing(ours=False))
    first, *_ = verdict.plan.changes
    assert (verdict.findings, first.action, first.name) == ((), Action.REMOVE, hub_half_name(OTHER))
    following = snapshot.with_spoke(spoke(MINE))
    assert following.in_the_way_of(spoke("10.1.9.0/26", id=vnet_id("second"))) == ()
    refused = judge(spoke("10.1.9.0/26", id=vnet_id("second")), following, Standing(ours=False))
    assert (codes(refused), refused.plan.changes) == ([Code.OVERLAPS_SPOKE], ())


def test_a_half_that_is_connected_gives_way_to_nobody() -> None:
    the_hub = with_neighbour(hub(), "10.1.9.0/25")
    snapshot = HubSnapshot.around(the_hub, policy(), catalogue(), frozenset({OTHER}))
    assert codes(judge(spoke(MINE), snapshot, Standing(ours=False))) == [Code.OVERLAPS_SPOKE]


blocks = st.sampled_from([f"10.1.{n}.{low}/25" for n in range(8) for low in (0, 128)])


@given(st.sets(blocks, min_size=1, max_size=4), st.sets(blocks, max_size=6), st.sampled_from([{}, LEFT]))
def test_whatever_a_neighbour_has_a_holder_keeps_what_is_routed_to_him(
    mine: set[str], theirs: set[str], state: dict[str, str]
) -> None:
    """ARM lets no two Connected halves overlap, so what the neighbour's carries beyond his own is not among it."""
    the_hub, the_spoke = standing(*sorted(mine), routed=sorted(mine))
    the_hub = with_neighbour(the_hub, *sorted(theirs - mine if not state else theirs), **state)
    verdict = judged(the_hub, the_spoke)
    assert (codes(verdict), verdict.plan.changes) == ([], ())
    assert verdict.pair


free = blocks.filter(lambda block: not block.startswith("10.1.3."))


@given(st.lists(free, min_size=1, max_size=4, unique=True), st.lists(blocks, max_size=4, unique=True))
def test_nothing_is_synced_until_the_whole_space_passes(routed: list[str], now: list[str]) -> None:
    the_hub, the_spoke = standing(*(now or routed), routed=routed)
    verdict = judged(with_neighbour(the_hub, "10.1.3.0/24"), the_spoke)
    unrouted = set(the_spoke.prefixes) - set(parse_prefixes(routed))
    clash = [each for each in texts(sorted(unrouted)) if each.startswith("10.1.3.")]
    assert bool(verdict.findings) == bool(clash)
    assert (Action.SYNC in [change.action for change in verdict.plan.changes]) == (
        set(now or routed) != set(routed) and not clash
    )
