"""Twelve hubs with twenty spokes each at once: hubs do not wait for each other, and an idle one not for the busy ones.

Twelve hubs at once cost the machine twelve times as much, its Azure included. So the bare script does it too: twelve of
it at once, each writing halves of a hub of its own, against one that is alone.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.crowd import Crowd, seconds, tagged
from bench.figure import Disturbance, Figure, Goal
from bench.ground import hub_name, rival_hub, rival_spoke, spoke_id
from bench.lone import Pace
from bench.site import Site, site
from localazure.emulator.latency import Mode

HUBS, SPOKES = 12, 20
_TRIES, _LATER, _LONGEST = 5, 3.0, 300.0
_SLOWED = 1.1


@dataclass(frozen=True, kw_only=True)
class _Found:
    """`late` is the seconds of the lone spoke, `waiting` how many were not yet connected when it came.

    `slowed` is how much longer the scripts' writes took when there were as many as hubs.
    """

    one: Crowd
    many: Crowd
    late: float
    waiting: int
    slowed: float


async def measure(hubs: int = HUBS, spokes: int = SPOKES) -> list[Figure]:
    """The hub that is measured alone and the one that stays idle come on top; the scripts have hubs of their own."""
    alone, idle, late = hubs, hubs + 1, (hubs + 1) * spokes
    scripts = {f"script-{number:02}": _TRIES for number in range(hubs)}
    one = {spoke_id(each): hub_name(alone) for each in range(hubs * spokes, late)}
    wishes = {spoke_id(each): hub_name(each // spokes) for each in range(hubs * spokes)}
    async with site(Mode.FAST, hubs=hubs + 2, spokes=late + 1, rivals=scripts) as place:
        pace = Pace()
        await place.warm_up()
        await place.lone.pairs(min(_TRIES, spokes), pace)
        alone_found = await tagged(place, one, Mode.FAST, pace, _LONGEST)
        many, took, waiting = await _and_a_late_one(place, wishes, pace, spoke_id(late), hub_name(idle))
        await place.lone.pairs(min(_TRIES, spokes), pace)
        slowed = await _at_once(place, list(scripts), pace)
    found = _Found(one=alone_found, many=many, late=took, waiting=waiting, slowed=slowed)
    return _figures(hubs, spokes, found)


async def _and_a_late_one(
    place: Site, wishes: Mapping[str, str], pace: Pace, spoke: str, hub: str
) -> tuple[Crowd, float, int]:
    all_tagged = asyncio.Event()

    async def late() -> tuple[float, int]:
        await all_tagged.wait()
        await asyncio.sleep(_LATER)  # this is what is measured: it comes when the others are at it
        done = [await place.connected(each) for each in sorted(set(wishes.values()))]
        since, began = await place.mark(), time.time()
        await place.tag({spoke: hub})
        [row] = await place.until_connected({spoke: hub}, since, _LONGEST)
        return seconds(row["finished"]) - began, len(wishes) - sum(map(len, done))

    crowded = tagged(place, wishes, Mode.FAST, pace, _LONGEST, all_tagged)
    many, (took, waiting) = await asyncio.gather(crowded, late())
    return many, took, waiting


async def _at_once(place: Site, scripts: Sequence[str], pace: Pace) -> float:
    """How much longer a write to a hub takes each of so many scripts than one that is alone."""

    async def one(script: str) -> None:
        for number in range(_TRIES):
            await place.lone.write(rival_hub(script), rival_spoke(script, number))

    began = time.monotonic()
    await asyncio.gather(*map(one, scripts))
    return (time.monotonic() - began) / _TRIES / pace.hub


def _figures(hubs: int, spokes: int, found: _Found) -> list[Figure]:
    one, many = found.one, found.many
    lone_floor = one.pace.floor(1)
    crowded = Disturbance(f"load, {hubs} bare scripts at once were slowed {found.slowed:.2f} times", found.slowed)
    slow = crowded if found.slowed > _SLOWED else one.pace.unsteady
    scripts = f"{hubs} bare scripts at once need {found.slowed:.2f} times as long for a write as one"
    return [
        Figure(
            what=f"{hubs} hubs with {spokes} spokes each at once, over one hub with {spokes}",
            value=many.last / one.last,
            unit="times",
            goal=1.25,
            note=f"{many.last:.1f} s and {one.last:.1f} s; {scripts}",
            disturbance=slow,
        ),
        Figure(
            what=f"one more on an idle hub {_LATER:g} s later, over its own floor",
            value=found.late - lone_floor,
            unit="s",
            goal=2,
            note=f"{found.late:.1f} s, with {found.waiting} of {hubs * spokes} still waiting",
            disturbance=slow,
        ),
        Figure(what="records that say more than ARM", value=one.untrue + many.untrue, goal=0, goal_is=Goal.EXACTLY),
    ]
