"""Plays the story: creates the networks through ARM, and watches the app's records until each has its answer."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from localazure.client.arm import ArmClient
from localazure.client.ready import Ready
from localazure.demo.scenes import Cast, Scene, scenes
from localazure.demo.story import Spoke
from localazure.demo.witness import Witness

_LONGEST = 45.0  # seconds for the whole play
_LOOK = 0.1
_OPEN = {"Pending", "Leaving"}


@dataclass(slots=True)
class Part:
    """A spoke on stage: when it was tagged, its record, and when it had its answer (monotonic seconds)."""

    spoke: Spoke
    tagged: float | None = None
    answered: float | None = None
    record: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return str(self.record.get("state") or ("tagged" if self.tagged else "not created yet"))

    def seconds(self, now: float) -> float | None:
        return None if self.tagged is None else (self.answered or now) - self.tagged


class Play:
    """The whole run. `parts` is what a display shows."""

    def __init__(self, ready: Ready, arm: ArmClient, spokes: Sequence[Spoke]) -> None:
        self._arm = arm
        self._local = httpx.AsyncClient(base_url=ready.local, trust_env=False)
        self._app = httpx.AsyncClient(base_url=ready.app, headers={"x-functions-key": ready.appKey}, timeout=30)
        self.parts = [Part(spoke) for spoke in spokes]

    async def warm_up(self) -> None:
        """The first call loads the Azure SDKs, which takes seconds: a cold start, as in Azure. It is not the story."""
        (await self._app.get("/api/peerings")).raise_for_status()

    async def run(self) -> None:
        """Create everything, and return when each spoke has its answer."""
        async with asyncio.timeout(_LONGEST), asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            for part in self.parts:
                if part.spoke.busy:
                    await self._until_hub_is_written()
                spoke = part.spoke
                await self._arm.put_vnet(spoke.id, "westeurope", list(spoke.prefixes), {"hub": spoke.hub})
                part.tagged = time.monotonic()

    async def _watch(self) -> None:
        while open_ := [part for part in self.parts if part.answered is None]:
            for part in open_:
                await self._look(part)
            await asyncio.sleep(_LOOK)

    async def _look(self, part: Part) -> None:
        answer = await self._app.get("/api/peerings", params={"spoke": part.spoke.id})
        for record in answer.raise_for_status().json()["value"]:
            part.record = record
            if record["state"] not in _OPEN:
                part.answered = time.monotonic()

    async def _until_hub_is_written(self) -> None:
        """Wait for the first write of a half to the hub: from then on the hub is leased and busy."""
        while True:
            log = (await self._local.get("/control/requests")).raise_for_status().json()["requests"]
            if any(entry["method"] == "PUT" and "/virtualnetworkpeerings/" in entry["path"].lower() for entry in log):
                return
            await asyncio.sleep(_LOOK / 2)

    async def close(self) -> None:
        await self._local.aclose()
        await self._app.aclose()


@dataclass(slots=True)
class Turn:
    """A scene on stage: when it began and ended (monotonic seconds), and what came of it."""

    scene: Scene
    began: float | None = None
    ended: float | None = None
    result: str = ""

    def seconds(self, now: float) -> float | None:
        return None if self.began is None else (self.ended or now) - self.began


class SecondAct:
    """One scene after another. `turns` is what a display shows."""

    def __init__(self, ready: Ready, arm: ArmClient, cast: Cast) -> None:
        self._witness = Witness(ready, arm)
        self._cast = cast
        self.turns = [Turn(scene) for scene in scenes(cast)]

    async def run(self) -> None:
        """Play every scene; raises PlayError where one does not end as it should."""
        try:
            for turn in self.turns:
                turn.began = time.monotonic()
                turn.result = await turn.scene.play(self._witness, self._cast)
                turn.ended = time.monotonic()
        finally:
            await self._witness.close()
