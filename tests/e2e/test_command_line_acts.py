"""`autopeer` against a local Azure, where it changes something: a network asks, waits, is decided on and leaves."""

from pathlib import Path

import pytest

from localazure.client.stage import stage
from tests.cli.running import Ran
from tests.e2e.command_line import run
from tests.e2e.estate import write_scenario
from tests.e2e.town import Town, visit, vnet_id

SHOP, LAB, SEARCH = vnet_id("shop"), vnet_id("lab"), vnet_id("search")
SPACES = {SHOP: "10.64.0.0/24", LAB: "10.65.0.0/24", SEARCH: "10.66.0.0/24"}
HUBS = {"open": "10.0.0.0/24", "asks": "10.0.1.0/24"}
NO_QUEUE = {
    "match": {"service": "queue", "method": "GET", "path": "comp=metadata"},
    "answer": {"status": 403, "code": "AuthorizationFailure"},
}
READY = ("storage tables", "storage queue", "storage leases", "arm")


@pytest.mark.long
async def test_what_changes_something(tmp_path: Path) -> None:
    rules = {"asks": 'approval = "required"'}
    scenario = write_scenario(tmp_path / "scenario", HUBS, SPACES, rules=rules)
    async with stage("--scenario", str(scenario), "--latency", "none") as ready, visit(ready) as town:
        await _a_network_joins_and_leaves(town, tmp_path)
        await _a_network_is_decided_on(town, tmp_path)
        await _everything_is_there_and_what_is_not_is_told(town, tmp_path)


async def _a_network_joins_and_leaves(town: Town, folder: Path) -> None:
    _ended(await run(town, folder, "request", SHOP, "--wait"), 1, "NoHubNamed")
    ran = await run(town, folder, "request", SHOP, "--hub", "open", "--wait")
    _ended(ran, 0, "shop at hub open: Connected")
    assert "on the queue" in ran.err
    assert (await town.record(SHOP, "Connected"))["namedBy"] == "request"
    _ended(await run(town, folder, "request", SHOP, "--hub", "open", "--once", "4711"), 0, "Asked for.")
    _ended(await run(town, folder, "leave", "shop", "--wait"), 0, "shop at hub open: Removed")
    again = await run(town, folder, "leave", "shop", "--hub", "open", "--wait")
    _ended(again, 0, "shop at hub open: Removed")
    await town.arm.merge_tags(SHOP, {"hub": "open"})
    await town.record(SHOP, "Connected")
    assert "tag" in _ended(await run(town, folder, "leave", "shop"), 1).err


async def _a_network_is_decided_on(town: Town, folder: Path) -> None:
    _ended(await run(town, folder, "request", LAB, "--hub", "asks", "--wait"), 5, "lab at hub asks: AwaitingApproval")
    _ended(await run(town, folder, "refuse", "lab", "--reason", "no address plan"), 0, "lab is refused")
    assert (await town.record(LAB, "Refused"))["findings"][0]["code"] == "ApprovalRefused"
    _ended(await run(town, folder, "refuse", "lab", "--reason", "no address plan"), 0)
    await town.record(LAB, "Refused")
    _ended(await run(town, folder, "retry", "--hub", "asks", "--state", "Refused"), 0, "lab")
    _ended(await run(town, folder, "retry", "--state", "Failed"), 0, "There is none")
    await town.arm.merge_tags(SEARCH, {"hub": "asks"})
    await town.record(SEARCH, "AwaitingApproval")
    changed = await run(town, folder, "approve", "search", "--prefix", "10.99.0.0/24")
    assert "10.66.0.0/24" in _ended(changed, 1).err
    approved = await run(town, folder, "approve", "search", "--reason", "change 4711", "--wait")
    _ended(approved, 0, "search at hub asks: Connected")
    _ended(await run(town, folder, "approve", "search"), 1)


async def _everything_is_there_and_what_is_not_is_told(town: Town, folder: Path) -> None:
    _ended(await run(town, folder, "sweep", "--start", "--wait"), 0)
    ran = _ended(await run(town, folder, "doctor"), 0)
    lines = {check: line for line in ran.out.splitlines() for check in READY if f" {check} " in line}
    assert [lines[check].split()[0] for check in READY] == ["ok"] * 4, ran
    assert "you may read, request, operate, approve" in ran.out, ran
    await town.put("/control/storage/faults", [NO_QUEUE])
    ran = _ended(await run(town, folder, "doctor"), 1, "answers 403 AuthorizationFailure")
    failing = [line.split()[1:3] for line in ran.out.splitlines() if line.startswith("fail")]
    assert failing == [["storage", "queue"]], ran


def _ended(ran: Ran, status: int, told: str = "") -> Ran:
    assert (ran.status, told in ran.out, "Traceback" in ran.err) == (status, True, False), ran
    return ran
