"""Plays a history to its end, lets everything come to rest, and asks the model what it thinks of the end."""

from collections.abc import Sequence
from datetime import timedelta

from tests.histories.model.verdicts import End, faults
from tests.histories.rows import rows_of
from tests.histories.steps import Step, take
from tests.histories.waits import PROMISES
from tests.histories.world import World

_A_DAY = timedelta(days=1, minutes=5)
_HALF_A_DAY = timedelta(hours=12)  # what was refused or given up is looked at again once a day, for ever

_HINDRANCES = {"lock", "take role"}


async def settle(world: World) -> None:
    """Whatever was in the way is gone; the queue runs empty, and two sweeps pass."""
    world.clear_the_way()
    await world.wait(timedelta(days=1))
    for _ in range(2):
        world.sweep()
        await world.pump(_HALF_A_DAY)
    await world.wait(_A_DAY)  # who was refused is looked at once more, after the last that has changed


async def play(history: Sequence[Step], world: World | None = None) -> tuple[World, list[str]]:
    """The world as it ends, and what is wrong with it."""
    world = world or World()
    world.sweep()  # the timer has rung before: the app knows the catalogue that it begins with
    await world.pump(timedelta(minutes=1))
    for step in history:
        await take(step, world)
        if world.story.faults:
            break
    if not world.story.faults:
        await settle(world)
    return world, faults(End(world.story, rows_of(world.records), _not_asked_for(world)))


def _not_asked_for(world: World) -> frozenset[str]:
    return frozenset(PROMISES) if world.labels & _HINDRANCES else frozenset(PROMISES) - {"hindered"}
