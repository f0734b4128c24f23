"""The control endpoint: the request log, faults, latency, and state saved and loaded."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, SPOKE, half_id, network_id

HALF = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}


async def test_the_log_has_arms_requests_and_no_others(arm: Arm) -> None:
    arm.given(HUB)
    answer = await arm.ask("GET", f"{network_id('hub')}?api-version=2024-05-01")
    await arm.control("GET", "/control/latency")
    await arm.ask_exactly("GET", f"/{arm.server.authority.tenant}/v2.0/.well-known/openid-configuration")
    log = (await arm.control("GET", "/control/requests")).body
    assert log["next"] == 1
    assert [(each["n"], each["method"], each["path"], each["status"]) for each in log["requests"]] == [
        (1, "GET", network_id("hub"), 200)
    ]
    only = log["requests"][0]
    assert only["query"] == "api-version=2024-05-01"
    assert only["correlationId"] == answer.headers["x-ms-correlation-request-id"]
    assert only["caller"] == arm.server.authority.verify(f"Bearer {arm.server.authority.issue()}").object_id


async def test_the_log_goes_on_where_one_left_off(arm: Arm) -> None:
    for _ in range(3):
        await arm.ask("GET", GROUP)
    log = (await arm.control("GET", "/control/requests?since=2")).body
    assert (log["next"], [each["n"] for each in log["requests"]]) == (3, [3])
    assert (await arm.control("GET", "/control/requests?since=x")).status == 400


async def test_a_rule_strikes_after_and_as_often_as_it_says(arm: Arm) -> None:
    arm.given(HUB)
    answer = {"status": 429, "code": "Busy", "message": "Later.", "headers": {"Retry-After": "3"}}
    rule = {"match": {"method": "GET", "path": "/virtualnetworks/hub$"}, "after": 1, "times": 2, "answer": answer}
    await arm.control("PUT", "/control/faults", {"rules": [rule]})
    answers = [await arm.ask("GET", network_id("HUB")) for _ in range(4)]
    assert [each.status for each in answers] == [200, 429, 429, 200]
    assert answers[1].body == {"error": {"code": "Busy", "message": "Later.", "details": []}}
    assert answers[1].headers["retry-after"] == "3"
    rules = (await arm.control("GET", "/control/faults")).body["rules"]
    assert (rules[0]["seen"], rules[0]["hits"]) == (4, 2)


async def test_a_rule_for_ever_lasts_until_the_rules_are_deleted(arm: Arm) -> None:
    arm.given(HUB)
    await arm.control("PUT", "/control/faults", [{"times": None, "answer": {"status": 503}}])
    assert [(await arm.ask("GET", network_id("hub"))).status for _ in range(3)] == [503] * 3
    await arm.control("DELETE", "/control/faults")
    assert (await arm.ask("GET", network_id("hub"))).status == 200


async def test_a_rule_may_strike_a_share_by_chance_that_can_be_repeated(arm: Arm) -> None:
    arm.given(HUB)
    rule = {"match": {"method": "GET"}, "share": 0.2, "seed": 7, "answer": {"status": 503}}
    runs = []
    for _ in range(2):
        await arm.control("PUT", "/control/faults", [rule])
        runs.append([(await arm.ask("GET", network_id("hub"))).status for _ in range(100)])
    assert runs[0] == runs[1]
    assert 10 <= runs[0].count(503) <= 30
    [seen] = (await arm.control("GET", "/control/faults")).body["rules"]
    assert (seen["seen"], seen["hits"], seen["share"]) == (100, runs[1].count(503), 0.2)


async def test_a_share_strikes_no_more_often_than_it_is_told(arm: Arm) -> None:
    arm.given(HUB)
    await arm.control("PUT", "/control/faults", [{"share": 1, "times": 2, "answer": {"status": 503}}])
    assert [(await arm.ask("GET", network_id("hub"))).status for _ in range(3)] == [503, 503, 200]


@pytest.mark.parametrize(("moment", "exists"), [("before", False), ("after", True)])
async def test_a_connection_dropped_before_or_after_the_work(arm: Arm, moment: str, exists: bool) -> None:
    arm.given({"id": GROUP})
    await arm.control("PUT", "/control/faults", [{"match": {"method": "PUT"}, "times": None, "drop": moment}])
    with pytest.raises(aiohttp.ClientError):
        await arm.ask("PUT", network_id("hub"), HUB["body"])
    assert ((await arm.ask("GET", network_id("hub"))).status == 200) is exists


async def test_an_answer_may_come_late(arm: Arm) -> None:
    arm.given(HUB)
    await arm.control("PUT", "/control/faults", [{"delaySeconds": 0.05, "times": 1}])
    late = asyncio.create_task(arm.ask("GET", network_id("hub")))
    first, _ = await asyncio.wait(
        {late, asyncio.create_task(arm.ask("GET", GROUP))}, return_when=asyncio.FIRST_COMPLETED
    )
    assert late not in first
    assert (await late).status == 200


async def test_an_operation_may_take_longer(arm: Arm) -> None:
    arm.given(HUB, SPOKE)
    await arm.control("PUT", "/control/faults", [{"match": {"method": "PUT"}, "durationSeconds": 30}])
    accepted = await arm.ask("PUT", half_id("hub", "spoke"), HALF)
    assert accepted.headers["x-ms-retry-after-ms"] == "500"
    arm.clock.step(29)
    assert (await arm.ask("GET", accepted.headers["azure-asyncoperation"])).body == {"status": "InProgress"}
    arm.clock.step(1)
    assert (await arm.ask("GET", accepted.headers["azure-asyncoperation"])).body == {"status": "Succeeded"}


@pytest.mark.parametrize(
    "rules",
    [
        "text",
        {"rules": {}},
        [1],
        [{"answer": {}, "typo": 1}],
        [{"match": {"path": "("}, "drop": "before"}],
        [{"drop": "during"}],
        [{"match": {"path": "x"}}],
        [{"match": {"url": "x"}, "drop": "before"}],
        [{"times": "once", "drop": "before"}],
        [{"busy": {"status": 409}}],
        [{"busy": {"seconds": 5, "status": 500}}],
        [{"fail": {"status": "Succeeded"}}],
        [{"staleSeconds": "long"}],
        [{"share": 0.2}],
        [{"share": 0, "drop": "before"}],
        [{"share": 20, "drop": "before"}],
        [{"share": 0.2, "seed": "x", "drop": "before"}],
    ],
)
async def test_rules_that_cannot_be_understood_change_nothing(arm: Arm, rules: object) -> None:
    await arm.control("PUT", "/control/faults", [{"drop": "before"}])
    answer = await arm.control("PUT", "/control/faults", rules)
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert len((await arm.control("GET", "/control/faults")).body["rules"]) == 1


async def test_latency_is_read_and_set(arm: Arm) -> None:
    assert (await arm.control("GET", "/control/latency")).body == {
        "mode": "none",
        "conflict": "AnotherOperationInProgress",
        "halfHolds": "own",
        "staleSeconds": 0,
        "graphDelaySeconds": 0,
        "pageSize": 1000,
        "moveEvents": "group",
    }
    changed = await arm.control("PUT", "/control/latency", {"mode": "real", "conflict": "RetryableError"})
    assert changed.body["graphDelaySeconds"] == 10
    more = await arm.control("PUT", "/control/latency", {"halfHolds": "both", "staleSeconds": 2.5})
    assert more.body == {**changed.body, "halfHolds": "both", "staleSeconds": 2.5}
    most = await arm.control("PUT", "/control/latency", {"pageSize": 3, "moveEvents": "resources"})
    assert most.body == {**more.body, "pageSize": 3, "moveEvents": "resources"}
    for wrong in ({"pageSize": 0}, {"pageSize": "many"}, {"moveEvents": "all"}, {"staleSeconds": -1}):
        assert (await arm.control("PUT", "/control/latency", wrong)).status == 400
    assert (await arm.control("PUT", "/control/latency", {"mode": "slow"})).status == 400
    assert (await arm.control("PUT", "/control/latency", [])).status == 400
    assert (await arm.control("PUT", "/control/latency", {"staleSeconds": None})).status == 400


async def test_state_is_saved_and_loaded_whole_with_what_is_in_flight(slow_arm: Arm) -> None:
    arm = slow_arm
    arm.given(HUB, SPOKE, {"id": half_id("hub", "spoke"), "body": HALF})
    back = {"properties": {"remoteVirtualNetwork": {"id": network_id("hub")}}}
    accepted = await arm.ask("PUT", half_id("spoke", "hub"), back)
    before = [(await arm.ask("GET", network_id(name))).body for name in ("hub", "spoke")]
    saved = (await arm.control("GET", "/control/state")).body

    async def put(state: dict[str, Any]) -> int:
        return (await arm.control("PUT", "/control/state", state)).status

    assert await put({**saved, "groups": [], "networks": [], "operations": []}) == 204
    assert (await arm.ask("GET", network_id("hub"))).status == 404
    assert await put(saved) == 204
    assert [(await arm.ask("GET", network_id(name))).body for name in ("hub", "spoke")] == before
    assert (await arm.ask("PUT", half_id("spoke", "hub"), back)).code == "AnotherOperationInProgress"
    arm.clock.step(11)
    assert (await arm.ask("GET", accepted.headers["azure-asyncoperation"])).body == {"status": "Succeeded"}
    hub = (await arm.ask("GET", half_id("hub", "spoke"))).body
    assert hub["properties"]["peeringState"] == "Connected"


@pytest.mark.parametrize("state", [{}, {"version": 1}, {"version": 1, "networks": 5}, []])
async def test_a_state_that_cannot_be_read_changes_nothing(arm: Arm, state: object) -> None:
    arm.given(HUB)
    assert (await arm.control("PUT", "/control/state", state)).status == 400
    assert (await arm.ask("GET", network_id("hub"))).status == 200
