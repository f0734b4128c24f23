"""What a departure takes along, and what it leaves."""

import pytest
from hypothesis import given

from peering.core.catalogue.policy import Departure, HubPolicy
from peering.core.decision.changes import Action, Side
from peering.core.decision.departure import plan_departure
from peering.core.network.vnets import Vnet
from tests.builders import HUB_ID, SPOKE_ID, half, hub, policy, spoke
from tests.core.decision.mixtures import ON_HUB, ON_SPOKE, carry_out, mixtures
from tests.fakes.networks import FakeNetworks

REMOVED = [
    # on the hub, on the spoke -> removed on the spoke, on the hub, notes
    (ON_HUB, ON_SPOKE, [ON_SPOKE], [ON_HUB], 0),
    (None, ON_SPOKE, [ON_SPOKE], [], 0),
    (ON_HUB, None, [], [ON_HUB], 0),
    (None, None, [], [], 0),
    ("by-hand", ON_SPOKE, [ON_SPOKE], [], 1),
    ("by-hand", "by-hand", [], [], 2),
]


@pytest.mark.parametrize(("on_hub", "on_spoke", "from_spoke", "from_hub", "notes"), REMOVED)
def test_a_departure_takes_what_is_ours_and_tells_what_it_left(
    on_hub: str | None, on_spoke: str | None, from_spoke: list[str], from_hub: list[str], notes: int
) -> None:
    the_hub = hub(halves=(half(SPOKE_ID, on_hub),) if on_hub else ())
    the_spoke = spoke(halves=(half(HUB_ID, on_spoke),) if on_spoke else ())
    plan = plan_departure(the_hub, the_spoke, policy(), SPOKE_ID)
    assert [change.name for change in plan.of(Side.SPOKE)] == from_spoke
    assert [change.name for change in plan.of(Side.HUB)] == from_hub
    assert {change.action for change in plan.changes} <= {Action.REMOVE}
    assert len(plan.notes) == notes
    assert all("made by hand" in note for note in plan.notes)


TAKEN: dict[Departure, set[Side]] = {
    Departure.REMOVE: {Side.HUB, Side.SPOKE},
    Departure.KEEP: set(),
}


@pytest.mark.parametrize("departure", Departure)
def test_what_each_policy_takes_of_a_pair_of_ours(departure: Departure) -> None:
    the_hub, the_spoke = hub(halves=(half(SPOKE_ID, ON_HUB),)), spoke(halves=(half(HUB_ID, ON_SPOKE),))
    plan = plan_departure(the_hub, the_spoke, policy(departure=departure), SPOKE_ID)
    assert {change.side for change in plan.changes} == TAKEN[departure]
    gone = plan_departure(the_hub, None, policy(departure=departure), SPOKE_ID)
    assert [change.side for change in gone.changes] == [Side.HUB], "nothing is left of it that could be kept"


@pytest.mark.parametrize(("hub_is_there", "spoke_is_there"), [(True, False), (False, True), (False, False)])
def test_a_departure_from_what_is_gone(hub_is_there: bool, spoke_is_there: bool) -> None:
    the_hub = hub(halves=(half(SPOKE_ID, ON_HUB),)) if hub_is_there else None
    the_spoke = spoke(halves=(half(HUB_ID, ON_SPOKE),)) if spoke_is_there else None
    plan = plan_departure(the_hub, the_spoke, policy(), SPOKE_ID)
    assert [change.side for change in plan.changes] == [Side.HUB] * hub_is_there + [Side.SPOKE] * spoke_is_there
    assert bool(plan.notes) is not (hub_is_there or spoke_is_there)


@given(mixtures())
async def test_a_departure_carried_out_leaves_nothing_of_ours(mixture: tuple[Vnet, Vnet, HubPolicy]) -> None:
    the_hub, the_spoke, rules = mixture
    networks = FakeNetworks(the_hub, the_spoke)
    await carry_out(plan_departure(the_hub, the_spoke, rules, SPOKE_ID), networks)
    the_hub, the_spoke = networks.vnets[HUB_ID], networks.vnets[SPOKE_ID]
    assert plan_departure(the_hub, the_spoke, rules, SPOKE_ID).changes == ()
    assert {half.name for half in the_hub.halves} <= {"theirs"}
