"""The same burst while a fifth of ARM's answers are failures, of every kind that passes."""

from typing import Any

from bench.crowd import Crowd, crowd, tagged
from bench.figure import Figure, Goal
from bench.ground import hub_name, spoke_id
from bench.site import site
from localazure.emulator.latency import Mode

type Rule = dict[str, Any]

SPOKES, SHARE = 50, 0.2
_TRIES = 5
_HALVES, _READS = "/virtualnetworkpeerings/[^/]+$", "/microsoft.network/(?!.*/tags/)"
# Of some spokes a write's answer gets lost once the work is done, of the others before: only then is it known from the
# log which answers have arrived.
LOST_AFTER, _LOST_BEFORE = "spoke-[0-9]+[5-9][-/]", "spoke-[0-9]+[0-4][-/]"


def _answer(status: int, code: str, **headers: str) -> Rule:
    return {"answer": {"status": status, "code": code, "message": "Try again.", "headers": headers}}


_THROTTLED = _answer(429, "RetryableError", **{"Retry-After": "1"})
_BROKEN = _answer(500, "InternalServerError")
_ON_WRITES = (
    _THROTTLED,
    _answer(409, "AnotherOperationInProgress"),
    _answer(400, "ReferencedResourceNotProvisioned"),
    _BROKEN,
)
_ON_READS = (_THROTTLED, _BROKEN, {"drop": "before"})


def rules(share: float = SHARE) -> list[Rule]:
    """Writes of halves, and reads of networks and operations, fail by chance; each kind equally often."""
    part = share / (len(_ON_WRITES) + 1)
    lost = {LOST_AFTER: "after", _LOST_BEFORE: "before"}
    drops = [_by_chance("PUT", path, len(_ON_WRITES), part, {"drop": when}) for path, when in lost.items()]
    writes = [_by_chance("PUT", _HALVES, place, part, kind) for place, kind in enumerate(_ON_WRITES)]
    part = share / len(_ON_READS)
    return [*writes, *drops, *(_by_chance("GET", _READS, place, part, kind) for place, kind in enumerate(_ON_READS))]


def _by_chance(method: str, path: str, place: int, part: float, kind: Rule) -> Rule:
    """A rule sees what those before it have let pass, so the later ones strike a little more of it."""
    return {"match": {"method": method, "path": path}, "share": part / (1 - place * part), "seed": place, **kind}


async def clean_and_failing(spokes: int) -> tuple[Crowd, Crowd]:
    """Two bursts on one local Azure, on a hub each; the second meets the failures.

    Raises:
        RuntimeError: not all are connected in the end.
    """
    clean = {spoke_id(number): hub_name(0) for number in range(spokes)}
    failing = {spoke_id(number): hub_name(1) for number in range(spokes, 2 * spokes)}
    async with site(Mode.FAST, hubs=2, spokes=2 * spokes) as place:
        calm = await crowd(place, clean, Mode.FAST, tries=min(_TRIES, spokes), longest=60 + 3 * spokes)
        await place.quiet()
        await place.put("/control/faults", rules())
        stormy = await tagged(place, failing, Mode.FAST, calm.pace, longest=120 + 6 * spokes)
    return calm, stormy


async def measure(spokes: int = SPOKES) -> list[Figure]:
    calm, stormy = await clean_and_failing(spokes)
    failed = sum(entry["status"] >= 400 for entry in stormy.requests)
    note = f"{failed} of {len(stormy.requests)} requests were answered with a failure, and others not at all"
    return [
        Figure(
            what=f"{spokes} spokes while {SHARE:.0%} of ARM's calls fail, over the same without",
            value=stormy.last / calm.last,
            unit="times",
            goal=2,
            note=f"{stormy.last:.1f} s and {calm.last:.1f} s; all connected",
            disturbance=calm.pace.unsteady,
        ),
        Figure(what="writes per half", value=len(stormy.writes) / (2 * spokes), goal=1.5, note=note),
        Figure(
            what="halves written again after ARM had said yes",
            value=stormy.written_again(but=LOST_AFTER),
            goal=0,
            goal_is=Goal.EXACTLY,
            note="but for those whose answer got lost once the work was done",
        ),
        Figure(what="records that say more than ARM", value=stormy.untrue, goal=0, goal_is=Goal.EXACTLY),
    ]
