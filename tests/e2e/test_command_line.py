"""`autopeer` against a local Azure: each command as a process, from another folder, and with a bad argument."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from localazure.client.stage import stage
from tests.e2e.command_line import run
from tests.e2e.town import Town, visit, vnet_id

pytestmark = pytest.mark.long
SHOP, LAB = vnet_id("shop"), vnet_id("lab")
NEW = ("--space", "10.99.0.0/24", "--hub", "prod-weu", "--region", "westeurope", "--subscription", SHOP.split("/")[2])
WORKS: list[tuple[int, str, tuple[str, ...]]] = [
    (0, "prod-weu", ("hubs",)),
    (0, "peerings", ("hubs", "prod-weu")),
    (0, "Connected", ("list", "--hub", "prod-weu", "--state", "Connected", "--sort", "-finished")),
    (0, "autopeer-", ("show", "shop")),
    (0, "It is peered, both ways.", ("why", "shop")),
    (1, "do: ", ("why", "lab")),
    (0, "nothing to do", ("plan", "shop")),
    (0, "connect", ("plan", *NEW)),
    (0, "/26", ("free", "prod-weu", "--size", "26")),
    (0, "Nothing is held back.", ("held", "prod-weu")),
    (0, "Asked for.", ("request", "shop")),
    (0, "last complete", ("sweep", "--start", "--wait")),
    (0, "asked by", ("sweep",)),
    (0, "1 refused", ("sweep", "--dry-run")),
    (0, "Paused: hub prod-weu", ("pause", "--hub", "prod-weu", "--reason", "change 4711")),
    (0, "change 4711", ("pause",)),
    (0, "is over", ("resume", "--hub", "prod-weu")),
]
WRONG: list[tuple[int, tuple[str, ...]]] = [
    (1, ("hubs", "nowhere")),
    (2, ("list", "--state", "Fine")),
    (2, ("list", "--sort", "beauty")),
    (2, ("list", "--since", "yesterday")),
    (1, ("show", "nobody")),
    (2, ("why", "/subscriptions/1")),
    (2, ("plan", "--space", "10.0.0.0/24")),
    (2, ("plan", "--space", "ten", "--hub", "prod-weu", "--region", "x", "--subscription", "y")),
    (2, ("free", "prod-weu", "--size", "200")),
    (1, ("held", "nowhere")),
    (2, ("release", "prod-weu", "xyz")),
    (2, ("request", SHOP, "--hub", "nowhere")),
    (2, ("pause", "--hub", "prod-weu", "--reason", "x", "--until", "1999-01-01T00:00:00Z")),
    (1, ("resume", "--hub", "prod-weu")),
    (1, ("leave", "nobody")),
    (1, ("approve", "nobody")),
    (2, ("refuse", "lab")),
    (2, ("retry", "--state", "Connected")),
    (2, ("sweep", "--now")),
    (1, ("catalogue", "check", "nowhere.toml")),
    (2, ("catalogue", "diff", "nowhere.toml")),
    (2, ("recover", "--claim", SHOP)),
    (2, ("export", "nowhere/a.jsonl")),
    (2, ("import", "nowhere.jsonl")),
    (2, ("doctor", "--thoroughly")),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town() -> AsyncIterator[Town]:
    """One network that is peered, and one that overlaps the hub."""
    async with stage("--latency", "none") as ready, visit(ready) as one:
        await one.arm.put_vnet(SHOP, "westeurope", ["10.98.0.0/24"], {"hub": "prod-weu"})
        await one.arm.put_vnet(LAB, "westeurope", ["10.0.0.0/24"], {"hub": "prod-weu"})
        await one.record(SHOP, "Connected")
        await one.record(LAB, "Refused")
        yield one


@pytest.mark.asyncio(loop_scope="module")
async def test_every_command(town: Town, tmp_path: Path) -> None:
    for status, told, arguments in WORKS:
        ran = await run(town, tmp_path, *arguments)
        assert (ran.status, told.lower() in ran.out.lower()) == (status, True), (arguments, ran)
        assert ran.err == "" or "--wait" in arguments, arguments


@pytest.mark.asyncio(loop_scope="module")
async def test_every_command_with_a_bad_argument(town: Town, tmp_path: Path) -> None:
    """It ends as documented, with a sentence on stderr and without a traceback; faults of a catalogue are no error."""
    for status, arguments in WRONG:
        ran = await run(town, tmp_path, *arguments)
        assert (ran.status, "Traceback" in ran.err) == (status, False), (arguments, ran)
        assert ran.err or arguments[:2] == ("catalogue", "check"), arguments


@pytest.mark.asyncio(loop_scope="module")
async def test_json_is_the_apps_own(town: Town, tmp_path: Path) -> None:
    ran = await run(town, tmp_path, "list", "-o", "json")
    assert json.loads(ran.out)["value"] == (await town.app.get("/api/peerings")).json()["value"]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_wrong_key_is_told(town: Town, tmp_path: Path) -> None:
    ran = await run(town, tmp_path, "hubs", "--key", "wrong")
    assert (ran.status, "does not know you (401)" in ran.err) == (4, True), ran
