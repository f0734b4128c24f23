"""What can go wrong with a call to storage (docs/facts/storage.md, Errors; Storage that does not answer)."""

from __future__ import annotations

import asyncio

import pytest
from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError, ServiceResponseError

from tests.emulator.arm import Arm, Json
from tests.emulator.storage.conftest import ROW, App

BUSY = {"status": 503}


async def status_of(call: object) -> int | None:
    assert asyncio.iscoroutine(call)
    try:
        await call
    except HttpResponseError as error:
        return error.status_code
    return 200


async def test_each_service_words_its_errors_in_its_own_way(app: App) -> None:
    answer = {"status": 500, "code": "OperationTimedOut", "headers": {"Retry-After": "3"}}
    await app.rules({"times": None, "answer": answer})
    for call in (
        app.table.upsert_entity(ROW),
        app.queue.send_message("x"),
        app.container.get_blob_client("b").upload_blob(b"x"),
    ):
        with pytest.raises(HttpResponseError) as raised:
            await call
        assert raised.value.status_code == 500
        assert str(getattr(raised.value, "error_code", "")).rpartition(".")[2] in {
            "OperationTimedOut",
            "OPERATION_TIMED_OUT",
        }
    await app.control("DELETE", "/faults")
    await app.table.upsert_entity(ROW)


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({"service": "table"}, [503, 200, 200]),
        ({"service": "queue"}, [200, 503, 200]),
        ({"name": "leases"}, [200, 200, 503]),
        ({"name": "RECORDS"}, [503, 200, 200]),
        ({"method": "POST"}, [200, 503, 200]),
        ({"path": "/messages"}, [200, 503, 200]),
        ({"path": "comp=properties|restype=container"}, [200, 200, 503]),
        ({"service": "blob", "method": "PUT"}, [200, 200, 200]),
    ],
)
async def test_a_rule_chooses_its_calls(app: App, match: Json, struck: list[int]) -> None:
    await app.rules({"match": match, "times": None, "answer": BUSY})
    calls = (app.table.upsert_entity(ROW), app.queue.send_message("x"), app.container.get_container_properties())
    assert [await status_of(call) for call in calls] == struck


async def test_a_rule_strikes_after_and_as_often_as_it_says(app: App) -> None:
    await app.rules({"match": {"service": "table"}, "after": 1, "times": 2, "answer": BUSY})
    assert [await status_of(app.table.upsert_entity(ROW)) for _ in range(4)] == [200, 503, 503, 200]
    rule = (await app.control("GET", "/faults"))["rules"][0]
    assert (rule["seen"], rule["hits"]) == (4, 2)


async def test_rules_are_added_behind_those_in_force(app: App) -> None:
    await app.rules({"match": {"service": "table"}, "answer": {"status": 500}})
    await app.control("POST", "/faults", {"match": {"service": "table"}, "answer": BUSY})
    assert [await status_of(app.table.upsert_entity(ROW)) for _ in range(3)] == [500, 503, 200]


async def test_an_answer_comes_late(app: App) -> None:
    await app.rules({"match": {"name": "records"}, "delaySeconds": 0.2, "times": 2})
    loop = asyncio.get_running_loop()
    for _ in range(2):
        started = loop.time()
        await app.table.upsert_entity(ROW)
        assert loop.time() - started >= 0.19
    assert [each["status"] for each in await app.log()][-2:] == [204, 204]


@pytest.mark.parametrize(("moment", "sent"), [("before", 0), ("after", 1)])
async def test_a_call_hangs_before_or_after_it_has_worked(app: App, moment: str, sent: int) -> None:
    await app.rules({"match": {"service": "queue", "method": "POST"}, "hang": moment})
    call = asyncio.ensure_future(app.queue.send_message("x"))
    while not (await app.control("GET", "/faults"))["rules"][0]["hits"]:
        assert not call.done()
    await app.queue.get_queue_properties()
    assert not call.done()
    if moment == "after":
        while (await app.queue.get_queue_properties()).approximate_message_count == 0:
            assert not call.done()
    call.cancel()
    await asyncio.wait([call])
    assert (await app.queue.get_queue_properties()).approximate_message_count == sent


@pytest.mark.parametrize(("moment", "sent"), [("before", 0), ("during", 1), ("after", 1)])
async def test_a_call_is_cut_off(app: App, moment: str, sent: int) -> None:
    await app.rules({"match": {"service": "queue", "method": "POST"}, "drop": moment})
    with pytest.raises((ServiceRequestError, ServiceResponseError, AzureError)):
        await app.queue.send_message("x")
    assert (await app.queue.get_queue_properties()).approximate_message_count == sent
    assert [each["status"] for each in await app.log() if each["method"] == "POST"][-1] == 0


@pytest.mark.parametrize(
    "rules",
    [
        "text",
        {"rules": {}},
        [1],
        [{"answer": {}, "typo": 1}],
        [{"match": {"path": "("}, "drop": "before"}],
        [{"drop": "sometimes"}],
        [{"hang": "during"}],
        [{"match": {"service": "files"}, "drop": "before"}],
        [{"match": {"table": "x"}, "drop": "before"}],
        [{"times": "once", "drop": "before"}],
        [{"match": {"service": "table"}}],
        [{"answer": 503}],
        [{"delaySeconds": "long"}],
    ],
)
async def test_rules_that_cannot_be_understood_change_nothing(arm: Arm, rules: object) -> None:
    await arm.control("PUT", "/control/storage/faults", [{"drop": "before"}])
    answer = await arm.control("PUT", "/control/storage/faults", rules)
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert len((await arm.control("GET", "/control/storage/faults")).body["rules"]) == 1
    assert (await arm.control("PUT", "/control/storage/standstill", rules)).status == 400
