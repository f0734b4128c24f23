"""A person lets a network in, and lets it go to another hub: the whole thing as processes."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from localazure.client.stage import stage
from peering.core.network.resource_ids import VnetId
from tests.e2e.estate import hub_id, write_scenario
from tests.e2e.town import Town, visit, vnet_id

_SHOP = vnet_id("shop")
_ASKED = 'approval = "required"\nmoves = "ask"\nowners = "Network team"'


async def decide(town: Town, hub: str, what: str, body: object) -> tuple[int, dict[str, Any]]:
    answer = await town.app.post(f"/api/peerings/{hub}/{VnetId.parse(_SHOP).key}/{what}", json=body)
    return answer.status_code, answer.json()


@pytest.mark.long
async def test_a_network_is_refused_approved_and_let_go_by_people(tmp_path: Path) -> None:
    hubs = {"one": "10.0.0.0/24", "two": "10.0.1.0/24"}
    scenario = write_scenario(tmp_path / "scenario", hubs, {_SHOP: "10.64.0.0/24"}, rules={"one": _ASKED})
    async with stage("--scenario", str(scenario), "--latency", "none") as ready, visit(ready) as town:
        await town.arm.merge_tags(_SHOP, {"hub": "one"})
        waits = await town.record(_SHOP, "AwaitingApproval")
        assert waits["approval"]["asked"]["addressSpace"] == ["10.64.0.0/24"]
        assert (await decide(town, "one", "refuse", {"reason": "no address plan"}))[0] == 202
        refused = await town.record(_SHOP, "Refused")
        assert refused["findings"][0]["code"] == "ApprovalRefused"
        assert (await decide(town, "one", "approve", {"prefixes": ["10.64.1.0/24"]}))[0] == 409
        assert await town.writes(_SHOP) == []
        assert (await decide(town, "one", "approve", {"prefixes": ["10.64.0.0/24"], "reason": "it has one"}))[0] == 202
        await town.record(_SHOP, "Connected")
        assert (await town.half(_SHOP, hub_id("one")))["peeringState"] == "Connected"
        history = await town.rows("history", VnetId.parse(_SHOP).key)
        assert ["it has one" in row.get("ruling", "") for row in history[:2]] == [True, True]  # said, and done

        await town.arm.merge_tags(_SHOP, {"hub": "two"})
        assert (await town.record_at("two", _SHOP, "AwaitingApproval"))["approval"]["asked"]["of"] == "one"
        assert (await decide(town, "two", "approve", {}))[0] == 409
        async with asyncio.timeout(30):  # the row that it leaves is looked at right after the one that it waits at
            while (await decide(town, "one", "approve", {}))[0] != 202:
                await asyncio.sleep(0.05)
        await town.record_at("two", _SHOP, "Connected")
        await town.record_at("one", _SHOP, "Removed")
        assert (await town.half(_SHOP, hub_id("two")))["peeringState"] == "Connected"
