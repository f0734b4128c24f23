"""Where ARM lets a hub take part in one write at a time, its own or a spoke's: 2 N writes in a row are the floor.

Which of the two worlds Azure is nobody knows for certain (docs/facts/arm-peering.md); the app has to be good in both.
"""

from bench.crowd import crowd
from bench.figure import Figure, Goal
from bench.ground import hub_name, spoke_id
from bench.site import site
from localazure.emulator.latency import HalfHolds, Mode

SPOKES = 50
_TRIES = 5


async def measure(spokes: int = SPOKES) -> list[Figure]:
    wishes = {spoke_id(number): hub_name(0) for number in range(spokes)}
    async with site(Mode.FAST, spokes=spokes) as place:
        await place.put("/control/latency", {"halfHolds": HalfHolds.BOTH})
        found = await crowd(place, wishes, Mode.FAST, tries=min(_TRIES, spokes), longest=60 + 6 * spokes)
        told = await place.announced()
    floor = spokes * (found.pace.hub + found.pace.spoke)
    failed = sum(each != "Autopeer.Spoke.Connected" for each in told)
    refused = [str(entry["status"]) for entry in found.writes if entry["status"] >= 400]
    return [
        Figure(
            what=f"{spokes} spokes, a hub that takes part in one write at a time, over {2 * spokes} writes in a row",
            value=found.last / floor,
            unit="times",
            goal=1.1,
            note=f"{found.last:.1f} s of {floor:.1f} s",
            disturbance=found.pace.unsteady,
        ),
        Figure(
            what="writes that ARM refused",
            value=100 * found.refused / len(found.writes),
            unit="%",
            goal=5,
            note=f"{found.refused} of {len(found.writes)}: {', '.join(sorted(set(refused))) or 'none'}",
        ),
        Figure(what="failures that were told of", value=failed, goal=0, goal_is=Goal.EXACTLY),
        Figure(what="records that say more than ARM", value=found.untrue, goal=0, goal_is=Goal.EXACTLY),
    ]
