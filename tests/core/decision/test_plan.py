"""The plan: what is done to each half as it stands, and in which order."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.changes import Action, Phase, Side
from peering.core.decision.plan import Plan
from peering.core.network.vnets import Flags, PeeringState, SyncLevel, Vnet
from tests.builders import HUB_ID, SPOKE_ID, half, hub, policy, spoke, vnet_id
from tests.core.decision.mixtures import NEVER, ON_HUB, ON_SPOKE, REMOTE, carry_out, make_plan, mixtures
from tests.fakes.networks import FakeNetworks

PUT, REMAKE, SYNC, NOTHING = ["put"], ["remove", "put"], ["sync"], list[str]()
HALVES = [
    # how the half stands (None: missing) -> what is done to it
    (None, PUT),
    ({}, NOTHING),
    ({"state": PeeringState.INITIATED, "sync_level": SyncLevel.REMOTE_NOT_IN_SYNC}, NOTHING),
    ({"state": PeeringState.DISCONNECTED, "sync_level": SyncLevel.REMOTE_NOT_IN_SYNC}, PUT),
    ({"state": PeeringState.DISCONNECTED, "flags": REMOTE}, PUT),
    ({"sync_level": SyncLevel.LOCAL_NOT_IN_SYNC}, SYNC),
    ({"sync_level": SyncLevel.LOCAL_AND_REMOTE_NOT_IN_SYNC}, SYNC),
    ({"sync_level": SyncLevel.REMOTE_NOT_IN_SYNC}, NOTHING),
    ({"flags": Flags(forwarded_traffic=True)}, PUT),
    ({"flags": Flags(virtual_network_access=False)}, PUT),
    ({"flags": Flags(gateway_transit=True)}, PUT),
    ({"flags": REMOTE}, PUT),
]
ELSEWHERE = {"remote": vnet_id("elsewhere")}  # under our name, but to another network


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


def test_a_sync_writes_the_switches_too() -> None:
    behind = half(HUB_ID, ON_SPOKE, sync_level=SyncLevel.LOCAL_NOT_IN_SYNC, flags=REMOTE)
    (sync,) = make_plan(hub(), spoke(halves=(behind,)), policy()).of(Side.SPOKE)
    assert (sync.action, sync.flags) == (Action.SYNC, Flags())


def test_what_blocks_the_hub_is_brought_back_on_the_spoke_first_without_a_deletion() -> None:
    left = half(HUB_ID, ON_SPOKE, state=PeeringState.DISCONNECTED)
    plan = make_plan(hub(gateway=True), spoke(halves=(left,)), policy())
    done = [(c.action, c.side, c.phase, c.flags.remote_gateways) for c in plan.changes]
    put = Action.PUT
    assert done == [
        (put, Side.HUB, Phase.HUB, False),
        (put, Side.SPOKE, Phase.FIRST, False),
        (put, Side.SPOKE, Phase.SPOKE, True),  # the gateway needs the hub's half
    ]


def test_two_that_were_left_behind_block_each_other_until_the_spokes_is_removed() -> None:
    lost = {"state": PeeringState.DISCONNECTED}
    there = hub(halves=(half(SPOKE_ID, ON_HUB, **lost),)), spoke(halves=(half(HUB_ID, ON_SPOKE, **lost),))
    plan = make_plan(*there, policy())
    assert [(c.action, c.side) for phase in Phase for c in plan.at(phase)] == [
        (Action.REMOVE, Side.SPOKE),
        (Action.PUT, Side.HUB),
        (Action.PUT, Side.SPOKE),
    ]


def test_transit_is_taken_away_from_the_spoke_first() -> None:
    """Azure refuses to switch allowGatewayTransit off for as long as the spoke uses the gateway."""
    the_hub = hub(gateway=True, halves=(half(SPOKE_ID, ON_HUB, flags=Flags(gateway_transit=True)),))
    the_spoke = spoke(halves=(half(HUB_ID, ON_SPOKE, flags=REMOTE),))
    plan = make_plan(the_hub, the_spoke, policy(gateway=NEVER))
    assert [(c.side, c.flags) for phase in Phase for c in plan.at(phase)] == [
        (Side.SPOKE, Flags()),
        (Side.HUB, Flags()),
    ]


def test_an_update_sends_back_what_we_know_nothing_of() -> None:
    theirs = half(SPOKE_ID, ON_HUB, flags=REMOTE, rest={"doNotVerifyRemoteGateways": True})
    (put,) = make_plan(hub(halves=(theirs,)), spoke(halves=(half(HUB_ID, ON_SPOKE),)), policy()).of(Side.HUB)
    assert put.rest == {"doNotVerifyRemoteGateways": True}


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
def test_the_hubs_half_is_written_before_the_spokes(mixture: tuple[Vnet, Vnet, HubPolicy]) -> None:
    puts = [change.side for change in make_plan(*mixture).changes if change.action is not Action.REMOVE]
    assert puts == sorted(puts)
    assert Side.HUB < Side.SPOKE
