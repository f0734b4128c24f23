"""One spoke after another without ARM's latency: what the app itself adds; and what it asks when nothing is to do."""

from collections.abc import Sequence

from bench.crowd import seconds
from bench.figure import Figure, Goal, median, percentile
from bench.ground import hub_name, spoke_id
from bench.lone import Pace
from bench.site import Json, Site, halves_written, site
from localazure.emulator.latency import Mode

_WARM, SPOKES = 5, 40
_LONGEST = 30.0


async def measure(spokes: int = SPOKES) -> list[Figure]:
    pace = Pace()
    async with site(Mode.NONE, spokes=_WARM + spokes) as place:
        for number in range(_WARM):
            await _connect(place, spoke_id(number))
        await place.lone.pairs(spokes // 2, pace)
        took = [await _connect(place, spoke_id(number)) for number in range(_WARM, _WARM + spokes)]
        await place.lone.pairs(spokes // 2, pace)
        await place.quiet()
        idle = await _nothing_to_do(place, spoke_id(0))
    return [*_times(took, pace), *_idle(idle)]


async def _connect(place: Site, spoke: str) -> float:
    """Milliseconds from the answer to the tag write to the end of the record."""
    wishes, since = {spoke: hub_name(0)}, await place.mark()
    began = await place.tag(wishes)
    [row] = await place.until_connected(wishes, since, _LONGEST)
    return (seconds(row["finished"]) - began) * 1000


async def _nothing_to_do(place: Site, spoke: str) -> list[Json]:
    """The app's requests when a connected spoke is tagged with what it has."""
    since = await place.mark()
    await place.tag({spoke: hub_name(0)})
    await place.quiet(3.0)
    return await place.requests(since)


def _times(took: Sequence[float], pace: Pace) -> list[Figure]:
    p50, p95 = median(took), percentile(took, 0.95)
    bare = 1000 * (pace.hub + pace.spoke)
    note = f"{len(took)} spokes one after another, ARM without latency, from the tag's write to the record's end"
    times = {"p50": (p50, 100), "p95": (p95, 250)}
    return [
        *(
            Figure(
                what=f"one spoke, tag written to recorded, {name}",
                value=value,
                unit="ms",
                goal=goal,
                note=note,
                disturbance=pace.unsteady,
            )
            for name, (value, goal) in times.items()
        ),
        Figure(
            what="the same over two bare ARM writes, p50",
            value=p50 / bare,
            unit="times",
            note=f"those take {bare:.0f} ms",
        ),
    ]


def _idle(requests: Sequence[Json]) -> list[Figure]:
    writes = sum(entry["method"] != "GET" for entry in requests)
    note = "the tag of a connected spoke is written again"
    return [
        Figure(what="nothing to do, ARM writes", value=writes, goal=0, goal_is=Goal.EXACTLY, note=note),
        Figure(
            what="nothing to do, ARM reads",
            value=len(requests) - writes,
            goal=1,
            note=f"{len(halves_written(requests))} of halves",
        ),
    ]
