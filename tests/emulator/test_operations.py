"""Long-running operations on the wire: headers, polling by the clock, failure, deletion of groups."""

from __future__ import annotations

import pytest

from localazure.emulator.latency import Mode
from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, SPOKE, half_id, network_id

HALF = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}
TO_SPOKE = half_id("hub", "spoke")


async def test_an_operation_ends_by_the_clock_and_not_by_polls(slow_arm: Arm) -> None:
    slow_arm.given(HUB, SPOKE)
    accepted = await slow_arm.ask("PUT", TO_SPOKE, HALF)
    assert (accepted.status, accepted.headers["retry-after"]) == (201, "10")
    assert "location" not in accepted.headers
    poll = accepted.headers["azure-asyncoperation"]
    for _ in range(5):
        answer = await slow_arm.ask("GET", poll)
        assert answer.body == {"status": "InProgress"}
        assert answer.headers["retry-after"] == "10"
    slow_arm.clock.step(11)
    done = await slow_arm.ask("GET", poll)
    assert done.body == {"status": "Succeeded"}
    assert "retry-after" not in done.headers


async def test_a_poll_has_to_wait_ten_seconds_whatever_the_write_said(slow_arm: Arm) -> None:
    """docs/facts/arm-operations.md, Retry-After."""
    slow_arm.given(HUB)
    accepted = await slow_arm.ask("PUT", network_id("hub"), HUB["body"])
    assert accepted.headers["retry-after"] == "3"
    assert (await slow_arm.ask("GET", accepted.headers["azure-asyncoperation"])).headers["retry-after"] == "10"


async def test_a_deletion_has_a_result_to_poll_too(slow_arm: Arm) -> None:
    slow_arm.given(HUB, SPOKE, {"id": TO_SPOKE, "body": HALF})
    accepted = await slow_arm.ask("DELETE", TO_SPOKE)
    assert (accepted.status, accepted.headers["content-length"]) == (202, "0")
    running = await slow_arm.ask("GET", accepted.headers["location"])
    assert (running.status, running.body) == (202, None)
    assert running.headers["location"] == accepted.headers["location"]
    slow_arm.clock.step(11)
    assert (await slow_arm.ask("GET", accepted.headers["location"])).status == 204
    assert (await slow_arm.ask("GET", TO_SPOKE)).status == 404


@pytest.mark.parametrize(
    ("mode", "header", "value"), [(Mode.NONE, "retry-after", "0"), (Mode.FAST, "x-ms-retry-after-ms", "500")]
)
async def test_how_long_to_wait_depends_on_the_mode(slow_arm: Arm, mode: Mode, header: str, value: str) -> None:
    slow_arm.given(HUB, SPOKE)
    slow_arm.server.emulator.latency.mode = mode
    assert (await slow_arm.ask("PUT", TO_SPOKE, HALF)).headers[header] == value


async def test_a_fault_makes_an_operation_fail_and_the_other_side_sees_nothing(arm: Arm) -> None:
    arm.given(HUB, SPOKE)
    rule = {"match": {"method": "PUT", "path": "/to-hub$"}, "fail": {"code": "InternalServerError", "message": "Oh."}}
    await arm.control("PUT", "/control/faults", [rule])
    await arm.ask("PUT", TO_SPOKE, HALF)
    back = {"properties": {"remoteVirtualNetwork": {"id": network_id("hub")}}}
    accepted = await arm.ask("PUT", half_id("spoke", "hub"), back)
    assert accepted.status == 201
    status = (await arm.ask("GET", accepted.headers["azure-asyncoperation"])).body
    assert status == {"status": "Failed", "error": {"code": "InternalServerError", "message": "Oh.", "details": []}}
    failed = (await arm.ask("GET", half_id("spoke", "hub"))).body["properties"]
    assert (failed["provisioningState"], failed["peeringState"]) == ("Failed", "Initiated")
    assert (await arm.ask("GET", TO_SPOKE)).body["properties"]["peeringState"] == "Initiated"
    again = await arm.ask("PUT", half_id("spoke", "hub"), back)
    assert (again.status, again.body["properties"]["peeringState"]) == (200, "Connected")
    assert (await arm.ask("GET", TO_SPOKE)).body["properties"]["peeringState"] == "Connected"


async def test_children_of_a_failed_network_wait_for_it(arm: Arm) -> None:
    arm.given(HUB, SPOKE)
    rule = {"match": {"method": "PUT", "path": "/hub$"}, "fail": {"code": "InternalServerError", "message": "Oh."}}
    await arm.control("PUT", "/control/faults", [rule])
    await arm.ask("PUT", network_id("hub"), HUB["body"])
    assert (await arm.ask("PUT", TO_SPOKE, HALF)).code == "ParentResourceIsInFailedState"
    await arm.ask("PUT", network_id("hub"), HUB["body"])
    assert (await arm.ask("PUT", TO_SPOKE, HALF)).status == 201


async def test_a_group_that_goes_takes_the_operations_in_it_along(slow_arm: Arm) -> None:
    slow_arm.given(HUB, SPOKE)
    rule = {"match": {"method": "DELETE"}, "durationSeconds": 600}
    await slow_arm.control("PUT", "/control/faults", [rule])
    slow = await slow_arm.ask("DELETE", network_id("hub"))
    deletion = await slow_arm.ask("DELETE", GROUP)
    slow_arm.clock.step(180)
    assert (await slow_arm.ask("GET", deletion.headers["location"])).status == 200
    assert (await slow_arm.ask("GET", slow.headers["azure-asyncoperation"])).body == {"status": "Canceled"}
    slow_arm.given(HUB)
    assert (await slow_arm.ask("PUT", network_id("hub"), HUB["body"])).status == 200
    slow_arm.clock.step(600)
    assert (await slow_arm.ask("GET", network_id("hub"))).body["properties"]["provisioningState"] == "Succeeded"


async def test_deleting_a_group_takes_all_it_holds_and_disconnects_what_was_peered(slow_arm: Arm) -> None:
    far_group = GROUP.replace("/rg", "/far")
    far = {"id": SPOKE["id"].replace("/rg/", "/far/"), "body": SPOKE["body"]}
    slow_arm.given(
        HUB,
        far,
        {"id": TO_SPOKE, "body": {"properties": {"remoteVirtualNetwork": {"id": far["id"]}}}},
        {"id": f"{far['id']}/virtualNetworkPeerings/x", "body": {"properties": {"remoteVirtualNetwork": HUB}}},
    )
    accepted = await slow_arm.ask("DELETE", far_group)
    assert (accepted.status, accepted.headers["retry-after"]) == (202, "15")
    assert (await slow_arm.ask("PUT", far["id"], SPOKE["body"])).code == "ResourceGroupBeingDeleted"
    assert (await slow_arm.ask("GET", accepted.headers["location"])).status == 202
    slow_arm.clock.step(180)
    assert (await slow_arm.ask("GET", accepted.headers["location"])).status == 200
    assert (await slow_arm.ask("HEAD", far_group)).status == 404
    assert (await slow_arm.ask("GET", TO_SPOKE)).body["properties"]["peeringState"] == "Disconnected"
    assert set(await slow_arm.operations()) == {
        "Microsoft.Network/virtualNetworks/delete",
        "Microsoft.Resources/subscriptions/resourceGroups/delete",
    }
