"""What the app does to networks and what its roles let it do are the same, neither more nor less."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from localazure.client.stage import stage
from localazure.emulator.identity import object_id_of
from localazure.up.app_settings import APP_CLIENT_ID
from localazure.up.options import ROOT, SCENARIOS
from tests.e2e.town import HUBS, NEU, Town, visit, vnet_id

_VNET = r"/subscriptions/[^/]+/resourcegroups/[^/]+/providers/microsoft\.network/virtualnetworks/[^/]+"
_PEERINGS = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
_PEER = "Microsoft.Network/virtualNetworks/peer/action"
# Method, lower-cased path, and the action ARM checks. Resource Graph checks none: it shows what the caller may read.
_ACTIONS = [
    ("GET", _VNET, "Microsoft.Network/virtualNetworks/read"),
    ("POST", r"/providers/microsoft\.resourcegraph/resources", "Microsoft.Network/virtualNetworks/read"),
    ("GET", rf"{_VNET}/virtualnetworkpeerings/[^/]+", f"{_PEERINGS}/read"),
    ("PUT", rf"{_VNET}/virtualnetworkpeerings/[^/]+", f"{_PEERINGS}/write"),
    ("DELETE", rf"{_VNET}/virtualnetworkpeerings/[^/]+", f"{_PEERINGS}/delete"),
    ("PATCH", rf"{_VNET}/providers/microsoft\.resources/tags/default", "Microsoft.Resources/tags/write"),
    ("GET", r"/subscriptions/[^/]+", "Microsoft.Resources/subscriptions/read"),
    ("GET", r"/subscriptions/[^/]+/resourcegroups/[^/]+", "Microsoft.Resources/subscriptions/resourceGroups/read"),
    (
        "GET",
        r"/subscriptions/[^/]+/providers/microsoft\.network/locations/[^/]+/operations/[^/]+",
        "Microsoft.Network/locations/operations/read",
    ),
]


@pytest.mark.long
async def test_the_roles_allow_what_the_app_does_and_nothing_else(tmp_path: Path) -> None:
    async with stage("--scenario", str(_impatient(tmp_path)), "--latency", "none") as ready, visit(ready) as town:
        await _a_whole_life(town)
        ours = await _ours(town)
    done = set().union(*(needs(entry["method"], entry["path"]) for entry in ours))
    for kind in ("hub", "spoke"):
        allowed = json.loads((ROOT / f"infra/roles/{kind}.json").read_text("utf-8"))["actions"]
        assert sorted(allowed) == sorted(action for where, action in done if where == kind), f"infra/roles/{kind}.json"


def test_a_write_to_one_half_needs_the_other_network_to_be_joined() -> None:
    assert needs("PUT", f"{NEU}/virtualNetworkPeerings/autopeer-x") == {
        ("hub", f"{_PEERINGS}/write"),
        ("spoke", _PEER),
    }


def test_a_request_nobody_has_thought_of_is_no_secret() -> None:
    with pytest.raises(AssertionError, match="which action"):
        needs("DELETE", vnet_id("shop"))


async def _a_whole_life(town: Town) -> None:
    """A creation, two refusals, a change of address space at either end, a sweep, and a departure."""
    spoke, refused = vnet_id("lean"), vnet_id("lean-twin")
    await town.arm.put_vnet(spoke, "northeurope", ["10.70.0.0/24"], {"hub": "plain-neu"})
    await town.record(spoke, "Connected")
    await town.arm.put_vnet(refused, "northeurope", ["10.70.0.0/24"], {"hub": "plain-neu"})
    await town.record(refused, "Refused")

    ruled = vnet_id("lean-ruled")
    await town.arm.put_vnet(ruled, "northeurope", ["10.70.9.0/24"])
    await town.arm.merge_tags(ruled.partition("/providers/")[0], {"hub": "prod-weu"})
    await town.arm.merge_tags(ruled, {"hub": "plain-neu"})
    record = await town.record(ruled, "Refused")
    assert [finding["code"] for finding in record["findings"]] == ["TagNotAllowed"]

    await town.arm.put_vnet(spoke, "northeurope", ["10.70.0.0/24", "10.70.1.0/24"], {"hub": "plain-neu"})
    await _resynced(town, NEU)
    hub = await town.arm.get(NEU)
    hub["properties"]["addressSpace"]["addressPrefixes"].append("10.70.2.0/24")
    await town.arm.request("PUT", NEU, "2025-05-01", hub)
    answer = await town.app.post("/api/peerings", json={"spoke": spoke, "hub": "plain-neu"})
    answer.raise_for_status()
    await _resynced(town, spoke)

    (await town.app.post("/api/sweep")).raise_for_status()
    async with asyncio.timeout(60):
        while (await town.app.get("/api/sweep")).json()["lastComplete"] is None:
            await asyncio.sleep(0.05)

    tag = {"operation": "Delete", "properties": {"tags": {"hub": "plain-neu"}}}
    await town.arm.request("PATCH", f"{spoke}/providers/Microsoft.Resources/tags/default", "2022-09-01", tag)
    await town.record(spoke, "Removed")


async def _resynced(town: Town, vnet: str) -> None:
    """The app has written the network's half anew and looked at what became of it."""
    async with asyncio.timeout(60):
        while not any(_is_look_at_half(entry, vnet) for entry in await _ours(town)):
            await asyncio.sleep(0.05)


def _is_look_at_half(entry: dict[str, Any], vnet: str) -> bool:
    return entry["method"] == "GET" and str(entry["path"]).lower().startswith(f"{vnet}/virtualNetworkPeerings/".lower())


async def _ours(town: Town) -> list[dict[str, Any]]:
    """The requests the app has made."""
    log = (await town.get("/control/requests"))["requests"]
    return [entry for entry in log if entry["caller"] == object_id_of(APP_CLIENT_ID)]


def _impatient(folder: Path) -> Path:
    """The scenario of the other tests, with hubs that give a vanished tag no grace and let higher tags count more."""
    for file in (SCENARIOS / "two-hubs").iterdir():
        impatient = 'grace_minutes = 0\ntag_from = ["subscription", "group", "vnet"]'
        text = file.read_text("utf-8").replace("grace_minutes = 15", impatient)
        (folder / file.name).write_text(text, "utf-8")
    return folder


def needs(method: str, path: str) -> set[tuple[str, str]]:
    """The actions of a request, each with the kind of network it is asked on."""
    hubs_subscription = HUBS.split("/resourceGroups", maxsplit=1)[0]
    here, there = ("hub", "spoke") if path.lower().startswith(hubs_subscription) else ("spoke", "hub")
    found: list[Any] = [one for verb, shape, one in _ACTIONS if verb == method and re.fullmatch(shape, path.lower())]
    assert found, f"say which action {method} {path} needs"
    return {(here, found[0]), *([(there, _PEER)] if found[0] == f"{_PEERINGS}/write" else [])}
