"""What the app tells its topic, from the pause of a network to its connection, as the schema has it."""

import asyncio
import json
import time
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from localazure.up.options import ROOT
from tests.e2e.town import Town, vnet_id

_LONGEST, _LOOK = 60.0, 0.05


async def told(town: Town, spoke: str, last: str) -> list[dict[str, Any]]:
    """The events about the spoke, once the one of that type is among them."""
    end = time.monotonic() + _LONGEST
    while time.monotonic() < end:
        events = (await town.get("/control/topics/outcomes/events"))["events"]
        about = [event for event in events if event["subject"] == spoke]
        if any(event["type"] == last for event in about):
            return about
        await asyncio.sleep(_LOOK)
    raise AssertionError(f"nobody was told {last} of {spoke}")


@pytest.mark.long
async def test_a_hold_its_wait_its_end_and_the_connection_are_told_each_once(town: Town) -> None:
    spoke = vnet_id("told-of")
    held = await town.app.post("/api/pause", json={"spoke": spoke, "reason": "isolated"})
    held.raise_for_status()
    await told(town, spoke, "Autopeer.Pause.Began")
    await town.arm.put_vnet(spoke, "westeurope", ["10.71.9.0/24"], {"hub": "prod-weu"})
    (*_, wait) = await told(town, spoke, "Autopeer.Spoke.Waiting")
    assert (wait["data"]["waiting"]["for"], wait["data"]["waiting"]["until"]) == ("pause", None)
    (await town.app.delete("/api/pause", params={"spoke": spoke})).raise_for_status()
    events = await told(town, spoke, "Autopeer.Spoke.Connected")
    assert [event["type"].removeprefix("Autopeer.") for event in events if "Spoke" not in event["type"]] == [
        "Pause.Began",
        "Pause.Ended",
    ]
    assert sorted({event["type"] for event in events}) == [
        "Autopeer.Pause.Began",
        "Autopeer.Pause.Ended",
        "Autopeer.Spoke.Connected",
        "Autopeer.Spoke.Waiting",
    ]
    assert len({event["id"] for event in events}) == len(events)
    schema = json.loads((ROOT / "docs" / "events.schema.json").read_text("utf-8"))
    for event in events:
        sent = {
            name: value for name, value in event.items() if name != "deliveries"
        }  # beside it, in the emulator's log
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(sent)
