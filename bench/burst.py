"""Two hundred networks tagged for one hub at once: how close to ARM's own limit, and how soon the first owner is told.

ARM takes one write to a network at a time, so that N spokes cannot be done before N writes to the hub and one to the
last spoke have been made, as a client that is alone makes them.
"""

from bench.crowd import Crowd, crowd
from bench.figure import Figure, Goal
from bench.ground import hub_name, spoke_id
from bench.site import site
from localazure.emulator.latency import Mode

SPOKES = 200
_TRIES = 5
_done: dict[int, Crowd] = {}


async def on_one_hub(spokes: int, latency: Mode = Mode.FAST) -> Crowd:
    """So many at once; what was measured in this run already is not measured again."""
    if spokes not in _done:
        wishes = {spoke_id(number): hub_name(0) for number in range(spokes)}
        async with site(latency, spokes=spokes) as place:
            _done[spokes] = await crowd(place, wishes, latency, tries=min(_TRIES, spokes), longest=60 + 3 * spokes)
    return _done[spokes]


async def measure(spokes: int = SPOKES) -> list[Figure]:
    found = await on_one_hub(spokes)
    pace, unsteady = found.pace, found.pace.unsteady
    floor, first = pace.floor(spokes), pace.floor(min(5, spokes))
    many = f"{spokes} spokes on one hub"
    bare = f"bare writes: {pace.hub:.3f} s to the hub, {pace.spoke:.3f} s to a spoke"
    return [
        Figure(
            what=f"{many}: the last one recorded, over {spokes} hub writes and one spoke write",
            value=found.last / floor,
            unit="times",
            goal=1.05,
            note=f"{found.last:.1f} s of {floor:.1f} s; {bare}",
            disturbance=unsteady,
        ),
        Figure(
            what="the first one recorded, over 5 hub writes and one spoke write",
            value=found.first / first,
            unit="times",
            goal=1,
            note=f"{found.first:.1f} s of {first:.1f} s",
            disturbance=unsteady,
        ),
        Figure(
            what="the median, of the last",
            value=100 * found.middle / found.last,
            unit="%",
            goal=60,
            note=f"{found.middle:.1f} s; the longest gap between two {found.longest_gap:.1f} s",
            timed=True,
            disturbance=unsteady,
        ),
        Figure(what="ARM writes per pair", value=len(found.writes) / spokes, goal=2, goal_is=Goal.EXACTLY),
        Figure(
            what="ARM requests per pair, polls included",
            value=found.requests_per_pair,
            goal=7,
            note=_methods(found),
        ),
        Figure(
            what="records that say more than ARM",
            value=found.untrue,
            goal=0,
            goal_is=Goal.EXACTLY,
            note="finished before the spoke's half could be, or not connected in ARM",
        ),
    ]


def _methods(found: Crowd) -> str:
    pairs = len(found.finished)
    polls = sum("/operations/" in entry["path"].lower() for entry in found.requests)
    reads = len(found.requests) - len(found.writes) - polls
    return f"{polls / pairs:.1f} polls, {reads / pairs:.1f} other reads"
