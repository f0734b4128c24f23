"""Faults as Azure has them, seen by the real SDK: operations canceled, lies, inner codes, a hub that is busy."""

from __future__ import annotations

import pytest
from azure.core.exceptions import HttpResponseError

from tests.emulator.arm import Arm
from tests.emulator.sdk import HUB, PROVIDER, SPOKE, Azure, Json, half_id, network_id, refusal

SUPERSEDED = {
    "code": "CanceledAndSupersededDueToAnotherOperation",
    "message": "Operation PutSubnetOperation (a) was canceled and superseded by operation PutSubnetOperation (b).",
}
HALF = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}
TABLE = f"{PROVIDER}/routeTables/t"
ON_HALF = {"method": "PUT", "path": "/virtualnetworks/hub/virtualnetworkpeerings/"}


def rules(azure: Azure, *sources: Json) -> None:
    azure.server.emulator.faults.load(list(sources))


async def test_an_operation_ends_canceled_with_its_inner_codes(azure: Azure) -> None:
    """docs/facts/arm-operations.md, Canceled."""
    azure.given(HUB, SPOKE)
    rules(azure, {"match": ON_HALF, "fail": {"status": "Canceled", "details": [SUPERSEDED]}})
    with pytest.raises(HttpResponseError) as raised:
        await azure.peer("hub", "spoke")
    error = raised.value.error
    assert error is not None
    assert error.code == "Canceled"
    assert error.message == "Operation was canceled."
    assert [inner.code for inner in error.details] == ["CanceledAndSupersededDueToAnotherOperation"]
    assert (await azure.half("hub", "spoke"))["provisioningState"] == "Canceled"
    assert (await azure.peer("hub", "spoke"))["provisioningState"] == "Succeeded"


async def test_a_deletion_that_is_canceled_leaves_the_half(arm: Arm) -> None:
    """docs/facts/arm-operations.md, Canceled."""
    arm.given(HUB, SPOKE, {"id": half_id("hub", "spoke"), "body": HALF})
    await arm.control("PUT", "/control/faults", [{"match": {"method": "DELETE"}, "fail": {"status": "Canceled"}}])
    accepted = await arm.ask("DELETE", half_id("hub", "spoke"))
    poll = await arm.ask("GET", accepted.headers["azure-asyncoperation"])
    assert (poll.status, poll.body["status"], poll.body["error"]["details"]) == (200, "Canceled", [])
    assert (await arm.ask("GET", accepted.headers["location"])).code == "Canceled"
    assert (await arm.ask("GET", half_id("hub", "spoke"))).status == 200


@pytest.mark.parametrize("status", ["Failed", "Canceled"])
@pytest.mark.parametrize(
    ("url", "body", "shown_at"),
    [
        (f"{network_id('hub')}/subnets/a", {"properties": {"addressPrefix": "10.0.1.0/24"}}, ""),
        (f"{TABLE}/routes/r", {"properties": {"addressPrefix": "10.9.0.0/16", "nextHopType": "None"}}, TABLE),
        (TABLE, {"location": "westeurope"}, ""),
        (network_id("hub"), HUB["body"], ""),
    ],
)
async def test_what_was_written_shows_how_its_operation_ended(
    arm: Arm, url: str, body: Json, shown_at: str, status: str
) -> None:
    arm.given(HUB, {"id": TABLE})
    await arm.control("PUT", "/control/faults", [{"match": {"method": "PUT"}, "fail": {"status": status}}])
    accepted = await arm.ask("PUT", url, body)
    assert (await arm.ask("GET", accepted.headers["azure-asyncoperation"])).body["status"] == status
    assert (await arm.ask("GET", shown_at or url)).body["properties"]["provisioningState"] == status
    assert (await arm.ask("PUT", shown_at or url, body if not shown_at else {"location": "westeurope"})).status == 200
    assert (await arm.ask("GET", shown_at or url)).body["properties"]["provisioningState"] == "Succeeded"


async def test_an_operation_fails_with_details(arm: Arm) -> None:
    """docs/facts/arm-errors.md, Another operation."""
    arm.given(HUB, SPOKE)
    inner = [{"code": "RetryableErrorDueToAnotherOperation", "message": "The call can be retried in 12 seconds."}]
    await arm.control(
        "PUT", "/control/faults", [{"match": ON_HALF, "fail": {"code": "RetryableError", "details": inner}}]
    )
    accepted = await arm.ask("PUT", half_id("hub", "spoke"), HALF)
    poll = (await arm.ask("GET", accepted.headers["azure-asyncoperation"])).body
    assert (poll["status"], poll["error"]["code"], poll["error"]["details"]) == ("Failed", "RetryableError", inner)


async def test_an_answer_has_inner_codes_or_the_gateways_lack_of_them(arm: Arm) -> None:
    """docs/facts/arm-errors.md, Not found: the gateway answers without `details`."""
    arm.given(HUB)
    inner = [{"code": "PreconditionFailedEtagMismatch", "message": "…"}]
    await arm.control("PUT", "/control/faults", [{"answer": {"status": 412, "details": inner}}])
    await arm.control(
        "POST", "/control/faults", {"answer": {"status": 404, "code": "ResourceNotFound", "details": None}}
    )
    provider, gateway = await arm.ask("GET", network_id("hub")), await arm.ask("GET", network_id("hub"))
    assert provider.body["error"]["details"] == inner
    assert "details" not in gateway.body["error"]
    assert gateway.headers["x-ms-failure-cause"] == "gateway"
    assert len((await arm.control("GET", "/control/faults")).body["rules"]) == 2


async def test_a_success_that_made_nothing(azure: Azure) -> None:
    """docs/facts/arm-operations.md, Success that changed nothing. The SDK's own last read finds out."""
    azure.given(HUB, SPOKE)
    rules(azure, {"match": ON_HALF, "unchanged": True})
    status, code, _ = await refusal(azure.peer("hub", "spoke"))
    assert (status, code) == (404, "NotFound")
    assert (await azure.peer("hub", "spoke"))["peeringState"] == "Initiated"


async def test_a_success_that_changed_nothing(azure: Azure) -> None:
    """docs/facts/arm-operations.md, Success that changed nothing."""
    azure.given(HUB, SPOKE)
    await azure.peer_both()
    rules(azure, {"match": ON_HALF, "unchanged": True}, {"match": {"method": "DELETE"}, "unchanged": True})
    half = await azure.peer("hub", "spoke", allowGatewayTransit=True)
    assert (half["provisioningState"], half["allowGatewayTransit"]) == ("Succeeded", False)
    await azure.unpeer("hub", "spoke")
    half = await azure.half("hub", "spoke")
    assert (half["provisioningState"], half["peeringState"]) == ("Succeeded", "Connected")
    assert (await azure.half("spoke", "hub"))["peeringState"] == "Connected"


@pytest.mark.parametrize(
    ("busy", "status", "code", "header", "words"),
    [
        ({}, 429, "RetryableError", "60", True),
        ({"wait": "words"}, 429, "RetryableError", None, True),
        ({"wait": "none"}, 429, "RetryableError", None, False),
        ({"status": 409}, 409, "AnotherOperationInProgress", "60", False),
        ({"status": 409, "wait": "words"}, 409, "AnotherOperationInProgress", None, True),
        ({"status": 409, "wait": "none"}, 409, "AnotherOperationInProgress", None, False),
    ],
)
async def test_a_hub_is_busy_for_a_while(
    arm: Arm, busy: Json, status: int, code: str, header: str | None, words: bool
) -> None:
    """docs/facts/arm-errors.md, Another operation. The wait that is told grows shorter, and then it is over."""
    arm.given(HUB, SPOKE)
    rule = {"match": {"path": "/virtualnetworks/hub/"}, "busy": {"seconds": 60, **busy}}
    await arm.control("PUT", "/control/faults", [rule])
    first = await arm.ask("PUT", half_id("hub", "spoke"), HALF)
    assert (first.status, first.code, first.headers.get("retry-after")) == (status, code, header)
    assert ("can be retried in 60 seconds" in str(first.body)) is words
    assert (await arm.ask("GET", f"{network_id('hub')}/virtualNetworkPeerings")).status == 200
    arm.clock.step(59)
    assert (await arm.ask("PUT", half_id("hub", "spoke"), HALF)).headers.get("retry-after") == (header and "1")
    arm.clock.step(1)
    assert (await arm.ask("PUT", half_id("hub", "spoke"), HALF)).status == 201
    assert (await arm.control("GET", "/control/faults")).body["rules"][0]["hits"] == 2
