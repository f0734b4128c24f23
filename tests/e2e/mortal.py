"""A local Azure behind gates, whose host is killed at one point after another, and what has to hold afterwards."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueClient

from localazure.client.ready import Ready
from localazure.client.stage import stage
from peering.core.network.resource_ids import VnetId
from tests.e2e.estate import half, hub_id, write_scenario
from tests.e2e.gates import Gates, Point, gates
from tests.e2e.town import Town, visit, vnet_id

ENDS = {"one": "Connected", "two": "Connected", "three": "Connected", "leaver": "Removed", "doomed": "Removed"}
"""Where the five spokes of a hub end. Two are connected before: the tag of one is taken away, the other is deleted."""

LEASE = 15
"""Seconds; the shortest that Blob storage gives."""

_JOINING = [name for name, end in ENDS.items() if end == "Connected"]
_LEAVING = [name for name, end in ENDS.items() if end == "Removed"]
_OPEN = ("Pending", "Leaving")
_LONGEST = 60.0
_LOOK = 0.2

type Row = dict[str, Any]


def network(hub: str, name: str) -> str:
    return vnet_id(f"{hub}-{name}")


@dataclass(frozen=True)
class Mortal:
    """One local Azure whose host can be killed."""

    town: Town
    gates: Gates
    tables: TableServiceClient
    ready_file: Path

    async def prepare(self, hubs: Sequence[str]) -> None:
        """What the story presumes: those that will leave are connected. And events that were lost come again soon."""
        subscription = await self.town.get("/control/subscriptions/on_network_event")
        again = {**subscription, "retry": {"scheduleSeconds": [1.0]}}
        await self.town.put("/control/subscriptions/on_network_event", again)
        leaving = [(hub, name) for hub in hubs for name in _LEAVING]
        await asyncio.gather(*(self._tag(hub, name) for hub, name in leaving))
        for hub, name in leaving:
            await self.town.record(network(hub, name), "Connected")

    async def live(self, hub: str) -> None:
        """Three join, one leaves, one is deleted, and nobody dies."""
        self.gates.watch()
        await self._burst(hub)
        assert await _within(_LONGEST, lambda: self._has_ended(hub)), await self._states(hub)

    async def die(self, hub: str, point: Point) -> list[str] | None:
        """The same, with a death; returns what is wrong afterwards, None when it never came to the point."""
        foreign, pid = await self._foreign(hub), Ready.read(self.ready_file).pids["host"]
        self.gates.watch(point, pid)
        await self._burst(hub)
        await _within(_LONGEST, lambda: self._struck_or_ended(hub))
        if not self.gates.what:
            return None
        died, taken = time.monotonic(), dict(self.gates.taken)
        armed = any(about == hub for about, _ in self.gates.alarms)
        # What is written ends by an alarm alone. Of what was not written yet, and before any alarm, the message is
        # left, which the dead host has taken for ten minutes: these are cut short, to more than the lease.
        lapsed = died + LEASE + 1
        alone = await _within(_LONGEST, lambda: self._can_do_no_more(hub, lapsed, armed=armed))
        if not alone:
            return [f"open, and no alarm came: {await self._states(hub)}"]
        ended = await self._has_ended(hub)
        since = (await self.town.get("/control/requests"))["next"]
        await self._deliver_again(taken)
        if not await _within(_LONGEST, lambda: self._has_ended(hub)):
            return [f"not at its end: {await self._states(hub)}"]
        faults = await self._faults(hub, foreign)
        return [*faults, *(f"written again: {write}" for write in await self._writes(hub, since) if ended)]

    async def _tag(self, hub: str, name: str) -> None:
        await self.town.arm.merge_tags(network(hub, name), {"hub": hub})

    async def _burst(self, hub: str) -> None:
        untag = {"operation": "Delete", "properties": {"tags": {"hub": hub}}}
        tags = f"{network(hub, 'leaver')}/providers/Microsoft.Resources/tags/default"
        await asyncio.gather(
            *(self._tag(hub, name) for name in _JOINING),
            self.town.arm.request("PATCH", tags, "2022-09-01", untag),
            self.town.arm.delete(network(hub, "doomed")),
        )

    async def _struck_or_ended(self, hub: str) -> bool:
        return bool(self.gates.what) or await self._has_ended(hub)

    async def _can_do_no_more(self, hub: str, lapsed: float, *, armed: bool) -> bool:
        """All is at its end; or the dead one's lease has lapsed, and nothing that is written waits for an alarm."""
        if Ready.read(self.ready_file).pids["host"] == self.gates.killed:
            return False
        if await self._has_ended(hub):
            return True
        waits = any(row["state"] in _OPEN for row in (await self._rows(hub)).values())
        return time.monotonic() > lapsed and not (armed and waits)

    async def _has_ended(self, hub: str) -> bool:
        rows = await self._rows(hub)
        return rows.keys() == ENDS.keys() and all(
            row["state"] == ENDS[name] or self._is_in_doubt(hub, row) for name, row in rows.items()
        )

    def _is_in_doubt(self, hub: str, row: Row) -> bool:
        """Whether it waits until it is believed that it is gone, and an alarm will wake it.

        Where the dead one had removed the hub's half, nothing but a 404 says any more that the network is gone, and
        that has to stand for five minutes.
        """
        doubted = row["spoke"].endswith("-doomed") and row.get("doubtedSince") and "SpokeNotFound" in row["findings"]
        if not (doubted and row.get("notBefore")):
            return False
        now, due = datetime.now(UTC), row["notBefore"]
        return any(about == hub and now < when <= due for about, when in self.gates.alarms)

    async def _rows(self, hub: str) -> dict[str, Row]:
        """The hub's rows by the names of their spokes."""
        found = await self._partition("peerings", hub)
        return {row["spoke"].rpartition(f"{hub}-")[2]: row for row in found}

    async def _states(self, hub: str) -> str:
        """For a person who reads what is wrong."""
        columns = ("state", "was", "notBefore", "doubtedSince", "failingSince", "deaths", "findings")
        rows = (await self._rows(hub)).items()
        return "; ".join(f"{name} {[str(row[column]) for column in columns if row.get(column)]}" for name, row in rows)

    async def _partition(self, table: str, key: str) -> list[Row]:
        query = self.tables.get_table_client(table).query_entities("PartitionKey eq @key", parameters={"key": key})
        return [dict(row) async for row in query]

    async def _deliver_again(self, taken: dict[str, str]) -> None:
        """The ten minutes are over for which the dead host had taken these messages: all are worked on again."""
        async with QueueClient.from_connection_string(self.town.ready.storage, "peering-requests") as queue:
            for identity, receipt in taken.items():
                with suppress(ResourceNotFoundError):  # settled in the last moment of its life
                    await queue.update_message(identity, pop_receipt=receipt, visibility_timeout=0)
        await _within(_LONGEST, lambda: self._settled(taken))

    async def _settled(self, taken: dict[str, str]) -> bool:
        return not taken.keys() & self.gates.taken.keys()

    async def _writes(self, hub: str, since: int) -> list[str]:
        """Writes of peerings of the hub's."""
        log = (await self.town.get(f"/control/requests?since={since}"))["requests"]
        writes = (f"{entry['method']} {entry['path']}".lower() for entry in log if entry["method"] in ("PUT", "DELETE"))
        return [write for write in writes if "/virtualnetworkpeerings/" in write and f"{hub}-" in write]

    async def _halves(self, vnet: str) -> list[Row]:
        halves: list[Row] = (await self.town.arm.get(vnet))["properties"]["virtualNetworkPeerings"]
        return halves

    async def _foreign(self, hub: str) -> list[str]:
        """What is not ours at the hub and at its partner, to the last byte; only the etag is the whole network's."""
        halves = [*await self._halves(hub_id(hub)), *await self._halves(network(hub, "partner"))]
        return [json.dumps(each | {"etag": ""}) for each in halves if not each["name"].startswith("autopeer-")]

    async def _faults(self, hub: str, foreign: list[str]) -> list[str]:
        """Whatever is not as it should be at the end."""
        faults = [] if await self._foreign(hub) == foreign else ["a foreign half is not what it was"]
        ours = [each for each in await self._halves(hub_id(hub)) if each["name"].startswith("autopeer-")]
        by_remote = {each["properties"]["remoteVirtualNetwork"]["id"].lower(): each for each in ours}
        if by_remote.keys() != {network(hub, name).lower() for name in _JOINING}:
            faults.append(f"the hub has halves to {sorted(by_remote)}")
        if await self._halves(network(hub, "leaver")):
            faults.append("the leaver has a half")
        rows = await self._rows(hub)
        for name in _JOINING:
            here = await self._halves(network(hub, name))
            faults += _untrue(name, rows[name], by_remote.get(network(hub, name).lower()), here)
        for name, end in ENDS.items():
            # It has ended, so what has another state is in doubt, even if its alarm has come in this moment.
            faults += await self._contradictions(hub, name, in_doubt=rows[name]["state"] != end)
        return faults

    async def _contradictions(self, hub: str, name: str, *, in_doubt: bool) -> Iterable[str]:
        """One record, one story, and its end told wherever its owner looks: at least once, and nothing after it."""
        spoke, key = network(hub, name), VnetId.parse(network(hub, name)).key
        story = ["Connected"] if name in _JOINING else ["Connected", "Removed"]
        stories = [story, story[:1]] if in_doubt else [story]
        lines = sorted(await self._partition("history", key), key=lambda row: str(row["RowKey"]), reverse=True)
        told = [state for state, _ in groupby(str(row["state"]) for row in lines)]
        faults = [] if told in stories else [f"the history of {name} says {told}"]
        pointers = [row["RowKey"] for row in await self._partition("spokes", key)]
        if pointers != [hub]:
            faults.append(f"{name} has records with {pointers}")
        events = [event.rpartition(".")[2] for event, _ in groupby(await self.town.outcomes(spoke))]
        if events not in stories:
            faults.append(f"the events of {name} were {events}")
        if name != "doomed":
            tag = (await self.town.arm.get(spoke))["tags"].get("hub-status", "")
            faults += [] if str(tag).startswith(ENDS[name]) else [f"the tag of {name} says {tag!r}"]
        return faults


def _untrue(name: str, row: Row, there: Row | None, here: list[Row]) -> Iterable[str]:
    """What a record of a pair says that is not so."""
    if there is None or len(here) != 1:
        yield f"{name} has {len(here)} halves"
        return
    for half_ in (there, here[0]):
        properties = half_["properties"]
        if (properties["peeringState"], properties["peeringSyncLevel"]) != ("Connected", "FullyInSync"):
            yield f"{half_['id']} is {properties['peeringState']}"
    if not (there["properties"]["allowGatewayTransit"] and here[0]["properties"]["useRemoteGateways"]):
        yield f"{name} does not use the hub's gateway"
    said = [row["hubPeering"].lower(), row["spokePeering"].lower(), row["gateway"] != "none", row["findings"]]
    if said != [there["id"].lower(), here[0]["id"].lower(), True, "[]"]:
        yield f"the record of {name} says {said}"


async def _within(seconds: float, look: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it happens in time. It is looked at again and again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if await look():
            return True
        await asyncio.sleep(_LOOK)
    return False


@asynccontextmanager
async def mortal(folder: Path, hubs: Sequence[str]) -> AsyncIterator[Mortal]:
    """Hubs with a gateway and foreign halves, one of which its other side never answered; five spokes for each."""
    spokes = {
        network(hub, name): f"10.{64 + number}.{place}.0/24"
        for number, hub in enumerate(hubs)
        for place, name in enumerate(ENDS)
    }
    others = {
        network(hub, name): f"172.{place}.{number}.0/24"
        for number, hub in enumerate(hubs)
        for place, name in ((16, "partner"), (17, "silent"))
    }
    by_hand = [
        each
        for hub in hubs
        for each in (
            half(hub_id(hub), network(hub, "partner"), "to-partner", allowForwardedTraffic=True),
            half(network(hub, "partner"), hub_id(hub), "back"),
            half(hub_id(hub), network(hub, "silent"), "to-silent"),
        )
    ]
    spaces = {hub: f"10.0.{number}.0/24" for number, hub in enumerate(hubs)}
    scenario = write_scenario(folder / "scenario", spaces, spokes | others, by_hand, gateways=True)
    file = folder / "ready.json"
    setting = f"--setting=AUTOPEER_LEASE_SECONDS={LEASE}"
    async with gates(folder) as (found, options):
        options += [setting, "--scenario", str(scenario), "--latency", "none"]
        async with (
            stage(*options, ready_file=file) as ready,
            visit(ready) as town,
            TableServiceClient.from_connection_string(ready.storage) as tables,
        ):
            yield Mortal(town, found, tables, file)
