"""A neighbour edits, grows and shrinks: whoever is connected keeps his place, and is told nothing of it."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peering.core.decision.findings import Code
from peering.core.decision.ownership import hub_half_name
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import PeeringState, SyncLevel
from peering.core.record.record import State
from tests.builders import HUB_ID, SPOKE_ID, half, hub, spoke, texts, vnet_id
from tests.service.town import Town, joined

B = vnet_id("spoke-b")


async def two() -> Town:
    """Two spokes whose pairs stand, the first with 10.1.0.0/24, the second with 10.2.0.0/24."""
    town = await joined(spoke("10.2.0.0/24", id=B))
    await town.ask(B)
    town.networks.log.clear()
    return town


def routed(town: Town, network: VnetId) -> list[str]:
    found = town.networks.vnets[HUB_ID].half_to(network)
    return texts(found.remote_prefixes) if found else []


async def test_growth_is_synced_on_the_side_that_is_behind() -> None:
    town = await two()
    town.networks.resize(B, "10.2.0.0/24", "10.3.0.0/24")
    await town.ask(B)
    assert [entry.split("/")[0] for entry in town.writes] == ["sync hub-weu"]
    assert (town.state(B), routed(town, B), town.connected([B])) == (
        State.CONNECTED,
        ["10.2.0.0/24", "10.3.0.0/24"],
        True,
    )


async def test_growth_over_a_neighbour_is_not_routed_and_said_to_be_so() -> None:
    town = await two()
    town.networks.resize(B, "10.2.0.0/24", "10.1.0.128/25")
    await town.ask(B)
    assert (town.writes, town.state(B), routed(town, B)) == ([], State.CONNECTED, ["10.2.0.0/24"])
    (finding,) = town.row(B).found.findings
    assert finding.code == Code.OVERLAPS_SPOKE
    assert "10.1.0.128/25 is not routed" in finding.message
    await town.ask()
    assert (town.state(), town.row().found.findings, town.writes) == (State.CONNECTED, (), [])


async def test_the_holder_still_grows_and_is_still_repaired() -> None:
    town = await two()
    town.networks.resize(B, "10.2.0.0/24", "10.1.0.128/25")
    await town.ask(B)
    town.networks.resize(SPOKE_ID, "10.1.0.0/24", "10.9.0.0/24")
    await town.ask()
    assert (town.connected(), routed(town, SPOKE_ID)) == (True, ["10.1.0.0/24", "10.9.0.0/24"])
    town.change(HUB_ID, halves=tuple(h for h in town.networks.vnets[HUB_ID].halves if h.remote != SPOKE_ID))
    left = half(HUB_ID, "autopeer-prod-weu", "10.0.0.0/16", state=PeeringState.DISCONNECTED)
    town.change(halves=(left,))
    await town.ask()
    assert (town.connected(), town.state(), town.removals) == (True, State.CONNECTED, [])


async def test_growth_is_routed_once_the_neighbour_is_gone() -> None:
    town = await two()
    town.networks.resize(B, "10.2.0.0/24", "10.1.0.128/25")
    await town.ask(B)
    town.delete()
    await town.ask()
    await town.pump(timedelta(days=1, minutes=1))  # what stands with a finding is looked at again daily
    assert (town.row(B).found.findings, routed(town, B)) == ((), ["10.2.0.0/24", "10.1.0.128/25"])


async def test_what_a_spoke_that_never_joined_left_on_the_hub_gives_way() -> None:
    """The half of a wish that failed for good, and one whose network is gone."""
    left = half(
        B, hub_half_name(B), "10.1.0.0/25", state=PeeringState.INITIATED, sync_level=SyncLevel.REMOTE_NOT_IN_SYNC
    )
    town = Town(hub(halves=(left,)), spoke())
    await town.ask()
    assert (town.state(), town.writes) == (State.REFUSED, [])  # no record and no network: nobody can say whose it is
    gone = half(B, hub_half_name(B), "10.1.0.0/25", state=PeeringState.DISCONNECTED)
    town = Town(hub(halves=(gone,)), spoke())
    await town.ask()
    assert (town.connected(), [entry.split("/")[0] for entry in town.writes]) == (
        True,
        ["remove hub-weu", "put hub-weu", "put spoke-a"],
    )


async def test_a_half_is_left_alone_whose_network_is_there() -> None:
    left = half(B, hub_half_name(B), "10.1.0.0/25", state=PeeringState.DISCONNECTED)
    town = Town(hub(halves=(left,)), spoke(), spoke("10.1.0.0/25", id=B, tag=None))
    await town.ask()
    assert (town.state(), town.writes) == (State.REFUSED, [])


blocks = st.sampled_from([f"10.{second}.{third}.0/24" for second in (1, 2, 3) for third in range(3)])
steps: st.SearchStrategy[tuple[str, list[str]]] = st.one_of(
    st.tuples(st.just("resize"), st.lists(blocks, min_size=1, max_size=4, unique=True)),
    st.tuples(st.sampled_from(["ask", "ask holder", "tag", "untag", "delete half"]), st.just([])),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(steps, min_size=10, max_size=10))
async def test_a_random_neighbour_never_costs_the_holder_his_place(history: list[tuple[str, list[str]]]) -> None:
    """Short histories, which shrink well, each step followed by a look at the holder."""
    await _live_beside(history)


@pytest.mark.parametrize("seed", range(3))
async def test_two_hundred_steps_of_a_neighbour_cost_the_holder_nothing(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - no secret
    all_blocks = [f"10.{second}.{third}.0/24" for second in (1, 2, 3) for third in range(3)]
    kinds = ["resize", "resize", "ask", "tag", "untag", "delete half"]
    what = [draw.choice(kinds) for _ in range(200)]
    await _live_beside(
        [(each, draw.sample(all_blocks, draw.randint(1, 4)) if each == "resize" else []) for each in what]
    )


async def _live_beside(history: list[tuple[str, list[str]]]) -> None:
    town = await two()
    grown = ["10.1.0.0/24"]
    for step, (what, prefixes) in enumerate(history):
        _neighbour_does(town, what, prefixes)
        await town.ask(B)
        await town.ask()
        assert (town.state(), town.row().found.findings, town.connected()) == (State.CONNECTED, (), True)
        if step % 4 == 3 and len(grown) < 30:
            taken = routed(town, B)
            mine = next(each for each in (f"10.8.{step}.0/24", "10.1.1.0/24") if each not in taken)
            grown.append(mine)
            town.networks.resize(SPOKE_ID, *grown)
            await town.ask()
            assert (routed(town, SPOKE_ID), town.connected()) == (grown, True)


def _neighbour_does(town: Town, what: str, prefixes: list[str]) -> None:
    if what == "resize":
        town.networks.resize(B, *prefixes)
    elif what == "delete half":
        town.networks.unpeer(B, HUB_ID)
    elif what in ("tag", "untag"):
        town.change(B, tags={"hub": "prod-weu"} if what == "tag" else {})
