"""The outcome events: their schema says what the code sends, no more and no less, and the page has it as it is."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from peering.core.record.record import State
from peering.core.record.waiting import Reason
from tests.docs.events import COMMAND, PAGE, everything, examples, page
from tests.docs.markdown import ROOT

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "events.schema.json").read_text("utf-8"))
EVENTS = list(everything())
TYPES = [name for name in SCHEMA["$defs"] if name.startswith("Autopeer.")]


def validator(definition: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]}, format_checker=FormatChecker()
    )


def test_it_is_a_schema_that_lists_each_of_its_types() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert [each["$ref"] for each in SCHEMA["oneOf"]] == [f"#/$defs/{name}" for name in TYPES]


def test_every_type_is_sent_and_no_other() -> None:
    assert {event["type"] for event in EVENTS} == set(TYPES)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["type"])
def test_what_is_sent_is_as_its_type_says_and_as_no_other(event: dict[str, Any]) -> None:
    for name in TYPES:
        faults = [f"{each.json_path}: {each.message}" for each in validator(name).iter_errors(event)]
        assert bool(faults) == (name != event["type"]), faults


def undescribed(value: object, schema: dict[str, Any], where: str) -> Iterator[str]:
    """What is sent and not described."""
    for each in (schema, *schema.get("anyOf", ()), *schema.get("allOf", ())):
        found = SCHEMA["$defs"][each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        if isinstance(value, dict) and "properties" in found:
            yield from (f"{where}.{name}" for name in value.keys() - found["properties"].keys())
            for name in value.keys() & found["properties"].keys():
                yield from undescribed(value[name], found["properties"][name], f"{where}.{name}")
        if isinstance(value, list) and "items" in found:
            for item in value:
                yield from undescribed(item, found["items"], f"{where}[]")


def test_everything_that_is_sent_is_described() -> None:
    """A new property of the record is described in docs/events.schema.json, $defs/record."""
    missing = {
        each
        for event in EVENTS
        for each in undescribed(event["data"], SCHEMA["$defs"][event["type"]]["properties"]["data"], "data")
    }
    assert missing == set()


def test_a_property_that_nobody_has_described_is_found() -> None:
    broken = EVENTS[0]["data"] | {"new": 1, "hubPeering": {"speed": 1}}
    found = set(undescribed(broken, {"$ref": "#/$defs/record"}, "data"))
    assert found == {"data.new", "data.hubPeering.speed"}


def test_words_are_those_of_the_code() -> None:
    record = SCHEMA["$defs"]["record"]["properties"]
    assert record["state"]["enum"] == list(State)
    assert record["waiting"]["anyOf"][1]["properties"]["for"]["enum"] == list(Reason)


def test_the_examples_are_up_to_date() -> None:
    text = PAGE.read_text("utf-8")
    assert text.count("```json\n") == len(list(examples()))
    assert text == page(), f"write them anew: {COMMAND}"


def test_the_page_tells_of_every_type_and_of_all_that_is_waited_for() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| .{10,} \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted([*TYPES, *Reason])


def test_times_have_a_time_zone() -> None:
    assert all(event["time"].endswith("Z") for event in EVENTS)
