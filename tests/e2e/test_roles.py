"""Where callers need roles: the roles that are shipped are enough, and one that comes later is not too late."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from localazure.client.stage import stage
from localazure.emulator.identity import object_id_of
from localazure.up.app_settings import APP_CLIENT_ID
from localazure.up.options import ROOT
from tests.e2e.town import NEU, SPOKES, Town, visit, vnet_id

_API = "2022-04-01"
_SPOKES = f"/subscriptions/{SPOKES}"


@pytest.mark.long
async def test_the_shipped_roles_are_enough_and_one_may_come_later() -> None:
    """docs/facts/arm-access.md, Actions of a peering."""
    async with (
        stage("--scenario", "two-hubs", "--latency", "none", "--switch", "roles=on") as ready,
        visit(ready) as town,
    ):
        spoke = vnet_id("guarded")
        await give(town, "hub", NEU)
        await town.arm.put_vnet(spoke, "northeurope", ["10.71.0.0/24"], {"hub": "plain-neu"})
        async with asyncio.timeout(60):
            while not (answers := await _answers(town)):
                await asyncio.sleep(0.05)
        assert 403 in answers
        assert await town.writes(spoke) == []

        await give(town, "spoke", _SPOKES)
        answer = await town.app.post("/api/peerings", json={"spoke": spoke, "hub": "plain-neu"})
        answer.raise_for_status()
        await town.record(spoke, "Connected")
        assert (await town.half(NEU, spoke))["peeringState"] == "Connected"


async def _answers(town: Town) -> list[int]:
    """What ARM has answered the app."""
    log = (await town.get("/control/requests"))["requests"]
    return [each["status"] for each in log if each["caller"] == object_id_of(APP_CLIENT_ID)]


async def give(town: Town, role: str, scope: str) -> None:
    """Define a role of infra/roles where it may be given, and give it to the app."""
    shipped = json.loads((ROOT / f"infra/roles/{role}.json").read_text("utf-8"))
    subscription = "/".join(scope.split("/")[:3])
    definition = f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{uuid4()}"
    properties: dict[str, Any] = {
        "roleName": shipped["name"],
        "type": "CustomRole",
        "permissions": [{"actions": shipped["actions"], "notActions": []}],
        "assignableScopes": [subscription],
    }
    await town.arm.request("PUT", definition, _API, {"properties": properties})
    assignment = {"roleDefinitionId": definition, "principalId": object_id_of(APP_CLIENT_ID)}
    url = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid4()}"
    await town.arm.request("PUT", url, _API, {"properties": assignment})
