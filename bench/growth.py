"""How time and memory grow with the spokes of one hub, and time with the number of hubs; the curves of the page."""

from collections.abc import Sequence

from bench import curves
from bench.burst import on_one_hub
from bench.crowd import Crowd, crowd
from bench.figure import Figure
from bench.ground import hub_name, spoke_id
from bench.site import site
from localazure.emulator.latency import Mode

SPOKES, HUBS, OF_EACH_HUB = (10, 50, 200, 490), (1, 8, 40), 10
_TRIES = 5


async def measure(
    spokes: Sequence[int] = SPOKES, on_hubs: Sequence[int] = HUBS, of_each: int = OF_EACH_HUB
) -> curves.Drawn:
    bursts = {number: await on_one_hub(number) for number in spokes}
    crowds = {number: await _on_hubs(number, of_each) for number in on_hubs}
    figures = [
        *(_row(f"{number} spokes on one hub", found, found.pace.floor(number)) for number, found in bursts.items()),
        *(
            _row(f"{of_each} spokes on each of {hubs} hubs", found, found.pace.floor(of_each))
            for hubs, found in crowds.items()
        ),
    ]
    return curves.Drawn(figures, curves.drawn(_curves(bursts, crowds, of_each)))


async def _on_hubs(hubs: int, of_each: int) -> Crowd:
    wishes = {spoke_id(number): hub_name(number % hubs) for number in range(hubs * of_each)}
    async with site(Mode.FAST, hubs=hubs, spokes=len(wishes)) as place:
        return await crowd(place, wishes, Mode.FAST, tries=min(_TRIES, of_each), longest=300)


def _row(what: str, found: Crowd, floor: float) -> Figure:
    times = f"first {found.first:.1f} s, median {found.middle:.1f} s, last {found.last:.1f} s of {floor:.1f} s"
    note = f"{times}; {found.memory:.0f} MB; {found.requests_per_pair:.1f} requests per pair"
    return Figure(what=f"{what}, over ARM's limit", value=found.last / floor, unit="times", note=note)


def _curves(bursts: dict[int, Crowd], crowds: dict[int, Crowd], of_each: int) -> list[curves.Panel]:
    on_one, on_several = sorted(bursts.items()), sorted(crowds.items())
    return [
        curves.Panel(
            title="One hub: seconds until recorded",
            across="spokes",
            lines=_times(on_one) | {"ARM's limit": [(number, found.pace.floor(number)) for number, found in on_one]},
        ),
        curves.Panel(
            title=f"{of_each} spokes a hub: seconds until recorded",
            across="hubs",
            lines=_times(on_several)
            | {"ARM's limit": [(hubs, found.pace.floor(of_each)) for hubs, found in on_several]},
        ),
        curves.Panel(
            title="MB held by the app afterwards",
            across="spokes",
            lines={
                "on one hub": [(number, found.memory) for number, found in on_one],
                "on several hubs": [(len(found.finished), found.memory) for _, found in on_several],
            },
        ),
        curves.Panel(
            title="ARM requests per pair, two of them writes",
            across="spokes",
            lines={
                "on one hub": [(number, found.requests_per_pair) for number, found in on_one],
                "on several hubs": [(len(found.finished), found.requests_per_pair) for _, found in on_several],
            },
        ),
    ]


def _times(found: Sequence[tuple[int, Crowd]]) -> dict[str, list[tuple[float, float]]]:
    return {
        "last": [(number, each.last) for number, each in found],
        "median": [(number, each.middle) for number, each in found],
        "first": [(number, each.first) for number, each in found],
    }
