"""One spoke after another on a local Azure without latency: what the app itself adds, and what it asks of ARM."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx

from bench.figure import Figure, median, percentile
from localazure.client.arm import NETWORK_API, ArmClient
from localazure.client.ready import Ready
from localazure.client.stage import stage

_SPOKES, _WARM, _BURST, _EVENTS = 40, 5, 30, 60
_SUBSCRIPTION = "44444444-4444-4444-8444-444444444444"
_HUB = "/subscriptions/{}/resourceGroups/rg-hubs/providers/Microsoft.Network/virtualNetworks/hub-weu"


def _spoke(number: int) -> str:
    group = f"/subscriptions/{_SUBSCRIPTION}/resourceGroups/rg-bench"
    return f"{group}/providers/Microsoft.Network/virtualNetworks/bench-{number}"


async def measure() -> list[Figure]:
    async with (
        stage("--latency", "none") as ready,
        ArmClient(ready) as arm,
        _client(ready.app, {"x-functions-key": ready.appKey}) as app,
        _client(ready.local) as control,
    ):
        bench = Bench(ready, arm, app, control)
        for number in range(_WARM):
            await bench.connect(number)
        return await bench.figures(range(_WARM, _WARM + _SPOKES))


def _client(base: str, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=base, headers=headers, timeout=30, trust_env=False)


class Bench:
    """The clients of one local Azure, and what is measured through them."""

    def __init__(self, ready: Ready, arm: ArmClient, app: httpx.AsyncClient, control: httpx.AsyncClient) -> None:
        self._ready = ready
        self._arm = arm
        self._app = app
        self._control = control

    async def figures(self, numbers: Sequence[int]) -> list[Figure]:
        took = [await self.connect(number) for number in numbers]
        idle = await self._nothing_to_do(numbers[0])
        events = await self._event_milliseconds()
        burst = await self._burst(range(500, 500 + _BURST))
        bare = [await self._bare_pair(number) for number in range(1000, 1000 + len(numbers) // 2)]
        how = "as Event Grid sees it, HTTP included"
        function = Figure(
            what="event function, warm, p95", value=percentile(events, 0.95), unit="ms", goal=15, note=how
        )
        return [*_times(took, bare), *_counts(burst, idle), function]

    async def connect(self, number: int) -> float:
        """Milliseconds from the answer to the tag write to the end of the record."""
        spoke = _spoke(number)
        await self._arm.put_vnet(spoke, "westeurope", [f"10.{64 + number // 256}.{number % 256}.0/24"])
        await asyncio.sleep(0.2)  # until the app has looked at the untagged network
        await self._arm.merge_tags(spoke, {"hub": "prod-weu"})
        tagged = time.time()
        finished = datetime.fromisoformat((await self._connected(spoke))["finished"])
        return (finished.timestamp() - tagged) * 1000

    async def _connected(self, spoke: str) -> dict[str, Any]:
        while True:
            answer = (await self._app.get("/api/peerings", params={"spoke": spoke})).raise_for_status()
            found: list[dict[str, Any]] = answer.json()["value"]
            if found and found[0]["state"] == "Connected":
                return found[0]
            await asyncio.sleep(0.25)  # rarely: on two cores, looking costs what is being measured

    async def _bare_pair(self, number: int) -> float:
        """Milliseconds of the two PUTs alone, by plain REST."""
        spoke = _spoke(number)
        await self._arm.put_vnet(spoke, "westeurope", [f"10.{64 + number // 256}.{number % 256}.0/24"])
        began = time.perf_counter()
        hub = _HUB.format(self._ready.subscription)
        for local, remote in ((hub, spoke), (spoke, hub)):
            body = {"properties": {"remoteVirtualNetwork": {"id": remote}, "allowVirtualNetworkAccess": True}}
            await self._arm.request("PUT", f"{local}/virtualNetworkPeerings/bare-{number}", NETWORK_API, body)
        return (time.perf_counter() - began) * 1000

    async def _burst(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """The app's requests while spokes that are born tagged arrive all at once."""
        since = (await self._log())["next"]
        spokes = {_spoke(number): [f"10.{64 + number // 256}.{number % 256}.0/24"] for number in numbers}
        tags = {"hub": "prod-weu"}
        await asyncio.gather(*(self._arm.put_vnet(spoke, "westeurope", space, tags) for spoke, space in spokes.items()))
        for spoke in spokes:
            await self._connected(spoke)
        return await self._requests_of_app(since)

    async def _nothing_to_do(self, number: int) -> list[str]:
        """The methods of the app's requests about a connected spoke when it is tagged with what it has."""
        since = (await self._log())["next"]
        await self._arm.merge_tags(_spoke(number), {"hub": "prod-weu"})
        seen = -1
        while not (made := await self._requests_about(_spoke(number), since)) or len(made) != seen:
            seen = len(made)
            await asyncio.sleep(0.5)  # until it has asked for something and then for nothing more
        return [entry["method"] for entry in made]

    async def _requests_about(self, spoke: str, since: int) -> list[dict[str, Any]]:
        """Others may have a second look of their own coming: that of a new network which bore no tag yet."""
        return [entry for entry in await self._requests_of_app(since) if spoke.lower() in entry["path"].lower()]

    async def _requests_of_app(self, since: int) -> list[dict[str, Any]]:
        """What the app asked of ARM's networks and their operations. The tag with its answer is an option."""
        log = (await self._log(since))["requests"]
        owner = await self._owner()
        mine = [entry for entry in log if entry["caller"] not in (None, "", owner)]
        return [entry for entry in mine if not entry["path"].lower().endswith("/tags/default")]

    async def _owner(self) -> str:
        """The caller of our own requests: whoever wrote the tags."""
        log = (await self._log())["requests"]
        return next(str(entry["caller"]) for entry in log if entry["method"] == "PUT")

    async def _event_milliseconds(self) -> list[float]:
        """Events one at a time: in Azure the worker's load is on other instances than the event function."""
        network, since = _spoke(2000), (await self._control.get("/control/events")).json()["next"]
        await self._arm.put_vnet(network, "westeurope", ["10.126.0.0/24"])
        for number in range(_EVENTS):
            await self._arm.merge_tags(network, {"number": str(number)})
            await asyncio.sleep(
                0.1
            )  # until the worker, on the same two cores here, has looked and found no tag of ours
        events = (await self._control.get(f"/control/events?since={since}")).json()["events"]
        attempts = [attempt for event in events for delivery in event["deliveries"] for attempt in delivery["attempts"]]
        return [attempt["ms"] for attempt in attempts]

    async def _log(self, since: int = 0) -> dict[str, Any]:
        document: dict[str, Any] = (await self._control.get(f"/control/requests?since={since}")).json()
        return document


def _times(took: Sequence[float], bare: Sequence[float]) -> list[Figure]:
    """One spoke after another, in milliseconds, and against a script that does nothing but write."""
    p50, p95 = median(took), percentile(took, 0.95)
    note = f"{len(took)} spokes one after another, from the answer to the tag write to the record's end"
    ratio, script = "the same over two bare ARM writes, p50", "the PUTs of a script"
    return [
        Figure(what="one spoke, tag written to Connected, p50", value=p50, unit="ms", goal=150, note=note),
        Figure(what="one spoke, tag written to Connected, p95", value=p95, unit="ms", goal=400, note=note),
        Figure(what=ratio, value=p50 / median(bare), unit="times", goal=None, note=script),
    ]


def _counts(burst: Sequence[dict[str, Any]], idle: Sequence[str]) -> list[Figure]:
    """ARM requests: in a burst, and when there is nothing to do."""
    writes = sum(entry["method"] in ("PUT", "DELETE") for entry in burst)
    at_once, polls = f"{_BURST} tagged spokes at once", "ARM requests per pair, polls included"
    reads = idle.count("GET")
    return [
        Figure(what="ARM writes per pair", value=writes / _BURST, unit="", goal=2, note=at_once),
        Figure(what=polls, value=len(burst) / _BURST, unit="", goal=7, note="the same burst"),
        Figure(what="ARM reads when nothing is to do", value=reads, unit="", goal=1),
        Figure(what="ARM writes when nothing is to do", value=len(idle) - reads, unit="", goal=0),
    ]
