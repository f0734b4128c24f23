"""What the app's process holds: idle, and after a day's worth of events and a burst."""

from bench.burst import SPOKES
from bench.crowd import tagged
from bench.events import delivered, edit_all
from bench.figure import Figure
from bench.ground import hub_name, quiet_id, spoke_id
from bench.lone import Pace
from bench.site import site
from localazure.emulator.latency import Mode

EVENTS, _NETWORKS = 5000, 40


async def measure(spokes: int = SPOKES, events: int = EVENTS) -> list[Figure]:
    async with site(Mode.NONE, spokes=spokes, quiet=_NETWORKS) as place:
        await place.quiet()
        started = place.memory()
        await place.warm_up()
        idle = place.memory()
        since = await place.event_mark()
        await edit_all(place, [quiet_id(number) for number in range(_NETWORKS)], events)
        await delivered(place, since, events)
        await place.quiet()
        edited = place.memory()
        wishes = {spoke_id(number): hub_name(0) for number in range(spokes)}
        await tagged(place, wishes, Mode.NONE, Pace(), longest=60 + spokes)
        await place.quiet()
        busy, highest = place.memory(), place.highest_memory()
    note = f"resident set of the host with the app in it, once it has connected a spoke; {started:.0f} MB before"
    return [
        Figure(what="memory of the app process, idle", value=idle, unit="MB", goal=150, note=note),
        Figure(
            what=f"after {events} events and a burst of {spokes}",
            value=busy,
            unit="MB",
            goal=200,
            note=f"{edited:.0f} MB after the events; at most {highest:.0f} MB",
        ),
    ]
