"""A batch of verdicts: who is let in counts for those that are judged after it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.batch import Candidate, decide
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.verdict import Verdict
from peering.core.network.addresses import Prefix
from peering.core.network.vnets import Vnet
from tests.builders import SPOKE_ID, catalogue, half, hub, policy, spoke, vnet, vnet_id

PEER = vnet_id("spoke-b")


def fold(*spokes: Vnet, rules: HubPolicy | None = None) -> list[bool]:
    """Decide on a batch: who is let in counts for the next. True for each that was."""
    rules = rules or policy()
    decisions = decide(hub(), rules, catalogue(rules), [Candidate(id=each.id, network=each) for each in spokes])
    return [isinstance(each.answer, Verdict) and each.answer.pair is not None for each in decisions]


def test_of_two_that_overlap_the_first_of_a_batch_is_let_in() -> None:
    assert fold(spoke(), spoke(id=PEER)) == [True, False]
    assert fold(spoke(), spoke("10.2.0.0/24", id=PEER)) == [True, True]
    assert fold(spoke("10.0.0.0/24"), spoke("10.0.0.0/24", id=PEER)) == [False, False]


def test_who_stood_is_put_right_before_a_newcomer_takes_what_a_deleted_half_has_left_free() -> None:
    batch = [
        Candidate(id=PEER, network=spoke("10.1.0.0/25", id=PEER)),
        Candidate(id=SPOKE_ID, network=spoke(), ours=True, standing=True),
    ]
    answers = {each.candidate.id: each.answer for each in decide(hub(), policy(), catalogue(policy()), batch)}
    pairs = {one: answer.pair is not None for one, answer in answers.items() if isinstance(answer, Verdict)}
    assert pairs == {SPOKE_ID: True, PEER: False}


def test_places_are_counted_within_a_batch() -> None:
    batch = [vnet(f"spoke-{n}", f"10.{n}.0.0/24") for n in range(1, 5)]
    assert fold(*batch, rules=policy(max_peerings=2)) == [True, True, False, False]


def test_a_spoke_that_is_peered_already_is_not_counted_twice() -> None:
    peered = hub(halves=(half(SPOKE_ID, "p", "10.1.0.0/24"),))
    estate = HubSnapshot.around(peered, policy(), catalogue()).with_spoke(spoke())
    assert estate.peered == 1
    assert estate.with_spoke(spoke("10.2.0.0/24", id=PEER)).peered == 2


@st.composite
def blocks(draw: st.DrawFn) -> Prefix:
    """Blocks of 10.1.0.0/16 that often clash."""
    length = draw(st.integers(20, 26))
    low = draw(st.integers(0x0A010000, 0x0A01FFFF))
    return Prefix(4, low >> (32 - length) << (32 - length), length)


@given(st.lists(st.lists(blocks(), min_size=1, max_size=3, unique=True), min_size=2, max_size=6))
def test_no_two_of_a_batch_that_overlap_are_both_let_in(spaces: list[list[Prefix]]) -> None:
    batch = [replace(vnet(f"spoke-{n}"), prefixes=tuple(space)) for n, space in enumerate(spaces)]
    inside = [each for each, admitted in zip(batch, fold(*batch), strict=True) if admitted]
    held = [(prefix, each.id) for each in inside for prefix in each.prefixes]
    assert inside
    assert not [1 for a, one in held for b, other in held if one != other and a.overlaps(b)]
