"""The table of switches: shown, set, and listed in the page of what is served with what is known of each question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from localazure.emulator.switches import SWITCHES
from tests.emulator.arm import Arm

COVERAGE = Path(__file__).parents[2] / "localazure/emulator/coverage.md"


async def test_switches_are_shown_and_set(arm: Arm) -> None:
    shown = (await arm.control("GET", "/control/switches")).body
    assert list(shown) == [each.name for each in SWITCHES]
    assert all(each["value"] == each["default"] == each["values"][0] for each in shown.values())
    changed = (await arm.control("PUT", "/control/switches", {"roles": "on"})).body
    assert {name for name in shown if changed[name] != shown[name]} == {"roles"}
    assert (await arm.control("DELETE", "/control/switches")).body == shown


@pytest.mark.parametrize("wanted", [{"role": "on"}, {"roles": "yes"}, {"roles": "on", "x": "y"}, [], "roles"])
async def test_what_is_no_switch_changes_nothing(arm: Arm, wanted: object) -> None:
    answer = await arm.control("PUT", "/control/switches", wanted)
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert (await arm.control("GET", "/control/switches")).body["roles"]["value"] == "off"


def test_coverage_lists_every_switch_and_its_values_and_no_other() -> None:
    section = COVERAGE.read_text("utf-8").partition("## Switches")[2].partition("\n## ")[0]
    listed = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, re.MULTILINE))
    assert listed == {each.name: ", ".join(f"`{value}`" for value in each.values) for each in SWITCHES}
