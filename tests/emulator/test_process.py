"""The emulator as a process: its ready line, its end, saved state, scenarios, and words for what is wrong."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.emulator.running import https_client
from tests.emulator.sdk import HUB, SPOKE, half_id, network_id

type Json = dict[str, Any]

HALF = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}
BACK = {"properties": {"remoteVirtualNetwork": {"id": network_id("hub")}}}


async def start(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "localazure.emulator", "--ca", str(folder / "ca.pem"), *arguments)
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def emulator(folder: Path, *arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, Json]]:
    process = await start(folder, *arguments)
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        yield process, json.loads(line)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def token(ready: Json, session: aiohttp.ClientSession) -> str:
    query = "api-version=2019-08-01&resource=https://management.azure.com"
    headers = {"X-IDENTITY-HEADER": ready["identityHeader"]}
    async with session.get(f"{ready['local']}/msi/token?{query}", headers=headers) as response:
        return str((await response.json())["access_token"])


async def read(ready: Json, folder: Path, path: str) -> Json:
    async with https_client(folder) as session:
        headers = {"Authorization": f"Bearer {await token(ready, session)}"}
        async with session.get(f"{ready['arm']}{path}?api-version=2024-05-01", headers=headers) as response:
            return dict(await response.json())


def scenario(folder: Path, *resources: Json, **members: object) -> Path:
    content = {"tenant": "44444444-4444-4444-8444-444444444444", "resources": list(resources), **members}
    (folder / "networks.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


async def test_it_listens_on_loopback_serves_its_scenario_and_ends_at_once(tmp_path: Path) -> None:
    halves = [{"id": half_id("hub", "spoke"), "body": HALF}, {"id": half_id("spoke", "hub"), "body": BACK}]
    folder = scenario(tmp_path, HUB, SPOKE, *halves)
    async with emulator(tmp_path, "--scenario", str(folder)) as (process, ready):
        assert ready["arm"].startswith("https://127.0.0.1:")
        assert ready["local"].startswith("http://127.0.0.1:")
        half = await read(ready, tmp_path, half_id("hub", "spoke"))
        assert half["properties"]["peeringState"] == "Connected"
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        assert time.monotonic() - started < 2


async def test_state_outlives_the_process(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    folder = scenario(tmp_path, HUB)
    guids = []
    for _ in range(2):
        async with emulator(tmp_path, "--scenario", str(folder), "--state", str(state)) as (process, ready):
            guids.append((await read(ready, tmp_path, network_id("hub")))["properties"]["resourceGuid"])
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) == 0
    assert guids[0] == guids[1]


async def test_faults_come_from_a_file(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"answer": {"status": 503, "code": "ServerTimeout", "message": "Oh."}}]), "utf-8")
    async with emulator(tmp_path, "--faults", str(faults)) as (_, ready):
        answer = await read(ready, tmp_path, network_id("hub"))
    assert answer["error"]["code"] == "ServerTimeout"


async def test_switches_are_options_too(tmp_path: Path) -> None:
    folder = scenario(tmp_path, HUB)
    async with emulator(tmp_path, "--scenario", str(folder), "--switch", "roles=on") as (_, ready):
        assert (await read(ready, tmp_path, network_id("hub")))["error"]["code"] == "AuthorizationFailed"


async def test_a_switch_that_there_is_not_is_named(tmp_path: Path) -> None:
    assert "There is no switch 'rules'" in await complaint(tmp_path, "--switch", "rules=on")
    assert "Switch 'roles' is one of off, on" in await complaint(tmp_path, "--switch", "roles")


async def complaint(folder: Path, *arguments: str) -> str:
    process = await start(folder, *arguments)
    _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    return errors.decode()


async def test_a_scenario_that_cannot_be_put_in_place_is_named(tmp_path: Path) -> None:
    bad = {"id": half_id("hub", "spoke"), "body": HALF}
    folder = scenario(tmp_path, HUB, bad)
    said = await complaint(tmp_path, "--scenario", str(folder))
    assert said.startswith(f"The emulator cannot start: {bad['id']}: 400 InvalidResourceReference")
    assert "networks.json" in await complaint(tmp_path, "--scenario", str(tmp_path / "none"))


async def test_subscriptions_are_those_the_scenario_names(tmp_path: Path) -> None:
    folder = scenario(tmp_path, subscriptions=["55555555-5555-4555-8555-555555555555"])
    async with emulator(tmp_path, "--scenario", str(folder)) as (_, ready):
        assert (await read(ready, tmp_path, network_id("hub")))["error"]["code"] == "SubscriptionNotFound"
