"""The same steps and the same model on the real stack: processes over Azurite, in real time."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from localazure.client.ready import Ready
from localazure.client.stage import stage
from tests.histories import town
from tests.histories.azure import API_VERSION, TENANT, Answer
from tests.histories.model.estate import SWITCHES, Estate
from tests.histories.model.rules import Rules
from tests.histories.model.story import Story
from tests.histories.model.verdicts import End, Row, faults
from tests.histories.steps import DEEDS, Step

type Json = dict[str, Any]

# What takes no day to be noticed again: who is refused is looked at again after one.
KINDS = (
    *("create", "tag", "untag", "retag", "mistag", "wipe tags", "delete", "recreate"),
    *("grow", "shrink", "delete half", "peer with neighbour"),
)
_LONGEST = 90.0
_LOOK = 0.25
_WAITS = frozenset({"awaiting", "gone for minutes"})


class Hands:
    """Somebody who owns everything asks ARM, and waits until it is done (the mode is `none`: at once)."""

    def __init__(self, ready: Ready) -> None:
        trusted = ssl.create_default_context(cafile=ready.ca)
        self._http = httpx.Client(base_url=ready.arm, verify=trusted, timeout=30, trust_env=False)
        form = {
            "grant_type": "client_credentials",
            "client_id": ready.clientId,
            "client_secret": "any",
            "scope": f"{ready.arm}/.default",
        }
        answer = self._http.post(f"{ready.authority}/{ready.tenant}/oauth2/v2.0/token", data=form).raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def hand(self, method: str, path: str, body: Json | None = None, *, version: str = API_VERSION) -> Answer:
        answer = self._http.request(method, path, params={"api-version": version}, json=body)
        return Answer(answer.status_code, answer.headers, answer.content)

    def network(self, identifier: str) -> Json | None:
        answer = self.hand("GET", identifier)
        return answer.body if answer.status == 200 else None

    def close(self) -> None:
        self._http.close()


class RealWorld:
    """What the deeds of people need of a world, and what the model looks at in the end."""

    def __init__(self, ready: Ready, document: Json) -> None:
        self.azure = Hands(ready)
        self.dropped: dict[str, str] = {}
        self._rules = Rules.read(document)
        self._app = httpx.AsyncClient(
            base_url=ready.app, headers={"x-functions-key": ready.appKey}, timeout=30, trust_env=False
        )

    def take(self, step: Step) -> bool:
        world: Any = self  # the deeds of people ask for these two things and no more
        return any(DEEDS[step.kind](world, step.who + further, step.how) for further in range(len(town.SPOKES)))

    async def sweep(self) -> None:
        (await self._app.post("/api/sweep")).raise_for_status()

    async def faults(self) -> list[str]:
        """What is wrong just now."""
        estate = self._estate()
        story = Story(self._rules, estate)
        story.foreign = {half.key for half in estate.halves if not half.bears_our_mark}
        story.wiped = set(estate.networks)
        return faults(End(story, await self._rows(), _WAITS))

    def _estate(self) -> Estate:
        names = (*town.SPOKES, *(f"hub-{hub}" for hub in town.HUBS), town.NEIGHBOUR)
        documents = (self.azure.network(town.network_id(name)) for name in names)
        return Estate.read({str(each["id"]): each for each in documents if each})

    async def _rows(self) -> list[Row]:
        answer = (await self._app.get("/api/peerings")).raise_for_status().json()
        assert answer["next"] is None
        return [_row(body) for body in answer["value"]]

    async def close(self) -> None:
        self.azure.close()
        await self._app.aclose()


def _row(body: Json) -> Row:
    pair = [body["hubPeering"] or {}, body["spokePeering"] or {}]
    first, second = ({name: half[name] for name in SWITCHES} if half else None for half in pair)
    return Row(
        hub=body["hub"],
        spoke=body["spoke"].lower(),
        state=body["state"],
        codes=frozenset(finding["code"] for finding in body["findings"]),
        halves=(pair[0].get("id", "").lower(), pair[1].get("id", "").lower()),
        switches=(first, second),
        looked=None,
    )


def _write_scenario(folder: Path, document: Json) -> None:
    lines = [f"tag = {json.dumps(document['tag'])}"]
    for name, table in document["hubs"].items():
        lines += ["", f"[hubs.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    (folder / "hubs.toml").write_text("\n".join(lines) + "\n", "utf-8")
    networks = {"tenant": TENANT, "subscription": town.SPOKES_IN, "resources": list(town.foundation())}
    (folder / "networks.json").write_text(json.dumps(networks), "utf-8")


@asynccontextmanager
async def real_world(folder: Path) -> AsyncIterator[RealWorld]:
    """A local Azure of its own, with the estate that histories begin with. No tag has grace."""
    document = town.catalogue()
    for table in document["hubs"].values():
        table["grace_minutes"] = 0
    _write_scenario(folder, document)
    async with stage("--scenario", str(folder), "--latency", "none") as ready:
        world = RealWorld(ready, document)
        try:
            yield world
        finally:
            await world.close()


async def play_for_real(history: Sequence[Step], folder: Path) -> list[str]:
    """What is wrong once it has come to rest, or when there was no time left for that; nothing sleeps and hopes."""
    async with real_world(folder) as world:
        for step in history:
            await asyncio.to_thread(world.take, step)
        end, found = time.monotonic() + _LONGEST, ["not looked at yet"]
        for _ in range(2):
            await world.sweep()
            while (found := await world.faults()) and time.monotonic() < end:
                await asyncio.sleep(_LOOK)
        return found
