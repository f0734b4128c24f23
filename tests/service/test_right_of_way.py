"""Spokes are handed over while the hub is written, in whatever way ARM takes writes: by a clock that jumps.

How Azure answers where several writes meet is not known for certain, so each world that it could be is tried.
"""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from random import Random
from typing import Any

import pytest

from peering.core.decision.changes import Action, Change, Phase, Side
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags
from peering.ports import Accepted
from peering.service.right_of_way import RightOfWay
from tests.fakes.warped import run_warped

HUB = VnetId("00000000-0000-0000-0000-000000000001", "rg", "hub")
WRITE, ROUND_TRIP = 10.0, 0.1  # seconds


class World(StrEnum):
    """What ARM refuses besides a second write to the same network."""

    ALL = "anything goes"
    HUB_ALONE = "a spoke's half while its hub is written"
    ONE = "any write that concerns a hub of which another is under way"
    ONE_SPOKE = "a spoke's half while another spoke's half to the same hub is written, or the hub"


REFUSALS = {
    "plain": "Another operation on this or dependent resource is in progress.",
    "named": f"Cannot proceed because resource {HUB} used by resource x is not in Succeeded state.",
}


@dataclass
class Arm:
    """Takes writes as the world has it. `busy`: who is refused until then, for his own sake."""

    world: World
    code: str = "AnotherOperationInProgress"
    words: str = REFUSALS["plain"]
    asked: int = 0
    refused: int = 0
    under_way: list[tuple[Side, VnetId]] = field(default_factory=list)
    busy: dict[VnetId, float] = field(default_factory=dict)
    done: dict[VnetId, float] = field(default_factory=dict)

    async def write(self, side: Side, spoke: VnetId, accepted: Accepted) -> AzureFailure | None:
        self.asked += 1
        await asyncio.sleep(ROUND_TRIP / 2)
        now = asyncio.get_running_loop().time()
        if now < self.busy.get(spoke, 0.0):
            self.refused += 1
            return AzureFailure(400, "ReferencedResourceNotProvisioned", f"because resource {spoke} used by x is not")
        if self._refuses(side):
            self.refused += 1
            return AzureFailure(409, self.code, self.words)
        self.under_way.append((side, spoke))
        await asyncio.sleep(ROUND_TRIP / 2)
        await accepted()
        await asyncio.sleep(WRITE)
        self.under_way.remove((side, spoke))
        if side is Side.SPOKE:
            self.done[spoke] = asyncio.get_running_loop().time()
        return None

    def _refuses(self, side: Side) -> bool:
        hub = any(each is Side.HUB for each, _ in self.under_way)
        match self.world:
            case World.ALL:
                return hub and side is Side.HUB
            case World.HUB_ALONE:
                return hub
            case World.ONE:
                return bool(self.under_way)
            case World.ONE_SPOKE:
                return hub or (side is Side.SPOKE and bool(self.under_way))


@dataclass
class Hub:
    """What a Watch remembers of it."""

    hub: str = "prod-weu"
    takes_one_write: bool = False

    def remember_one_write(self) -> None:
        self.takes_one_write = True


def _spokes(count: int) -> list[VnetId]:
    return [VnetId("00000000-0000-0000-0000-000000000002", "rg", f"spoke-{number}") for number in range(count)]


def _change(side: Side, spoke: VnetId) -> Change:
    here, there = (HUB, spoke) if side is Side.HUB else (spoke, HUB)
    phase = Phase.HUB if side is Side.HUB else Phase.SPOKE
    return Change(
        action=Action.PUT, side=side, phase=phase, vnet=here, name="x", remote=there, flags=Flags(), why="missing"
    )


async def _batch(arm: Arm, spokes: list[VnetId], hub: Hub, *, at_hub: bool = True) -> list[AzureFailure | None]:
    way = RightOfWay(hub)
    way.expect(len(spokes) if at_hub else 0)

    async def pair(spoke: VnetId) -> AzureFailure | None:
        if at_hub:
            async with way.turn_at_hub():
                change = _change(Side.HUB, spoke)
                failure = await way.pass_through(change, spoke, partial(arm.write, Side.HUB, spoke))
            if failure:
                return failure
        return await way.pass_through(_change(Side.SPOKE, spoke), spoke, partial(arm.write, Side.SPOKE, spoke))

    return await asyncio.gather(*(pair(spoke) for spoke in spokes))


def _median(times: dict[VnetId, float]) -> float:
    return sorted(times.values())[len(times) // 2]


@pytest.mark.parametrize("world", [World.ALL, World.HUB_ALONE])
def test_where_arm_goes_on_with_spokes_the_hub_never_waits_for_them(world: World) -> None:
    arm, spokes = Arm(world), _spokes(50)
    answers, took = run_warped(_batch(arm, spokes, Hub()))
    assert answers == [None] * 50
    assert arm.refused == 0
    assert took < 50 * (WRITE + 1.5 * ROUND_TRIP) + WRITE
    assert min(arm.done.values()) < 2 * (WRITE + ROUND_TRIP) + 0.01
    assert _median(arm.done) < 0.6 * took


@pytest.mark.parametrize("words", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("code", ["AnotherOperationInProgress", "RetryableError", "ReferencedResourceNotProvisioned"])
def test_where_a_hub_takes_one_write_of_any_kind_pairs_are_made_one_by_one(code: str, words: str) -> None:
    arm, spokes, hub = Arm(World.ONE, code, words), _spokes(50), Hub()
    answers, took = run_warped(_batch(arm, spokes, hub))
    assert answers == [None] * 50
    assert hub.takes_one_write
    assert arm.refused <= 0.05 * arm.asked
    assert took < 1.05 * 100 * (WRITE + ROUND_TRIP)
    assert min(arm.done.values()) < 2 * (WRITE + ROUND_TRIP) + 0.01
    assert _median(arm.done) < 0.6 * took


def test_what_was_found_out_is_not_tried_again_by_the_next_batch() -> None:
    arm, hub = Arm(World.ONE), Hub(takes_one_write=True)
    answers, _ = run_warped(_batch(arm, _spokes(10), hub))
    assert answers == [None] * 10
    assert arm.refused == 0


@pytest.mark.parametrize("at_hub", [True, False])
@pytest.mark.parametrize("world", World)
def test_no_world_fails_a_row(world: World, at_hub: bool) -> None:
    arm = Arm(world)
    answers, _ = run_warped(_batch(arm, _spokes(40), Hub(), at_hub=at_hub))
    assert answers == [None] * 40
    assert arm.refused <= 0.1 * arm.asked


def test_where_only_spokes_are_written_more_and_more_go_at_once() -> None:
    arm = Arm(World.ALL)
    _, took = run_warped(_batch(arm, _spokes(50), Hub(), at_hub=False))
    assert took < 6 * (WRITE + ROUND_TRIP)


def test_a_spoke_that_is_busy_for_its_owners_sake_says_nothing_of_the_hub() -> None:
    spokes, hub = _spokes(20), Hub()
    arm = Arm(World.HUB_ALONE, busy={spokes[3]: 1000.0, spokes[7]: 1000.0, spokes[8]: 1000.0})
    answers, _ = run_warped(_batch(arm, spokes, hub))
    assert [answer.code for answer in answers if answer] == ["ReferencedResourceNotProvisioned"] * 3
    assert not hub.takes_one_write
    assert arm.refused == 3  # each was asked once


def test_a_bad_day_is_not_taken_for_a_rule() -> None:
    """One write in ten is refused in the words of a hub that is busy, whatever else is under way."""
    chance, spokes = Random(3), _spokes(200)  # noqa: S311 - the same each time
    for _ in range(20):
        arm, hub = Arm(World.HUB_ALONE), Hub()
        write = arm.write

        async def sometimes(side: Side, spoke: VnetId, accepted: Accepted, write: Any = write) -> AzureFailure | None:  # noqa: ANN401
            if chance.random() < 0.1:
                return AzureFailure(409, "AnotherOperationInProgress", REFUSALS["plain"])
            failure: AzureFailure | None = await write(side, spoke, accepted)
            return failure

        arm.write = sometimes  # type: ignore[method-assign]
        run_warped(_batch(arm, spokes[:50], hub))
        assert not hub.takes_one_write


def test_one_coincidence_is_not_taken_for_a_rule() -> None:
    """A refusal that names nobody, and is over by the time that nothing else is under way."""
    spokes, hub = _spokes(20), Hub()
    arm = Arm(World.HUB_ALONE)
    write, struck = arm.write, list[VnetId]()

    async def once(side: Side, spoke: VnetId, accepted: Accepted) -> AzureFailure | None:
        if side is Side.HUB and arm.under_way and not struck:
            struck.append(spoke)
            return AzureFailure(409, "AnotherOperationInProgress", REFUSALS["plain"])
        return await write(side, spoke, accepted)

    arm.write = once  # type: ignore[method-assign]
    answers, _ = run_warped(_batch(arm, spokes, hub))
    assert answers == [None] * 20
    assert struck
    assert not hub.takes_one_write


def test_what_is_refused_alone_too_is_told() -> None:
    spokes = _spokes(5)
    arm = Arm(World.HUB_ALONE)
    write = arm.write

    async def never(side: Side, spoke: VnetId, accepted: Accepted) -> AzureFailure | None:
        if spoke == spokes[2] and side is Side.SPOKE:
            arm.asked += 1
            return AzureFailure(409, "AnotherOperationInProgress", REFUSALS["plain"])
        return await write(side, spoke, accepted)

    arm.write = never  # type: ignore[method-assign]
    hub = Hub()
    answers, _ = run_warped(_batch(arm, spokes, hub))
    assert [bool(answer) for answer in answers] == [False, False, True, False, False]
    assert not hub.takes_one_write
    assert arm.asked == 11


def test_one_who_stops_waiting_holds_nobody_up() -> None:
    async def main() -> list[AzureFailure | None]:
        arm, way = Arm(World.HUB_ALONE), RightOfWay(Hub())
        spokes = _spokes(3)
        way.expect(1)
        first = asyncio.create_task(
            way.pass_through(_change(Side.HUB, spokes[0]), spokes[0], partial(arm.write, Side.HUB, spokes[0]))
        )
        await asyncio.sleep(0)
        waiting = asyncio.create_task(
            way.pass_through(_change(Side.SPOKE, spokes[1]), spokes[1], partial(arm.write, Side.SPOKE, spokes[1]))
        )
        await asyncio.sleep(1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await first
        change = _change(Side.HUB, spokes[2])
        return [await way.pass_through(change, spokes[2], partial(arm.write, Side.HUB, spokes[2]))]

    answers, _ = run_warped(main())
    assert answers == [None]


def test_a_spoke_that_comes_while_the_hub_is_written_waits_for_its_end() -> None:
    async def main() -> list[AzureFailure | None]:
        arm, way, (one, other) = Arm(World.HUB_ALONE), RightOfWay(Hub()), _spokes(2)
        way.expect(2)
        writing = asyncio.create_task(way.pass_through(_change(Side.HUB, one), one, partial(arm.write, Side.HUB, one)))
        await asyncio.sleep(1)
        answer = await way.pass_through(_change(Side.SPOKE, other), other, partial(arm.write, Side.SPOKE, other))
        assert arm.refused == 0
        return [await writing, answer]

    answers, took = run_warped(main())
    assert answers == [None, None]
    assert took > 2 * WRITE
