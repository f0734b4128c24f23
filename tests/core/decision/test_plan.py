"""The plan: flags, what is done to each half as it stands, in which order, and what a departure takes along."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.policy import GatewayUse, HubPolicy, PerHalf
from peering.core.decision.changes import Action, Phase, Side
from peering.core.decision.departure import plan_departure
from peering.core.decision.ownership import hub_half_name
from peering.core.decision.pair import wanted_pair
from peering.core.decision.plan import Plan
from peering.core.decision.plan import make_plan as plan_for
from peering.core.network.vnets import Flags, Half, PeeringState, SyncLevel, Vnet
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, gateway_of, half, hub, policy, spoke, vnet_id
from tests.fakes.networks import FakeNetworks

ON_HUB, ON_SPOKE = hub_half_name(SPOKE_ID), "autopeer-prod-weu"
REMOTE = Flags(remote_gateways=True)
ALWAYS, AUTO, NEVER = GatewayUse.REQUIRED, GatewayUse.AUTO, GatewayUse.NEVER

FLAGS = [
    # hub's gateway, use, spoke's gateway, another remote one -> transit, remote gateways, note
    (True, AUTO, False, False, True, True, ""),
    (True, ALWAYS, False, False, True, True, ""),
    (True, NEVER, False, False, False, False, "never lends"),
    (False, AUTO, False, False, False, False, "no gateway yet"),
    (False, NEVER, False, False, False, False, "never lends"),
    (True, AUTO, True, False, True, False, "a gateway of its own"),
    (True, AUTO, False, True, True, False, "through peering 'to-neu'"),
    (True, AUTO, True, True, True, False, "a gateway of its own"),
    (False, AUTO, True, True, False, False, "no gateway yet"),
    (True, NEVER, True, True, False, False, "never lends"),
]


@pytest.mark.parametrize(("hub_has", "use", "spoke_has", "other", "transit", "remote", "note"), FLAGS)
def test_gateway_flags(
    *, hub_has: bool, use: GatewayUse, spoke_has: bool, other: bool, transit: bool, remote: bool, note: str
) -> None:
    halves = (half(OTHER_HUB_ID, "to-neu", flags=REMOTE),) if other else ()
    pair = wanted_pair(hub(gateway=hub_has), spoke(gateway=spoke_has, halves=halves), policy(gateway=use))
    assert pair.hub_flags == Flags(gateway_transit=transit)
    assert pair.spoke_flags == Flags(remote_gateways=remote)
    assert pair.gateway == (gateway_of(HUB_ID) if remote else None)
    assert [note in text for text in pair.notes] == [True] * bool(note)


BOTH = list(product([True, False], repeat=2))


@pytest.mark.parametrize("forwarded", BOTH)
@pytest.mark.parametrize("access", BOTH)
def test_traffic_flags_are_the_catalogues(forwarded: tuple[bool, bool], access: tuple[bool, bool]) -> None:
    rules = policy(forwarded_traffic=PerHalf(*forwarded), virtual_network_access=PerHalf(*access))
    pair = wanted_pair(hub(), spoke(), rules)
    assert (pair.hub_flags.forwarded_traffic, pair.spoke_flags.forwarded_traffic) == forwarded
    assert (pair.hub_flags.virtual_network_access, pair.spoke_flags.virtual_network_access) == access


PUT, REMAKE, SYNC, NOTHING = ["put"], ["remove", "put"], ["sync"], list[str]()
HALVES = [
    # how the half stands (None: missing) -> what is done to it
    (None, PUT),
    ({}, NOTHING),
    ({"state": PeeringState.INITIATED, "sync_level": SyncLevel.REMOTE_NOT_IN_SYNC}, NOTHING),
    ({"state": PeeringState.DISCONNECTED, "sync_level": SyncLevel.REMOTE_NOT_IN_SYNC}, REMAKE),
    ({"state": PeeringState.DISCONNECTED, "flags": REMOTE}, REMAKE),
    ({"sync_level": SyncLevel.LOCAL_NOT_IN_SYNC}, SYNC),
    ({"sync_level": SyncLevel.LOCAL_AND_REMOTE_NOT_IN_SYNC}, SYNC),
    ({"sync_level": SyncLevel.REMOTE_NOT_IN_SYNC}, NOTHING),
    ({"flags": Flags(forwarded_traffic=True)}, PUT),
    ({"flags": Flags(virtual_network_access=False)}, PUT),
    ({"flags": Flags(gateway_transit=True)}, PUT),
    ({"flags": REMOTE}, PUT),
]
ELSEWHERE = {"remote": vnet_id("elsewhere")}  # under our name, but to another network


def make_plan(the_hub: Vnet, the_spoke: Vnet, rules: HubPolicy) -> Plan:
    return plan_for(the_hub, the_spoke, wanted_pair(the_hub, the_spoke, rules))


def actions(plan: Plan, side: Side) -> list[str]:
    return [change.action.value for change in plan.of(side)]


@pytest.mark.parametrize(("changes", "done"), HALVES)
def test_what_is_done_to_the_hubs_half(changes: dict[str, Any] | None, done: list[str]) -> None:
    halves = () if changes is None else (replace(half(SPOKE_ID, ON_HUB), **changes),)
    plan = make_plan(hub(halves=halves), spoke(halves=(half(HUB_ID, ON_SPOKE),)), policy())
    assert (actions(plan, Side.HUB), actions(plan, Side.SPOKE)) == (done, [])
    assert {(c.vnet, c.name, c.remote, c.flags) for c in plan.changes} <= {(HUB_ID, ON_HUB, SPOKE_ID, Flags())}


def test_a_name_that_another_network_holds_on_the_hub_is_left_to_it() -> None:
    other = half(vnet_id("elsewhere"), ON_HUB)
    plan = make_plan(hub(halves=(other,)), spoke(), policy())
    (put,) = plan.of(Side.HUB)
    assert (put.action.value, put.name) == ("put", f"autopeer-spoke-a-{SPOKE_ID.key}")


@pytest.mark.parametrize(("changes", "done"), [*HALVES, (ELSEWHERE, REMAKE)])
def test_what_is_done_to_the_spokes_half(changes: dict[str, Any] | None, done: list[str]) -> None:
    halves = () if changes is None else (replace(half(HUB_ID, ON_SPOKE), **changes),)
    plan = make_plan(hub(halves=(half(SPOKE_ID, ON_HUB),)), spoke(halves=halves), policy())
    assert (actions(plan, Side.HUB), actions(plan, Side.SPOKE)) == ([], done)
    assert {(c.vnet, c.name, c.remote, c.flags) for c in plan.changes} <= {(SPOKE_ID, ON_SPOKE, HUB_ID, Flags())}


def test_a_flag_that_differs_is_put_and_a_put_syncs_too() -> None:
    behind = half(HUB_ID, ON_SPOKE, sync_level=SyncLevel.LOCAL_NOT_IN_SYNC, flags=REMOTE)
    assert actions(make_plan(hub(), spoke(halves=(behind,)), policy()), Side.SPOKE) == PUT


def test_halves_that_are_there_keep_the_name_they_have() -> None:
    there = hub(halves=(half(SPOKE_ID, "theirs"),)), spoke(halves=(half(HUB_ID, "mine"),)), policy()
    pair = wanted_pair(*there)
    assert (pair.hub_half, pair.spoke_half, make_plan(*there).changes) == ("theirs", "mine", ())
    assert (pair.hub_half_id, pair.spoke_half_id) == (
        f"{HUB_ID}/virtualNetworkPeerings/theirs",
        f"{SPOKE_ID}/virtualNetworkPeerings/mine",
    )


def test_what_blocks_the_hub_is_removed_from_the_spoke_first() -> None:
    left = half(HUB_ID, ON_SPOKE, state=PeeringState.DISCONNECTED)
    plan = make_plan(hub(), spoke(halves=(left,)), policy())
    assert [(c.action, c.side) for c in plan.at(Phase.CLEAR)] == [(Action.REMOVE, Side.SPOKE)]
    assert [(c.action, c.side) for c in plan.at(Phase.SPOKE)] == [(Action.PUT, Side.SPOKE)]


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


@pytest.mark.parametrize(("hub_is_there", "spoke_is_there"), [(True, False), (False, True), (False, False)])
def test_a_departure_from_what_is_gone(hub_is_there: bool, spoke_is_there: bool) -> None:
    the_hub = hub(halves=(half(SPOKE_ID, ON_HUB),)) if hub_is_there else None
    the_spoke = spoke(halves=(half(HUB_ID, ON_SPOKE),)) if spoke_is_there else None
    plan = plan_departure(the_hub, the_spoke, policy(), SPOKE_ID)
    assert [change.side for change in plan.changes] == [Side.HUB] * hub_is_there + [Side.SPOKE] * spoke_is_there


@st.composite
def mixtures(draw: st.DrawFn) -> tuple[Vnet, Vnet, HubPolicy]:
    """A hub, a spoke and whatever halves could stand between them: a pair in any state, or either half alone."""
    flags = st.builds(Flags, st.booleans(), st.booleans())
    rules = policy(gateway=draw(st.sampled_from([AUTO, NEVER])), forwarded_traffic=PerHalf(draw(st.booleans()), False))
    the_hub, the_spoke = hub(gateway=draw(st.booleans())), spoke(gateway=draw(st.booleans()))
    lone = st.sampled_from([PeeringState.INITIATED, PeeringState.DISCONNECTED])
    names = draw(st.sampled_from([(ON_HUB, ON_SPOKE), ("theirs", "mine")]))

    def one(remote: Vnet, name: str, state: PeeringState) -> Half:
        level = SyncLevel.FULLY_IN_SYNC if state is PeeringState.CONNECTED else SyncLevel.REMOTE_NOT_IN_SYNC
        return Half(
            name=name,
            remote=remote.id,
            state=state,
            sync_level=level,
            flags=draw(flags),
            remote_prefixes=remote.prefixes,
        )

    stale = one(spoke(id=OTHER_HUB_ID), ON_SPOKE, draw(lone))
    kind = draw(st.sampled_from(["none", "hub", "spoke", "connected", "disconnected", "ours elsewhere"]))
    on_hub = {"hub": draw(lone), "connected": PeeringState.CONNECTED, "disconnected": PeeringState.DISCONNECTED}.get(
        kind
    )
    on_spoke = {
        "spoke": draw(lone),
        "connected": PeeringState.CONNECTED,
        "disconnected": PeeringState.DISCONNECTED,
    }.get(kind)
    hub_halves = (one(the_spoke, names[0], on_hub),) if on_hub else ()
    spoke_halves = (one(the_hub, names[1], on_spoke),) if on_spoke else (stale,) if kind == "ours elsewhere" else ()
    return replace(the_hub, halves=hub_halves), replace(the_spoke, halves=spoke_halves), rules


async def carry_out(plan: Plan, networks: FakeNetworks) -> None:
    for change in (*plan.at(Phase.CLEAR), *plan.at(Phase.HUB), *plan.at(Phase.SPOKE)):
        await networks.apply(change)


@given(mixtures())
async def test_a_plan_carried_out_leaves_nothing_to_do(mixture: tuple[Vnet, Vnet, HubPolicy]) -> None:
    the_hub, the_spoke, rules = mixture
    networks = FakeNetworks(the_hub, the_spoke)
    await carry_out(make_plan(the_hub, the_spoke, rules), networks)
    the_hub, the_spoke = networks.vnets[HUB_ID], networks.vnets[SPOKE_ID]
    assert make_plan(the_hub, the_spoke, rules).changes == ()
    on_hub, on_spoke = the_hub.half_to(SPOKE_ID), the_spoke.half_to(HUB_ID)
    assert on_hub is not None
    assert on_spoke is not None
    assert (on_hub.settled, on_spoke.settled) == (True, True)


@given(mixtures())
async def test_a_departure_carried_out_leaves_nothing_of_ours(mixture: tuple[Vnet, Vnet, HubPolicy]) -> None:
    the_hub, the_spoke, rules = mixture
    networks = FakeNetworks(the_hub, the_spoke)
    await carry_out(plan_departure(the_hub, the_spoke, rules, SPOKE_ID), networks)
    the_hub, the_spoke = networks.vnets[HUB_ID], networks.vnets[SPOKE_ID]
    assert plan_departure(the_hub, the_spoke, rules, SPOKE_ID).changes == ()
    assert {half.name for half in the_hub.halves} <= {"theirs"}


@given(mixtures())
def test_the_hubs_half_is_written_before_the_spokes(mixture: tuple[Vnet, Vnet, HubPolicy]) -> None:
    puts = [change.side for change in make_plan(*mixture).changes if change.action is not Action.REMOVE]
    assert puts == sorted(puts)
    assert Side.HUB < Side.SPOKE
