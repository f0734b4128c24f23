"""Moving resources to another group (docs/facts/arm-networks.md, Moves; docs/facts/arm-networks.md, Identity)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.arm import Answer, Arm
from tests.emulator.sdk import (
    GROUP,
    HUB,
    HUB_WITH_GATEWAY,
    PROVIDER,
    SPOKE,
    SUBSCRIPTION,
    half_id,
    network_id,
    vnet,
)

TARGET = GROUP.replace("/rg", "/target")
ELSEWHERE = TARGET.replace(SUBSCRIPTION, "33333333-3333-4333-8333-333333333333")
GATEWAY = f"{PROVIDER}/virtualNetworkGateways/vpn"
HALF = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}


def moved(identifier: str, target: str = TARGET) -> str:
    return identifier.replace(GROUP, target)


async def move(arm: Arm, *resources: str, target: str = TARGET, how: str = "moveResources") -> Answer:
    return await arm.ask("POST", f"{GROUP}/{how}", {"resources": resources, "targetResourceGroup": target})


async def outcome(arm: Arm, accepted: Answer) -> Answer:
    return await arm.ask("GET", accepted.headers["location"])


def reasons(answer: Answer) -> list[str]:
    assert (answer.status, answer.code) == (409, "ResourceMoveProviderValidationFailed")
    assert answer.headers["x-ms-failure-cause"] == "gateway"
    return [each["code"] for each in answer.body["error"]["details"]]


@pytest.mark.parametrize("target", [TARGET, ELSEWHERE])
async def test_a_network_that_was_moved_has_a_new_id_and_is_the_same(arm: Arm, target: str) -> None:
    arm.given({"id": target}, SPOKE)
    before = (await arm.ask("GET", network_id("spoke"))).body
    accepted = await move(arm, network_id("spoke"), target=target)
    assert accepted.status == 202
    assert (await outcome(arm, accepted)).status == 204
    after = (await arm.ask("GET", moved(network_id("spoke"), target))).body
    assert (after["id"], after["name"]) == (moved(network_id("spoke"), target), "spoke")
    assert after["properties"]["resourceGuid"] == before["properties"]["resourceGuid"]
    assert after["etag"] != before["etag"]
    assert (await arm.ask("GET", network_id("spoke"))).code == "ResourceNotFound"


async def test_a_move_takes_minutes_and_locks_both_groups(slow_arm: Arm) -> None:
    slow_arm.given({"id": TARGET}, HUB, SPOKE)
    accepted = await move(slow_arm, network_id("spoke"))
    assert accepted.headers["retry-after"] == "15"
    slow_arm.clock.step(275)
    running = await outcome(slow_arm, accepted)
    assert (running.status, running.headers["location"]) == (202, accepted.headers["location"])
    assert (await slow_arm.ask("GET", network_id("spoke"))).status == 200
    for group in (GROUP, TARGET):
        shown = (await slow_arm.ask("GET", group)).body
        assert shown["properties"]["provisioningState"] == "MovingResources"
    for method, url, body in (
        ("PUT", network_id("hub"), HUB["body"]),
        ("DELETE", network_id("hub"), None),
        ("PUT", half_id("hub", "spoke"), HALF),
        ("PATCH", f"{network_id('hub')}/providers/Microsoft.Resources/tags/default", tags_body()),
        ("PUT", moved(network_id("new")), vnet("new", "10.7.0.0/16")["body"]),
        ("DELETE", TARGET, None),
        ("PATCH", TARGET, {"tags": {}}),
        ("POST", f"{TARGET}/moveResources", {"resources": [network_id("hub")], "targetResourceGroup": GROUP}),
    ):
        assert (await slow_arm.ask(method, url, body)).status == 409, (method, url)
    slow_arm.clock.step(1)
    assert (await outcome(slow_arm, accepted)).status == 204
    assert (await slow_arm.ask("PUT", network_id("hub"), HUB["body"])).status == 200


def tags_body() -> dict[str, Any]:
    return {"operation": "Merge", "properties": {"tags": {"a": "b"}}}


async def test_a_peered_network_is_refused_when_the_move_is_polled(arm: Arm) -> None:
    arm.given({"id": TARGET}, HUB, SPOKE, {"id": half_id("hub", "spoke"), "body": HALF})
    refused = await outcome(arm, await move(arm, network_id("hub")))
    assert reasons(refused) == ["CannotMoveResource"]
    assert refused.body["error"]["details"][0]["target"] == "Microsoft.Network/virtualNetworks"
    assert (await arm.ask("GET", network_id("hub"))).status == 200
    assert (await arm.ask("PUT", network_id("hub"), HUB["body"])).status == 200


async def test_a_validation_changes_nothing(arm: Arm) -> None:
    arm.given({"id": TARGET}, HUB, SPOKE, {"id": half_id("hub", "spoke"), "body": HALF})
    free = await move(arm, network_id("spoke"), how="validateMoveResources")
    assert (free.status, (await outcome(arm, free)).status) == (202, 204)
    assert (await arm.ask("GET", network_id("spoke"))).status == 200
    peered = await move(arm, network_id("hub"), how="validateMoveResources")
    assert reasons(await outcome(arm, peered)) == ["CannotMoveResource"]


async def test_a_half_that_named_the_network_is_left_as_if_it_had_been_deleted(arm: Arm) -> None:
    arm.given({"id": TARGET}, HUB, SPOKE, {"id": half_id("hub", "spoke"), "body": HALF})
    await outcome(arm, await move(arm, network_id("spoke")))
    left = (await arm.ask("GET", half_id("hub", "spoke"))).body["properties"]
    assert (left["peeringState"], left["remoteVirtualNetwork"]["id"]) == ("Initiated", network_id("spoke"))
    await arm.ask("PUT", network_id("spoke"), SPOKE["body"])
    assert (await arm.ask("GET", half_id("hub", "spoke"))).body["properties"]["peeringState"] == "Disconnected"


async def test_a_gateway_and_its_network_move_together(arm: Arm) -> None:
    arm.given({"id": TARGET}, *HUB_WITH_GATEWAY)
    assert reasons(await outcome(arm, await move(arm, network_id("hub")))) == ["MissingMoveDependentResources"]
    alone = await outcome(arm, await move(arm, GATEWAY))
    assert alone.body["error"]["details"][0]["details"][0]["message"] == network_id("hub")
    assert (await outcome(arm, await move(arm, network_id("hub"), GATEWAY))).status == 204
    gateway = (await arm.ask("GET", moved(GATEWAY))).body["properties"]
    subnet = gateway["ipConfigurations"][0]["properties"]["subnet"]["id"]
    assert subnet == f"{moved(network_id('hub'))}/subnets/GatewaySubnet"
    network = (await arm.ask("GET", moved(network_id("hub")))).body["properties"]
    assert (
        network["subnets"][0]["properties"]["ipConfigurations"][0]["id"] == f"{moved(GATEWAY)}/ipConfigurations/default"
    )


async def test_what_names_a_moved_resource_follows(arm: Arm) -> None:
    table = f"{PROVIDER}/routeTables/table"
    subnet = {"name": "a", "properties": {"addressPrefix": "10.0.1.0/24", "routeTable": {"id": table}}}
    arm.given({"id": TARGET}, {"id": table}, vnet("hub", "10.0.0.0/16", subnets=[subnet]))
    await outcome(arm, await move(arm, table))
    shown = (await arm.ask("GET", network_id("hub"))).body["properties"]["subnets"][0]
    assert shown["properties"]["routeTable"]["id"] == moved(table)


async def test_what_is_being_written_or_taken_cannot_be_moved(slow_arm: Arm) -> None:
    slow_arm.given({"id": TARGET}, HUB, SPOKE, {**SPOKE, "id": moved(network_id("spoke"))})
    await slow_arm.ask("PUT", network_id("hub"), HUB["body"])
    accepted = await move(slow_arm, network_id("hub"), network_id("spoke"))
    slow_arm.clock.step(30)
    found = reasons(await outcome(slow_arm, accepted))
    assert found == ["MoveCannotProceedWithResourcesNotInSucceededState", "MoveTargetResourceExists"]


@pytest.mark.parametrize(
    ("resources", "target", "status", "code"),
    [
        ([network_id("spoke")], GROUP.replace("/rg", "/none"), 404, "ResourceGroupNotFound"),
        ([network_id("none")], TARGET, 404, "ResourceNotFound"),
        ([moved(network_id("spoke"))], TARGET, 400, "InvalidResourceMoveRequest"),
        ([half_id("hub", "spoke")], TARGET, 400, "InvalidResourceMoveRequest"),
        ([network_id("spoke")], GROUP, 400, "InvalidResourceMoveTarget"),
        ([], TARGET, 400, "InvalidRequestFormat"),
    ],
)
async def test_requests_that_make_no_sense(arm: Arm, resources: list[str], target: str, status: int, code: str) -> None:
    arm.given({"id": TARGET}, SPOKE)
    refused = await move(arm, *resources, target=target)
    assert (refused.status, refused.code) == (status, code)


async def test_the_move_is_an_action_on_the_group_that_is_left(arm: Arm) -> None:
    arm.given({"id": TARGET}, SPOKE)
    await move(arm, network_id("spoke"))
    event = (await arm.control("GET", "/control/events")).body["events"][-1]
    assert event["eventType"] == "Microsoft.Resources.ResourceActionSuccess"
    assert event["subject"] == GROUP
    action = "Microsoft.Resources/subscriptions/resourceGroups/moveResources/action"
    assert await arm.operations() == [event["data"]["operationName"]] == [action]


async def test_by_a_switch_each_resource_is_told_of_too(arm: Arm) -> None:
    arm.given({"id": TARGET}, SPOKE)
    await arm.control("PUT", "/control/latency", {"moveEvents": "resources"})
    await move(arm, network_id("spoke"))
    events = (await arm.control("GET", "/control/events")).body["events"]
    assert [(each["eventType"].rpartition(".")[2], each["subject"]) for each in events] == [
        ("ResourceDeleteSuccess", network_id("spoke")),
        ("ResourceWriteSuccess", moved(network_id("spoke"))),
        ("ResourceActionSuccess", GROUP),
    ]


async def test_a_move_goes_on_after_its_state_was_saved_and_loaded(slow_arm: Arm) -> None:
    slow_arm.given({"id": TARGET}, SPOKE)
    accepted = await move(slow_arm, network_id("spoke"))
    saved = (await slow_arm.control("GET", "/control/state")).body
    assert (await slow_arm.control("PUT", "/control/state", saved)).status == 204
    slow_arm.clock.step(276)
    assert (await outcome(slow_arm, accepted)).status == 204
    assert (await slow_arm.ask("GET", moved(network_id("spoke")))).status == 200
