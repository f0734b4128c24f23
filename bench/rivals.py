"""What people use instead, side by side with us on one local Azure, each on a hub of its own.

Who works strictly one after another is measured on a few spokes and counted as that much for each of all of them; ours
and the pool are measured whole. In `real` a write takes ten seconds, so the rivals work there while ours does: nobody
needs the machine, and each has his own hub and his own share of ARM's limits.
"""

import asyncio
from dataclasses import dataclass

from bench import rival_clients
from bench.crowd import Crowd, crowd, tagged
from bench.figure import Figure, Goal
from bench.ground import hub_name, spoke_id
from bench.lone import Pace
from bench.rival_clients import Made
from bench.site import Site, site
from localazure.emulator.latency import Mode

SPOKES, HUBS, OF_EACH_HUB = 50, 8, 25
_FEW, _FEWER = 10, 4
_TRIES = 5


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How many spokes are measured.

    `spokes` by ours and the SDK in `fast`, `few` by az and Ansible there; `fewer` by the rivals in `real`.
    """

    spokes: int = SPOKES
    few: int = _FEW
    fewer: int = _FEWER
    hubs: int = HUBS
    of_each: int = OF_EACH_HUB


async def measure(sizes: Sizes | None = None) -> list[Figure]:
    """Raises InstallationFailed, RivalFailed."""
    sizes = sizes or Sizes()
    await asyncio.to_thread(rival_clients.install)
    return [*await _fast(sizes), *await _real(sizes)]


async def _fast(sizes: Sizes) -> list[Figure]:
    counts = {"sdk": sizes.spokes, "pool": sizes.spokes, "az": sizes.few, "ansible": sizes.few}
    async with site(Mode.FAST, spokes=sizes.spokes, rivals=counts) as place:
        wishes = {spoke_id(number): hub_name(0) for number in range(sizes.spokes)}
        ours = await crowd(place, wishes, Mode.FAST, tries=_TRIES, longest=60 + 3 * sizes.spokes)
        await place.quiet()
        sdk = await rival_clients.sdk_loop(place, "sdk", sizes.spokes)
        pool = await rival_clients.sdk_pool(place, "pool", sizes.spokes)
        az = await rival_clients.az_loop(place, "az", sizes.few)
        ansible = await rival_clients.play(place, "ansible", sizes.few)
    many = f"{sizes.spokes} spokes on one hub, `fast`"
    pooled = f"{pool.seconds:.1f} s; pairs not made: {pool.failed or 'none'}"
    return [
        Figure(what=f"{many}: ours", value=ours.last, unit="s", note=f"first recorded after {ours.first:.1f} s"),
        _over(f"{many}: SDK script, one after another", sdk, sizes.spokes, ours, 1.9),
        Figure(what=f"{many}: SDK script, pool of 8", value=pool.seconds / ours.last, unit="times", note=pooled),
        _over(f"{many}: az in a loop", az, sizes.spokes, ours, 4),
        _over(f"{many}: Ansible", ansible, sizes.spokes, ours, None),
    ]


async def _real(sizes: Sizes) -> list[Figure]:
    one = {spoke_id(number): hub_name(0) for number in range(sizes.spokes)}
    several = {
        spoke_id(sizes.spokes + number): hub_name(1 + number % sizes.hubs)
        for number in range(sizes.hubs * sizes.of_each)
    }
    counts = {"sdk": sizes.fewer, "az": sizes.fewer}
    async with site(Mode.REAL, hubs=1 + sizes.hubs, spokes=len(one) + len(several), rivals=counts) as place:
        await place.warm_up()
        ours, ours_several, sdk, az = await asyncio.gather(
            _ours(place, one),
            _ours(place, several),
            rival_clients.sdk_loop(place, "sdk", sizes.fewer),
            rival_clients.az_loop(place, "az", sizes.fewer),
        )
    alone = f"{sizes.spokes} spokes on one hub, `real`"
    together = f"{sizes.hubs} hubs with {sizes.of_each} spokes each, `real`"
    return [
        Figure(what=f"{alone}: ours", value=ours.last, unit="s", note=f"first recorded after {ours.first:.0f} s"),
        _over(f"{alone}: SDK script, one after another", sdk, sizes.spokes, ours, 1.9),
        _over(f"{alone}: az in a loop", az, sizes.spokes, ours, 1.9),
        Figure(what=f"{together}: ours", value=ours_several.last, unit="s", note="at the same time as the other hub"),
        _over(f"{together}: SDK script, one after another", sdk, len(several), ours_several, 14, sizes.of_each),
    ]


async def _ours(place: Site, wishes: dict[str, str]) -> Crowd:
    return await tagged(place, wishes, Mode.REAL, Pace(), longest=120 + 30 * len(wishes))


def _over(what: str, made: Made, spokes: int, ours: Crowd, goal: float | None, of_each: int | None = None) -> Figure:
    """A rival that does one after another, over ours. `of_each` is how many of the spokes share a hub; None for all."""
    measured = "" if made.pairs == spokes else f", measured on {made.pairs}"
    failed = f"; pairs not made: {made.failed}" if made.failed else ""
    limit = 2 * spokes / ((of_each or spokes) + 1)
    total = made.of(spokes)
    note = f"{total:.0f} s, {made.each:.2f} s a pair{measured}{failed}; the writes alone allow {limit:.3g} times"
    return Figure(
        what=f"{what}, over ours", value=total / ours.last, unit="times", goal=goal, goal_is=Goal.AT_LEAST, note=note
    )
