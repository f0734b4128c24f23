"""What a reader of the demo could look up himself: networks as ARM shows them, and the app's records."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from localazure.client.arm import ArmClient
from localazure.client.ready import Ready

_LOOK = 0.1
_LONGEST = 30.0  # seconds that any one thing may take


class PlayError(RuntimeError):
    """The story did not come to its end; the message says what is missing."""


class Witness:
    """Looks at both sides. Every wait ends with the time, with PlayError."""

    def __init__(self, ready: Ready, arm: ArmClient) -> None:
        self.arm = arm
        self.app = httpx.AsyncClient(
            base_url=ready.app, headers={"x-functions-key": ready.appKey}, timeout=30, trust_env=False
        )

    async def close(self) -> None:
        await self.app.aclose()

    async def record(self, spoke: str, hub: str) -> dict[str, Any]:
        """The record of a network at a hub; an empty one where there is none."""
        answer = await self.app.get("/api/peerings", params={"spoke": spoke})
        records = answer.raise_for_status().json()["value"]
        return next((dict(record) for record in records if record["hub"] == hub), {})

    async def held(self, hub: str) -> dict[str, Any]:
        """What the brake holds back at a hub: `digest`, `count` and the records as `value`."""
        answer = (await self.app.get(f"/api/hubs/{hub}/held")).raise_for_status()
        return dict(answer.json())

    async def release(self, hub: str, digest: str) -> None:
        """Let go what was looked at; raises httpx.HTTPStatusError where the list is another one by now."""
        (await self.app.post(f"/api/hubs/{hub}/release", json={"digest": digest})).raise_for_status()

    async def halves(self, network: str) -> dict[str, dict[str, Any]]:
        """The halves of a network, by the name of the network that each leads to."""
        document = await self.arm.get(network)
        found = [half["properties"] for half in document["properties"]["virtualNetworkPeerings"]]
        return {half["remoteVirtualNetwork"]["id"].rpartition("/")[2]: half for half in found}

    async def tag(self, network: str, name: str) -> str:
        """The value of a tag as it stands on the network, empty without one."""
        return str((await self.arm.get(network)).get("tags", {}).get(name, ""))

    async def until(self, what: str, holds: Callable[[], Awaitable[bool]]) -> None:
        """Look again and again until it holds; raises PlayError that says `what` has not come."""
        end = time.monotonic() + _LONGEST
        while not await holds():
            if time.monotonic() > end:
                raise PlayError(f"After {_LONGEST:.0f} s it is still not so that {what}.")
            await asyncio.sleep(_LOOK)

    async def until_record(self, spoke: str, hub: str, *, state: str, finding: str = "") -> dict[str, Any]:
        """The record once it is in the state, with the finding where one is named."""
        seen: dict[str, Any] = {}

        async def holds() -> bool:
            seen.clear()
            seen.update(await self.record(spoke, hub))
            codes = [each["code"] for each in seen.get("findings", ())]
            return seen.get("state") == state and (not finding or finding in codes)

        name = spoke.rpartition("/")[2]
        await self.until(f"{name} is {state} at {hub}{' with ' + finding if finding else ''}", holds)
        return seen
