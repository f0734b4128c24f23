"""SIGKILL at thirty points, as processes over real storage: nothing is left open, nothing is half, nothing is untrue.

At each point five spokes of one hub are under way, and the host dies before or after a call to ARM, to the topic, to
the queue, to a lease or to the tables. Several local Azures run side by side: most of the time everybody waits for the
lease of a dead one to lapse.
"""

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.gates import Moment, Point, Service
from tests.e2e.mortal import mortal

_log = logging.getLogger(__name__)

_SIDE_BY_SIDE = 5
_MISSES = 2  # for each local Azure
_POINTS = {Service.ARM: 10, Service.TOPIC: 2, Service.LEASES: 4, Service.QUEUE: 4, Service.TABLES: 10}


@dataclass(frozen=True)
class Wish:
    """A point as a fraction of the calls to a service that a run without a death makes."""

    service: Service
    fraction: float
    moment: Moment


def _wishes() -> list[Wish]:
    """Spread evenly over the calls to each service, before and after them in turns."""
    moments = itertools.cycle(Moment)
    places = ((service, place / count) for service, count in _POINTS.items() for place in range(count))
    return [Wish(service, fraction, next(moments)) for service, fraction in places]


@pytest.mark.long
async def test_a_host_that_is_killed_anywhere_leaves_nothing_open_or_half_done(tmp_path: Path) -> None:
    wishes = _wishes()
    assert len(wishes) == 30
    shares = [wishes[start::_SIDE_BY_SIDE] for start in range(_SIDE_BY_SIDE)]
    one_starts = asyncio.Lock()
    found = await asyncio.gather(
        *(_die(_folder(tmp_path, place), share, one_starts) for place, share in enumerate(shares))
    )
    faults = [fault for faults in found for fault in faults]
    assert not faults, "\n".join(faults)


def _folder(parent: Path, place: int) -> Path:
    folder = parent / str(place)
    folder.mkdir()
    return folder


async def _die(folder: Path, wishes: Sequence[Wish], one_starts: asyncio.Lock) -> list[str]:
    """A hub for a run without a death, and one for each point; returns what is wrong afterwards.

    No two runs are alike. Where it never comes to a point, it is aimed at again by what that run has shown.
    """
    hubs = [f"h{number}" for number in range(1 + len(wishes) + _MISSES)]
    faults, left = list[str](), deque(wishes)
    async with AsyncExitStack() as stack:
        async with one_starts:  # a start takes all that a machine has
            world = await stack.enter_async_context(mortal(folder, hubs))
            await world.prepare(hubs)
        await world.live(hubs[0])
        calls = world.gates.calls.copy()
        for hub in hubs[1:]:
            if not left:
                break
            wish = left[0]
            point = Point(wish.service, 1 + int(wish.fraction * calls[wish.service]), wish.moment)
            wrong = await world.die(hub, point)
            _log.info("%s, %s: %s", point, world.gates.what, "missed" if wrong is None else wrong or "well")
            if wrong is None:
                calls = world.gates.calls.copy()
                continue
            left.popleft()
            faults += [f"{point}, {world.gates.what}: {each}" for each in wrong]
    return [*faults, *(f"it never came to {wish}" for wish in left)]
