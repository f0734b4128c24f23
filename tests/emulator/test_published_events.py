"""The Event Grid events of writes and deletes: which, when, and what is in them."""

from __future__ import annotations

import re
from typing import Any

from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, SPOKE, SUBSCRIPTION, half_id, network_id

TAGS = f"{network_id('hub')}/providers/Microsoft.Resources/tags/default"
HALF = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}


async def last_event(arm: Arm) -> dict[str, Any]:
    return dict((await arm.control("GET", "/control/events")).body["events"][-1])


async def test_an_event_goes_out_when_the_operation_ends_and_not_before(slow_arm: Arm) -> None:
    slow_arm.given(HUB, SPOKE)
    await slow_arm.ask("PUT", half_id("hub", "spoke"), HALF)
    assert await slow_arm.operations() == []
    slow_arm.clock.step(11)
    await slow_arm.ask("GET", GROUP)
    assert await slow_arm.operations() == ["Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write"]


async def test_an_event_says_who_did_what_and_nothing_of_the_resource(arm: Arm) -> None:
    arm.given(HUB)
    answer = await arm.ask("PUT", network_id("hub"), HUB["body"], x_ms_client_request_id="mine")
    event = await last_event(arm)
    caller = arm.server.authority.verify(f"Bearer {arm.server.authority.issue()}")
    assert event["eventType"] == "Microsoft.Resources.ResourceWriteSuccess"
    assert event["topic"] == f"/subscriptions/{SUBSCRIPTION}"
    assert event["subject"] == event["data"]["resourceUri"] == network_id("hub")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", event["eventTime"])
    data = event["data"]
    claims = data["claims"]
    assert claims["http://schemas.microsoft.com/identity/claims/objectidentifier"] == caller.object_id
    assert claims["appid"] == caller.app_id
    assert data["correlationId"] == answer.headers["x-ms-correlation-request-id"]
    assert data["authorization"]["action"] == data["operationName"] == "Microsoft.Network/virtualNetworks/write"
    assert (data["httpRequest"]["method"], data["httpRequest"]["clientRequestId"]) == ("PUT", "mine")
    assert "properties" not in data


async def test_a_create_has_no_http_request(arm: Arm) -> None:
    arm.given({"id": GROUP})
    await arm.ask("PUT", network_id("hub"), HUB["body"])
    assert "httpRequest" not in (await last_event(arm))["data"]


async def test_the_tags_api_announces_the_tagged_resource_and_nothing_else(arm: Arm) -> None:
    arm.given(HUB)
    await arm.ask("PATCH", TAGS, {"operation": "Merge", "properties": {"tags": {"hub": "prod"}}})
    assert await arm.operations() == ["Microsoft.Resources/tags/write"]
    assert (await last_event(arm))["subject"] == network_id("hub")
    await arm.ask("DELETE", TAGS)
    event = await last_event(arm)
    assert event["eventType"] == "Microsoft.Resources.ResourceDeleteSuccess"
    assert (event["data"]["operationName"], event["subject"]) == ("Microsoft.Resources/tags/delete", network_id("hub"))


async def test_reads_refusals_and_failures_announce_nothing(arm: Arm) -> None:
    arm.given(HUB, SPOKE)
    rule = {"match": {"method": "PUT"}, "fail": {"code": "X", "message": "Y"}}
    await arm.control("PUT", "/control/faults", [rule])
    await arm.ask("PUT", half_id("hub", "spoke"), HALF)
    await arm.ask("PUT", half_id("hub", "spoke"), {"properties": {"remoteVirtualNetwork": {"id": "nothing"}}})
    await arm.ask("GET", network_id("hub"))
    assert await arm.operations() == []


async def test_every_kind_of_write_is_its_own_operation(arm: Arm) -> None:
    arm.given(HUB, SPOKE)
    await arm.ask("PUT", f"{network_id('hub')}/subnets/s", {"properties": {"addressPrefix": "10.0.0.0/24"}})
    await arm.ask("DELETE", f"{network_id('hub')}/subnets/s")
    await arm.ask("PUT", half_id("hub", "spoke"), HALF)
    await arm.ask("DELETE", half_id("hub", "spoke"))
    await arm.ask("PATCH", network_id("hub"), {"tags": {}})
    await arm.ask("DELETE", network_id("hub"))
    network = "Microsoft.Network/virtualNetworks"
    assert await arm.operations() == [
        f"{network}/subnets/write",
        f"{network}/subnets/delete",
        f"{network}/virtualNetworkPeerings/write",
        f"{network}/virtualNetworkPeerings/delete",
        f"{network}/write",
        f"{network}/delete",
    ]
