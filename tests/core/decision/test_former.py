"""What becomes of a pair with a network that was the hub's before."""

from dataclasses import replace

import pytest

from peering.core.catalogue.policy import Departure, HubPolicy
from peering.core.decision.former import FormerHalf, fate_of
from peering.core.network.vnets import PeeringState, Vnet
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, catalogue, half, hub, policy, spoke

NOW = policy(network=OTHER_HUB_ID)  # the hub's name stayed, and its network is another
THERE, HERE = half(SPOKE_ID, "autopeer-spoke-a-1"), half(HUB_ID, "autopeer-prod-weu")
NEW = half(OTHER_HUB_ID, "autopeer-prod-weu-2")
OLD_HUB = hub(halves=(THERE,))
BOTH, ONLY_OLD = spoke(halves=(HERE, NEW)), spoke(halves=(HERE,))
UNTAGGED, ELSEWHERE = replace(ONLY_OLD, tags={}), replace(ONLY_OLD, tags={"hub": "neu"})


def fate(network: Vnet | None, seen: Vnet | None, rules: HubPolicy | None, *, has_left: bool) -> tuple[list[str], str]:
    which = FormerHalf(network=HUB_ID, name=THERE.name, spoke=SPOKE_ID, policy=rules, has_left=has_left)
    hubs = catalogue(*([rules] if rules else []), policy("neu", replace(OTHER_HUB_ID, name="elsewhere")))
    found = fate_of(which, network, seen, hubs)
    return [f"{each.vnet.name}/{each.name}" for each in found.changes], found.note


ALL = ["spoke-a/autopeer-prod-weu", "hub-weu/autopeer-spoke-a-1"]


@pytest.mark.parametrize(
    ("seen", "has_left", "removed"),
    [
        (BOTH, False, ALL),
        (ONLY_OLD, False, []),  # the new pair does not stand: too early
        (UNTAGGED, True, ALL),
        (UNTAGGED, False, []),
        (ONLY_OLD, True, []),  # the tag is back, and its event is late
        (ELSEWHERE, True, ALL),
    ],
)
def test_it_goes_when_the_new_pair_stands_or_the_spoke_has_left(seen: Vnet, has_left: bool, removed: list[str]) -> None:
    changes, note = fate(OLD_HUB, seen, NOW, has_left=has_left)
    assert changes == removed
    assert bool(note) is bool(removed)


def test_what_is_gone_on_one_side_is_removed_on_the_other() -> None:
    left = hub(halves=(replace(THERE, state=PeeringState.DISCONNECTED),))
    assert fate(left, None, NOW, has_left=True)[0] == [ALL[1]]
    assert fate(None, BOTH, NOW, has_left=False)[0] == [ALL[0]]
    assert fate(None, None, NOW, has_left=True)[0] == []
    assert fate(None, None, NOW, has_left=True)[1]


def test_a_404_beside_a_half_that_says_connected_removes_nothing() -> None:
    assert fate(OLD_HUB, None, NOW, has_left=True) == ([], "")


def test_what_is_kept() -> None:
    kept = replace(NOW, departure=Departure.KEEP)
    assert fate(OLD_HUB, BOTH, kept, has_left=False)[0] == []
    assert "kept" in fate(OLD_HUB, BOTH, kept, has_left=False)[1]
    assert "no longer in the catalogue" in fate(OLD_HUB, BOTH, None, has_left=False)[1]
    assert "wanted there" in fate(OLD_HUB, BOTH, policy(), has_left=False)[1]


def test_names_that_were_swapped() -> None:
    """The tag names the hub that this network is today."""
    swapped = FormerHalf(network=HUB_ID, name=THERE.name, spoke=SPOKE_ID, policy=NOW, has_left=True)
    hubs = catalogue(NOW, policy("neu", HUB_ID))
    assert "wanted there" in fate_of(swapped, OLD_HUB, ELSEWHERE, hubs).note


def test_a_half_that_is_not_the_one_of_the_record_stays() -> None:
    by_hand = spoke(halves=(replace(HERE, name="by-hand"), NEW))
    another = hub(halves=(replace(THERE, remote=OTHER_HUB_ID),))
    assert fate(another, by_hand, NOW, has_left=False)[0] == []
