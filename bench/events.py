"""The function that takes events: how long it needs, what it asks of ARM, what many events of one network cost."""

import asyncio
import time
from collections.abc import Sequence

from bench.figure import Disturbance, Figure, Goal, percentile
from bench.ground import quiet_id
from bench.site import Json, Site, at_once, site
from localazure.emulator.latency import Mode

SINGLE, MANY = 60, 2000
_WARM, _LOOSE = 10, 2.0
_LONGEST = 120.0
_SOON = 12.0  # seconds of quiet after which no look is to come: one stands for many events, six seconds later at most
_NO_MESSAGES = {
    "match": {"service": "queue", "method": "GET", "path": "/messages"},
    "times": None,
    "answer": {"status": 503, "code": "ServerBusy", "message": "The server is busy."},
}


async def measure(many: int = MANY, single: int = SINGLE) -> list[Figure]:
    async with site(Mode.NONE, quiet=2) as place:
        await _one_after_another(place, quiet_id(0), _WARM)
        await place.quiet()
        since, events = await place.mark(), await place.event_mark()
        await edit_all(place, [quiet_id(1)], many)
        await delivered(place, events, many)
        await place.quiet(_SOON)
        requests = await place.requests(since)
        took, pings, asked = await _function_alone(place, single)  # last: the host is slow to ask for messages again
    about = [entry for entry in requests if quiet_id(1).lower() in entry["path"].lower()]
    if not about:
        raise RuntimeError("Nobody has looked at the network of which there were so many events.")
    return [
        Figure(
            what="event function, warm, p95",
            value=percentile(took, 0.95),
            unit="ms",
            goal=15,
            note=f"{len(took)} events one at a time, as Event Grid sees it, HTTP and the queue's write included; "
            f"{percentile(took, 0.5):.1f} ms p50",
            disturbance=_unsteady(pings),
        ),
        Figure(
            what="ARM calls of the event function",
            value=asked,
            goal=0,
            goal_is=Goal.EXACTLY,
            note="the queue gives no message meanwhile, so nobody else asks",
        ),
        Figure(what=f"{many} events of one network, ARM reads", value=len(about), goal=50),
    ]


def _unsteady(pings: Sequence[float]) -> Disturbance | None:
    """A bare ping of the same host, by turns with the events: what is late there is late for any process."""
    p50, p95 = percentile(pings, 0.5), percentile(pings, 0.95)
    if p95 <= p50 * _LOOSE:
        return None
    return Disturbance(f"load, a bare ping of the host took {p50:.1f} ms p50 and {p95:.1f} ms p95", p95 / p50)


async def _function_alone(place: Site, single: int) -> tuple[list[float], list[float], int]:
    """Milliseconds of each delivery, and of a ping by turns, while no message is handed to the worker; the app's calls.

    In Azure the worker runs on other instances than the event function.
    """
    await place.put("/control/storage/faults", [_NO_MESSAGES])
    since, events = await place.mark(), await place.event_mark()
    pings = await _one_after_another(place, quiet_id(0), single)
    found = await delivered(place, events, single)
    asked = len(await place.requests(since))
    await place.put("/control/storage/faults", [])
    took = [attempt["ms"] for each in found for way in each["deliveries"] for attempt in way["attempts"]]
    return took, pings, asked


async def _one_after_another(place: Site, network: str, times: int) -> list[float]:
    """So many events, each once the one before it has arrived. Returns the milliseconds of a ping after each."""
    pings = []
    for number in range(times):
        events = await place.event_mark()
        await place.arm.merge_tags(network, {"edit": str(number)})
        await delivered(place, events, 1)
        began = time.perf_counter()
        (await place.app.get("/admin/host/ping")).raise_for_status()
        pings.append((time.perf_counter() - began) * 1000)
    return pings


async def edit_all(place: Site, networks: list[str], times: int) -> None:
    """So many edits of tags that nobody asks for, spread over the networks, some at once."""
    count = len(networks)
    await at_once(place.arm.merge_tags(networks[each % count], {"edit": str(each)}) for each in range(times))


async def delivered(place: Site, since: int, count: int) -> list[Json]:
    """The events since a mark, once all of so many have arrived. Raises RuntimeError when they do not."""
    end, arrived = time.monotonic() + _LONGEST, 0
    while time.monotonic() < end:
        found = await place.events(since)
        arrived = sum(all(way["state"] == "Delivered" for way in each["deliveries"]) for each in found)
        if arrived >= count:
            return found
        await asyncio.sleep(0.02 if count == 1 else 0.5)
    raise RuntimeError(f"{arrived} of {count} events were delivered within {_LONGEST:.0f} s.")
