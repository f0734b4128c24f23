"""DELETE and retry by HTTP, over the fakes: what is asked, what is answered, and what stands in the records then."""

from typing import Any

import httpx
import pytest

from peering import wiring
from peering.core.intake.requests import NamedBy
from peering.core.network.failures import AzureFailure
from peering.core.record.record import State
from peering.ports import StaleRecord, Tables
from tests.builders import SPOKE_ID, hub, record, spoke
from tests.functions import in_process
from tests.service.town import Town

PATH = f"peerings/PROD-weu/{SPOKE_ID.key.upper()}"


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    made = Town(hub(), spoke(tag=None))

    async def context() -> object:
        return made.context

    async def tables() -> Tables:
        ports = made.context.ports
        return Tables(records=ports.records, pauses=ports.pauses, sweeps=ports.sweeps, registry=ports.registry)

    monkeypatch.setattr(wiring, "context", context)
    monkeypatch.setattr(wiring, "tables", tables)
    monkeypatch.setattr(wiring, "catalogue", lambda: made.context.catalogue)
    monkeypatch.setenv("AzureWebJobsStorage", "UseDevelopmentStorage=true")
    monkeypatch.setenv("AUTOPEER_KEYS_MAY_OPERATE", "true")
    wiring.settings.cache_clear()
    return made


async def called(method: str, path: str, body: object = None) -> tuple[int, dict[str, Any], httpx.Headers]:
    answer = await in_process.called(method, path, body)
    return answer.status_code, answer.json(), answer.headers


async def test_a_spoke_that_leaves_can_be_followed(town: Town) -> None:
    saved = await town.records.save(record(State.REFUSED, named_by=NamedBy.REQUEST, etag=None))
    status, told, headers = await called("DELETE", PATH)
    assert (status, headers["Location"]) == (202, f"/api/requests/{SPOKE_ID.key}-1")
    assert (told["key"], town.row().asked.who, town.state()) == (saved.spoke.key, "a function key", State.LEAVING)
    assert (await called("GET", told["request"].removeprefix("/api/")))[1]["status"] == "working"
    await town.pump()
    body = (await called("GET", told["request"].removeprefix("/api/")))[1]
    assert (body["status"], body["outcome"]["state"]) == ("done", "Removed")


async def test_what_a_tag_wants_is_told_what_to_do(town: Town) -> None:
    await town.records.save(record(State.REFUSED, etag=None))
    town.change(tags={"hub": "prod-weu"})
    status, told, _ = await called("DELETE", PATH)
    assert (status, told["type"], "remove the tag" in told["detail"]) == (409, "/api/problems#still-wanted", True)


@pytest.mark.parametrize("path", [PATH, "peerings/x'y/z", f"peerings/nobody/{'0' * 32}"])
async def test_what_nobody_knows_cannot_leave(town: Town, path: str) -> None:
    assert (await called("DELETE", path))[0] == 404
    assert town.queue.messages == []


async def test_a_row_that_others_write_all_the_time(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lose(_: object) -> None:
        raise StaleRecord

    await town.records.save(record(State.REFUSED, named_by=NamedBy.REQUEST, etag=None))
    monkeypatch.setattr(town.records, "save", lose)
    status, told, headers = await called("DELETE", PATH)
    assert (status, headers["Retry-After"], "Nothing was done" in told["detail"]) == (503, "5", True)


async def test_a_network_that_azure_does_not_show(town: Town) -> None:
    async def refuse(_: object) -> None:
        raise AzureFailure(403, "AuthorizationFailed", "No.")

    await town.records.save(record(State.REFUSED, etag=None))
    town.networks.on_read.append(refuse)
    status, told, headers = await called("DELETE", PATH)
    assert (status, headers["Retry-After"], "AuthorizationFailed" in told["detail"]) == (503, "30", True)


BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["#/hub"]),
    ({"hub": None, "state": None}, ["#/hub"]),
    ({"hub": "nowhere"}, ["#/hub"]),
    ({"state": "Connected"}, ["#/state"]),
    ({"state": 5}, ["#/state"]),
    ({"state": []}, ["#/state"]),
    ({"spoke": "x", "hub": "prod-weu"}, ["#/spoke"]),
]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(("body", "pointers"), BAD, ids=range(len(BAD)))
async def test_a_retry_that_cannot_be_used(body: dict[str, Any], pointers: list[str]) -> None:
    status, told, _ = await called("POST", "peerings:retry", body)
    assert (status, [error["pointer"] for error in told["errors"]]) == (422, pointers)


@pytest.mark.parametrize("body", [{"hub": "PROD-weu"}, {"state": "Failed"}, {"hub": "prod-weu", "state": "Failed"}])
async def test_a_retry_says_what_is_looked_at_again(town: Town, body: dict[str, str]) -> None:
    await town.records.save(record(State.FAILED, etag=None))
    status, told, _ = await called("POST", "peerings:retry", body)
    row = {"hub": "prod-weu", "key": SPOKE_ID.key, "spoke": str(SPOKE_ID)}
    assert (status, told["count"], told["more"], told["value"]) == (202, 1, False, [row])
    assert town.state() is State.PENDING


async def test_a_retry_of_what_nobody_knows(town: Town) -> None:
    assert (await called("POST", "peerings:retry", {"hub": "unknown"}))[1]["value"] == []
    assert town.queue.messages == []


async def test_a_row_that_others_change_all_the_time_is_to_be_asked_about_again(town: Town) -> None:
    await town.records.save(record(State.REFUSED, named_by=NamedBy.REQUEST, etag=None))
    town.records.before_save.append(town.records.overtake)
    status, told, headers = await called("DELETE", PATH)
    assert (status, told["type"], headers["Retry-After"]) == (503, "/api/problems#busy-record", "5")
    assert "changed 5 times" in told["detail"]
    assert town.state() is State.REFUSED
