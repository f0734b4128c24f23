"""A gateway is built, changed and deleted, for as long as a test says, and Event Grid tells of it at the end."""

from __future__ import annotations

import pytest

from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, PROVIDER, SPOKE, Azure, Json, gateway, gateway_subnet, network_id, refusal, vnet

HUB = vnet("hub", "10.0.0.0/16", subnets=gateway_subnet("10.0.0.0/27"))
GATEWAY = f"{PROVIDER}/virtualNetworkGateways/vpn"
TYPE = "Microsoft.Network/virtualNetworkGateways"


def lasting(method: str, seconds: float) -> Json:
    return {"match": {"method": method, "path": "/virtualnetworkgateways/"}, "durationSeconds": seconds}


async def state(arm: Arm) -> str:
    return str((await arm.ask("GET", GATEWAY)).body["properties"]["provisioningState"])


async def test_it_is_updating_as_long_as_a_rule_says_and_told_of_when_it_is_up(arm: Arm) -> None:
    """docs/facts/event-grid.md, Events of a gateway."""
    arm.given(HUB)
    await arm.control("PUT", "/control/faults", [lasting("PUT", 1800), lasting("DELETE", 900)])
    accepted = await arm.ask("PUT", GATEWAY, gateway("hub")["body"])
    assert (accepted.status, accepted.body["properties"]["provisioningState"]) == (201, "Updating")
    arm.clock.step(1799)
    assert (await state(arm), await arm.operations()) == ("Updating", [])
    assert (await arm.ask("GET", accepted.headers["azure-asyncoperation"])).body == {"status": "InProgress"}
    arm.clock.step(1)
    assert (await state(arm), await arm.operations()) == ("Succeeded", [f"{TYPE}/write"])

    assert (await arm.ask("DELETE", GATEWAY)).status == 202
    arm.clock.step(899)
    assert (await state(arm), await arm.operations()) == ("Deleting", [f"{TYPE}/write"])
    arm.clock.step(1)
    assert (await arm.ask("GET", GATEWAY)).code == "ResourceNotFound"
    assert await arm.operations() == [f"{TYPE}/write", f"{TYPE}/delete"]
    events = (await arm.control("GET", "/control/events")).body["events"]
    assert [(each["subject"], each["eventType"].rpartition(".")[2]) for each in events] == [
        (GATEWAY, "ResourceWriteSuccess"),
        (GATEWAY, "ResourceDeleteSuccess"),
    ]


async def test_one_that_is_changed_is_updating_again(arm: Arm) -> None:
    arm.given(HUB, gateway("hub"))
    await arm.control("PUT", "/control/faults", [lasting("PUT", 600)])
    assert (await arm.ask("PUT", GATEWAY, gateway("hub")["body"])).status == 200
    assert await state(arm) == "Updating"
    assert (await arm.ask("DELETE", GATEWAY)).code == "AnotherOperationInProgress"
    arm.clock.step(600)
    assert (await arm.ask("DELETE", GATEWAY)).status == 202
    assert await arm.operations() == [f"{TYPE}/write", f"{TYPE}/delete"]


@pytest.mark.parametrize("status", ["Failed", "Canceled"])
async def test_one_that_could_not_be_built_says_so_and_nothing_is_told(arm: Arm, status: str) -> None:
    arm.given(HUB)
    rule = lasting("PUT", 600) | {"fail": {"code": "InternalServerError", "status": status}}
    await arm.control("PUT", "/control/faults", [rule])
    await arm.ask("PUT", GATEWAY, gateway("hub")["body"])
    arm.clock.step(600)
    assert (await state(arm), await arm.operations()) == (status, [])


async def test_the_sdk_builds_reads_and_deletes_one(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    gateways = azure.client.virtual_network_gateways
    body: Json = gateway("hub")["body"]
    made = await (await gateways.begin_create_or_update("rg", "vpn", body)).result()  # type: ignore[call-overload]  # JSON, as REST has it
    assert (made.provisioning_state, made.id) == ("Succeeded", GATEWAY)
    assert [each.name async for each in gateways.list("rg")] == ["vpn"]
    await (await gateways.begin_delete("rg", "vpn")).result()
    assert (await refusal(gateways.get("rg", "vpn")))[:2] == (404, "ResourceNotFound")
    assert (await azure.network("hub"))["properties"]["subnets"][0]["properties"].get("ipConfigurations") is None


async def test_a_group_that_goes_takes_its_gateway_and_tells_of_it(arm: Arm) -> None:
    arm.given(HUB, gateway("hub"))
    await arm.ask("DELETE", GROUP)
    told = await arm.operations()
    assert {f"{TYPE}/delete", "Microsoft.Network/virtualNetworks/delete"} <= set(told)
    assert told[-1] == "Microsoft.Resources/subscriptions/resourceGroups/delete"


async def test_prefixes_that_a_network_sums_up_for_gateways_are_kept(arm: Arm) -> None:
    """docs/facts/arm-peering.md, Prefixes behind a gateway. From 2025-07-01 on; a PUT without them takes them away."""
    arm.given(SPOKE)
    url, summed = network_id("spoke"), {"addressPrefixes": ["10.0.0.0/8"]}
    properties = {**SPOKE["body"]["properties"], "summarizedGatewayPrefixes": summed}
    written = await arm.ask("PUT", f"{url}?api-version=2025-07-01", {**SPOKE["body"], "properties": properties})
    assert written.body["properties"]["summarizedGatewayPrefixes"] == summed
    newest = (await arm.ask("GET", f"{url}?api-version=2026-03-01")).body["properties"]
    assert newest["summarizedGatewayPrefixes"] == summed
    assert "summarizedGatewayPrefixes" not in (await arm.ask("GET", f"{url}?api-version=2025-05-01")).body["properties"]
    query = {
        "query": "resources | where name == 'spoke' | project p = properties.summarizedGatewayPrefixes.addressPrefixes"
    }
    graph = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
    assert (await arm.ask("POST", graph, query)).body["data"] == [{"p": ["10.0.0.0/8"]}]
    await arm.ask("PUT", f"{url}?api-version=2025-07-01", SPOKE["body"])
    assert "summarizedGatewayPrefixes" not in (await arm.ask("GET", f"{url}?api-version=2026-03-01")).body["properties"]
