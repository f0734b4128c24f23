"""Networks tagged at once, and what became of them: when each was recorded, held against what ARM's log says."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from bench.figure import median
from bench.ground import hub_id
from bench.lone import Pace
from bench.site import Json, Site, halves_written
from localazure.emulator.latency import Latency, Mode, Work

_CLOCKS = 0.05
_REFUSED = {400, 409, 429}


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """`finished` are seconds from the first tag written to each record's end, in order; `requests` the app's of ARM."""

    finished: Sequence[float]
    requests: Sequence[Json]
    pace: Pace
    untrue: int
    memory: float

    @property
    def first(self) -> float:
        return self.finished[0]

    @property
    def middle(self) -> float:
        return median(self.finished)

    @property
    def last(self) -> float:
        return self.finished[-1]

    @property
    def writes(self) -> list[Json]:
        return halves_written(self.requests)

    @property
    def requests_per_pair(self) -> float:
        return len(self.requests) / len(self.finished)

    @property
    def refused(self) -> int:
        """Writes that ARM turned down as too many or too early."""
        return sum(entry["status"] in _REFUSED for entry in self.writes)

    def written_again(self, but: str) -> int:
        """Writes of a half that ARM had already said yes to. `but`: a pattern of halves that are left out."""
        again, done = 0, set()
        for entry in self.writes:
            half = entry["path"].lower()
            again += half in done and not re.search(but, half)
            if entry["status"] in {200, 201, 202}:
                done.add(half)
        return again

    @property
    def longest_gap(self) -> float:
        """Seconds, the longest between two records that were finished one after the other."""
        return max((later - earlier for earlier, later in pairwise(self.finished)), default=0.0)


async def crowd(site: Site, wishes: Mapping[str, str], latency: Mode, *, tries: int, longest: float) -> Crowd:
    """Tag the networks, and wait. `tries` are the bare script's pairs before, and again after.

    Raises:
        RuntimeError: not all of them are connected after `longest` seconds.
    """
    pace = Pace()
    await site.warm_up()
    await site.lone.pairs(tries, pace)
    await site.quiet(1.0)
    found = await tagged(site, wishes, latency, pace, longest)
    await site.lone.pairs(tries, pace)
    return found


async def tagged(
    site: Site,
    wishes: Mapping[str, str],
    latency: Mode,
    pace: Pace,
    longest: float,
    all_tagged: asyncio.Event | None = None,
) -> Crowd:
    """As `crowd`, with a pace that is measured elsewhere. `all_tagged` is set once every tag is written."""
    since = await site.mark()
    began = await site.tag(wishes)
    if all_tagged:
        all_tagged.set()
    rows = await site.until_connected(wishes, since, longest)
    requests = await site.requests(since)
    await site.put("/control/faults", [])  # what we look with is not to fail
    return Crowd(
        finished=sorted(seconds(row["finished"]) - began for row in rows),
        requests=requests,
        pace=pace,
        untrue=await _untrue(site, wishes, rows, requests, Latency(mode=latency).seconds(Work.PEERING)),
        memory=site.memory(),
    )


async def _untrue(
    site: Site, wishes: Mapping[str, str], rows: Sequence[Json], requests: Sequence[Json], write_takes: float
) -> int:
    """Records that say Connected before the spoke's own half could be, or where ARM does not say so at the end."""
    written = {_network(entry["path"]): seconds(entry["time"]) for entry in halves_written(requests)}
    standing = set()
    for hub in sorted(set(wishes.values())):
        halves = (await site.arm.get(hub_id(hub)))["properties"]["virtualNetworkPeerings"]
        connected = (each["properties"] for each in halves if each["properties"]["peeringState"] == "Connected")
        standing |= {each["remoteVirtualNetwork"]["id"].lower() for each in connected}
    return sum(
        row["spoke"].lower() not in standing
        or seconds(row["finished"]) < written[row["spoke"].lower()] + write_takes - _CLOCKS
        for row in rows
    )


def _network(half: str) -> str:
    return half.lower().partition("/virtualnetworkpeerings/")[0]


def seconds(text: str) -> float:
    """Seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()
