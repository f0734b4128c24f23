"""A whole local Azure as a test sees it: through ARM, the app's HTTP API, the tables and the control endpoint."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from azure.data.tables.aio import TableServiceClient

from localazure.client.arm import ArmClient
from localazure.client.ready import Ready

SPOKES = "22222222-2222-4222-8222-222222222222"
HUBS = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-hubs/providers/Microsoft.Network"
WEU = f"{HUBS}/virtualNetworks/hub-weu"
NEU = f"{HUBS}/virtualNetworks/hub-neu"
_LONGEST = 60.0
_LOOK = 0.05


def vnet_id(name: str, subscription: str = SPOKES) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/rg-{name}/providers/Microsoft.Network/virtualNetworks/{name}"


class Town:
    """Waits look at the world again and again up to a limit; nothing sleeps and hopes."""

    def __init__(self, ready: Ready, arm: ArmClient, app: httpx.AsyncClient, control: httpx.AsyncClient) -> None:
        self.ready = ready
        self.arm = arm
        self.app = app
        self.control = control

    async def record(self, spoke: str, *states: str, longest: float = _LONGEST) -> dict[str, Any]:
        """The spoke's record once it is in one of the states."""
        return await self.record_at(None, spoke, *states, longest=longest)

    async def record_at(self, hub: str | None, spoke: str, *states: str, longest: float = _LONGEST) -> dict[str, Any]:
        """The same, of its record at that hub; of the first there is where none is named."""
        end = time.monotonic() + longest
        seen: list[dict[str, Any]] = []
        while time.monotonic() < end:
            try:
                answer = await self.app.get("/api/peerings", params={"spoke": spoke})
                seen = answer.raise_for_status().json()["value"]
            except httpx.TransportError:  # the host is being started again
                seen = []
            there = [row for row in seen if hub in (None, row["hub"])]
            if there and there[0]["state"] in states:
                return there[0]
            await asyncio.sleep(_LOOK)
        raise AssertionError(f"{spoke} is not {' or '.join(states)} after {longest} s: {seen}")

    async def half(self, vnet: str, remote: str) -> dict[str, Any]:
        """The properties of the half on `vnet` that references `remote`, as ARM reports them."""
        document = await self.arm.get(vnet)
        for half in document["properties"]["virtualNetworkPeerings"]:
            if half["properties"]["remoteVirtualNetwork"]["id"].lower() == remote.lower():
                properties: dict[str, Any] = half["properties"]
                return properties
        raise AssertionError(f"{vnet} has no half to {remote}: {document['properties']['virtualNetworkPeerings']}")

    async def rows(self, table: str, partition: str) -> list[dict[str, Any]]:
        async with TableServiceClient.from_connection_string(self.ready.storage) as service:
            query = service.get_table_client(table).query_entities(
                "PartitionKey eq @partition", parameters={"partition": partition}
            )
            return [dict(entity) async for entity in query]

    async def writes(self, spoke: str, since: int = 0) -> list[str]:
        """PUTs and DELETEs of peerings that carry the spoke's name, in order."""
        name = spoke.rpartition("/")[2].lower()
        log = (await self.get(f"/control/requests?since={since}"))["requests"]
        paths = [entry["path"].lower() for entry in log if entry["method"] in ("PUT", "DELETE")]
        return [path for path in paths if "/virtualnetworkpeerings/" in path and f"{name}" in path]

    async def outcomes(self, spoke: str) -> list[str]:
        """The types of the outcome events about the spoke."""
        events = (await self.get("/control/topics/outcomes/events"))["events"]
        return [event["type"] for event in events if event["subject"] == spoke]

    async def until_no_message_waits(self) -> None:
        """Every function that was asked to run has run: the request log stands still and no delivery is open."""
        last = -1
        while (now := (await self.get("/control/requests"))["next"]) != last:
            last = now
            await asyncio.sleep(1)

    async def get(self, path: str) -> dict[str, Any]:
        document: dict[str, Any] = (await self.control.get(path)).raise_for_status().json()
        return document

    async def put(self, path: str, body: object) -> None:
        (await self.control.put(path, json=body)).raise_for_status()


@asynccontextmanager
async def visit(ready: Ready) -> AsyncIterator[Town]:
    """A town with its clients open."""
    key = {"x-functions-key": ready.appKey}
    async with (
        ArmClient(ready) as arm,
        httpx.AsyncClient(base_url=ready.app, headers=key, timeout=30, trust_env=False) as app,
        httpx.AsyncClient(base_url=ready.local, timeout=30, trust_env=False) as control,
    ):
        yield Town(ready, arm, app, control)
