"""Hostile texts through the whole of it: ARM, Event Grid, the worker, the tables, and what is left in the log."""

import re
from pathlib import Path

import pytest

from localazure.client.stage import stage
from tests.e2e.town import Town, visit, vnet_id
from tests.security.hostile import VALUES

_LOG_LINE = re.compile(r"\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ ")
_FORGED = ("forged", "ERROR the hub")


@pytest.mark.long
async def test_hostile_texts_are_answered_and_leave_one_line_each() -> None:
    """One story, because the stage is dear: a tag, a caller's header, queries, and then the log."""
    async with stage("--latency", "none") as ready, visit(ready) as town:
        await _tags(town)
        await _headers(town)
        await _queries(town)
        lines = (Path(ready.ca).parent / "host.log").read_text("utf-8").splitlines()
    assert any(forged in line for forged in _FORGED for line in lines)  # it was logged, and
    assert [line for line in lines if line.startswith(_FORGED) or "\x1b" in line] == []
    assert [line for line in lines if any(text in line for text in _FORGED) and not _LOG_LINE.match(line)] == []


async def _tags(town: Town) -> None:
    for number, value in enumerate(VALUES):
        spoke = vnet_id(f"hostile-{number}")
        await town.arm.put_vnet(spoke, "westeurope", [f"10.64.{number}.0/24"], {"hub": value})
        record = await town.record(spoke, "Refused")
        assert [finding["code"] for finding in record["findings"]] == ["UnknownHub"]
        assert record["findings"][0]["message"].isprintable()
        assert (record["hub"], await town.writes(spoke)) == ("unknown", [])


async def _headers(town: Town) -> None:
    """Without App Service's sign-in the header is anybody's word."""
    spoke = vnet_id("spoofed")
    await town.arm.put_vnet(spoke, "westeurope", ["10.65.0.0/24"])
    headers = {"x-ms-client-principal-name": "the owner", "x-ms-client-principal-id": "the owner"}
    answer = await town.app.post("/api/peerings", json={"spoke": spoke, "hub": "prod-weu"}, headers=headers)
    assert answer.status_code == 202
    assert (await town.record(spoke, "Connected"))["who"] == "a function key"


async def _queries(town: Town) -> None:
    """What is no name of a hub is refused before it could become part of a filter."""
    for value in VALUES:
        answer = await town.app.get("/api/peerings", params={"hub": value})
        shown = {record["hub"] for record in answer.json().get("value", ())}
        assert (answer.status_code, shown) == ((200, {"unknown"}) if value == "unknown" else (400, set()))
        assert (await town.app.get("/api/peerings", params={value: "1"})).status_code == 400
    untouched = await town.app.get("/api/peerings", params={"hub": "prod-weu"})
    assert len(untouched.json()["value"]) == 1
