"""hubs.schema.json, which editors read, held to the reader in both directions, as far as a schema can say it.

What the reader takes the schema takes. What the schema takes the reader takes too, but for what is listed in `BEYOND`.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from peering.core.catalogue.policy import ApprovalRule, HubPolicy
from peering.core.catalogue.reader import CatalogueError, read_catalogue
from tests.builders import HUB_ID, OTHER_HUB_ID, OTHER_SUBSCRIPTION, SUBSCRIPTION
from tests.core.catalogue.test_reader import FAULTS, values

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "hubs.example.toml"
SCHEMA: dict[str, Any] = json.loads((ROOT / "hubs.schema.json").read_text("utf-8"))
KEYS: dict[str, dict[str, Any]] = SCHEMA["definitions"]
OWN = {field.name for field in fields(HubPolicy)} - {"name", "installation"}
RULE = {field.name for field in fields(ApprovalRule)}
RULE_KEYS: dict[str, dict[str, Any]] = KEYS["rule"]["properties"]
BEYOND = (  # more than one key, what an address is, and ids that are well formed and nobody's
    "Did you mean [0-9a-f]",
    "is not an address prefix: '",  # of the right form, such as 10.0.0.0/33
    "lies wholly in reserved_space",
    "is the VNet of hub",
    "is there twice",
    "is no name for a hub: .* 'unknown'",
    "has nothing to inherit from",
    "would overwrite the question",
    "among its regions",
    "is not the resource id",
    "is the example's",
    "from 0 to 10080, not nan",  # JSON has no such number
)


def accepts(document: dict[str, Any]) -> bool:
    return bool(_validator().is_valid(document))


@cache
def _validator() -> Draft4Validator:
    return Draft4Validator(SCHEMA)


def reasons(document: dict[str, Any]) -> list[str]:
    try:
        read_catalogue(document)
    except CatalogueError as error:
        return [fault.reason for fault in error.faults]
    return []


def beyond(reason: str) -> bool:
    return any(re.search(pattern, reason) for pattern in BEYOND)


def agree(document: dict[str, Any]) -> bool:
    """Whether the schema refuses only what the reader refuses, and takes only what the reader takes or sees alone."""
    told = reasons(document)
    return all(map(beyond, told)) if accepts(document) else told != []


def nodes(node: object, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a key, with its place."""
    if isinstance(node, dict):
        for name, inner in node.get("properties", {}).items():
            yield f"{at}/{name}", inner
        for name, inner in node.items():
            yield from nodes(inner, f"{at}/{name}")
    if isinstance(node, list):
        for inner in node:
            yield from nodes(inner, at)


def hub(**keys: Any) -> dict[str, Any]:  # noqa: ANN401 - any TOML value
    return {"hubs": {"prod-weu": {"vnet": str(HUB_ID), **keys}}}


def test_it_is_a_schema_of_the_draft_that_editors_for_toml_know() -> None:
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-04/schema#"
    Draft4Validator.check_schema(SCHEMA)


def test_it_has_every_key_that_the_reader_knows_and_no_other() -> None:
    assert set(KEYS["hub"]["properties"]) == OWN
    assert set(KEYS["defaults"]["properties"]) == OWN - {"vnet"}
    assert set(RULE_KEYS) == RULE
    misspelt = reasons(
        {**hub(), "tag_": 1, "status_tag_": 1, "tag_from_": 1, "inherit_": 1, "defaults_": 1, "hubs_": 1}
    )
    assert {re.sub(r".*'(\w+)'\?", r"\1", reason) for reason in misspelt} == set(SCHEMA["properties"])


def test_every_key_is_described() -> None:
    found = dict(nodes(SCHEMA))
    assert len(found) > len(OWN)
    for place, node in found.items():
        said = KEYS[node["$ref"].rpartition("/")[2]] if "$ref" in node else node
        assert said["description"].strip(), place


WORDS = [
    (field.name, node, field.type)
    for kind, node in ((HubPolicy, KEYS), (ApprovalRule, RULE_KEYS))
    for field in fields(kind)
    if isinstance(field.type, type) and issubclass(field.type, StrEnum)
]


@pytest.mark.parametrize(("key", "node", "words"), WORDS, ids=[key for key, _, _ in WORDS])
def test_it_has_the_words_that_a_key_may_have(key: str, node: dict[str, Any], words: type[StrEnum]) -> None:
    assert sorted(node[key]["enum"]) == sorted(words)


@pytest.mark.parametrize("key", sorted(key for key in OWN if "default" in KEYS[key]))
def test_its_defaults_are_those_of_the_reader(key: str) -> None:
    assert read_catalogue(hub(**{key: KEYS[key]["default"]})) == read_catalogue(hub())


@pytest.mark.parametrize("key", sorted(key for key in OWN if "default" not in KEYS[key]))
def test_what_has_no_default_there_has_none_that_could_be_written(key: str) -> None:
    assert key == "vnet" or getattr(read_catalogue(hub()).hubs["prod-weu"], key) in ("", (), None)


def test_the_default_of_a_rule_and_of_the_tag() -> None:
    said, silent = (reading["decision"] for reading in ({"decision": RULE_KEYS["decision"]["default"]}, RULE_KEYS))
    assert read_catalogue(hub(approval=[{"decision": said}])) == read_catalogue(hub(approval=[{}]))
    assert silent["default"] == said
    assert read_catalogue({**hub(), "tag": KEYS["tag"]["default"]}) == read_catalogue(hub())


CATALOGUES = [EXAMPLE, *sorted((ROOT / "localazure").rglob("hubs.toml"))]


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: str(file.relative_to(ROOT)))
def test_catalogues_of_the_repository_fit(file: Path) -> None:
    assert [error.message for error in _validator().iter_errors(tomllib.loads(file.read_text("utf-8")))] == []


def test_the_example_names_it_in_the_line_that_editors_look_for() -> None:
    first = EXAMPLE.read_text("utf-8").partition("\n")[0]
    assert first.startswith("#:schema ./")
    assert (EXAMPLE.parent / first.removeprefix("#:schema ")).read_text("utf-8") == json.dumps(SCHEMA, indent=2) + "\n"


@pytest.mark.parametrize(("toml", "reason"), [(toml, reason) for toml, _, reason in FAULTS], ids=range(len(FAULTS)))
def test_each_fault_of_the_reader_is_one_of_the_schema_or_beyond_it(toml: str, reason: str) -> None:
    assert agree(tomllib.loads(toml)), reason


def test_most_faults_are_seen_in_an_editor() -> None:
    seen = [toml for toml, _, _ in FAULTS if not accepts(tomllib.loads(toml))]
    assert len(seen) > len(FAULTS) * 3 / 4


GUIDS = st.sampled_from([SUBSCRIPTION, OTHER_SUBSCRIPTION.upper(), "*", f" {SUBSCRIPTION} ", "prod", ""])
PREFIXES = st.sampled_from(["10.0.0.0/8", "10.64.0.0/10", " fd00::/8 ", "10.0.0.1/8", "10.0.0.0", "10.0.0.0/x", ""])
REGIONS = st.sampled_from(["westeurope", "West Europe", "any", "same", ""])
PEOPLE = st.sampled_from(["us", " us ", "x" * 64, "x" * 65, "x" * 256, "x" * 257, "two\nlines", " ", "é"])
TAGS = st.sampled_from(["hub", " Hub ", "hub-status", "a/b", "a<b", "x" * 512, "x" * 513, "\t"])
SWITCHES = st.booleans() | st.fixed_dictionaries({}, optional={"hub": st.booleans(), "spoke": st.booleans()})
RULES = st.fixed_dictionaries(
    {},
    optional={
        "decision": st.sampled_from(["accept", "hold", "perhaps"]),
        "subscription": GUIDS | st.lists(GUIDS, max_size=2),
        "space": PREFIXES | st.lists(PREFIXES, max_size=2),
        "region": REGIONS | st.integers(),
        "regoin": REGIONS,
    },
)
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "vnet": st.sampled_from([str(HUB_ID), str(OTHER_HUB_ID).upper(), f" {HUB_ID} ", "hub-weu", f"{HUB_ID}/"]),
    "regions": REGIONS | st.lists(REGIONS, max_size=2),
    "subscriptions": GUIDS | st.lists(GUIDS, max_size=2),
    "approvers": GUIDS | st.lists(GUIDS, max_size=2),
    "allowed_space": PREFIXES | st.lists(PREFIXES, max_size=2),
    "reserved_space": PREFIXES | st.lists(PREFIXES, max_size=2),
    "approval": st.sampled_from(["none", "required", "ask"]) | st.lists(RULES, max_size=2),
    "grace_minutes": st.sampled_from([0, 0.5, 10080, 10081, -1, True, "15"]),
    "approval_days": st.sampled_from([1, 14, 365, 0, 366, 5.0, True, "14"]),
    "max_removals": st.sampled_from([0, 1000, 1001, -1, 5.0, True]),
    "max_peerings": st.sampled_from([1, 1000, 1001, 0, 500.0, False]),
    "tag_from": st.lists(st.sampled_from(["vnet", "group", "subscription", " vnet ", "tenant"]), max_size=3),
    "inherit": st.booleans() | st.just(1),
    "status_tag": TAGS,
    **dict.fromkeys(("forwarded_traffic", "virtual_network_access"), SWITCHES),
    **dict.fromkeys(("owners", "contact", "description"), PEOPLE),
    **{key: st.sampled_from([*KEYS[key]["enum"], "sometimes"]) for key, _, _ in WORDS if key in OWN},
}
LIKELY_OR_NOT = {key: LIKELY[key] | values for key in sorted(OWN)}
TABLES = st.fixed_dictionaries({}, optional={**LIKELY_OR_NOT, "gatway": values})
NAMES = st.sampled_from(["prod-weu", "NEU", " b ", "unknown", "no spaces", "-a", "h" * 40, "h" * 41])
HUBS = st.dictionaries(NAMES, st.builds(lambda few: {"vnet": str(HUB_ID), **few}, TABLES) | TABLES, max_size=2)


@given(
    st.fixed_dictionaries(
        {"hubs": HUBS},
        optional={
            "tag": TAGS | values,
            "status_tag": TAGS,
            "defaults": TABLES | values,
            "tag_from": LIKELY["tag_from"],
            "other": values,
        },
    )
)
def test_schema_and_reader_take_the_same_documents(document: dict[str, Any]) -> None:
    assert agree(document), reasons(document)


@given(st.data(), st.sampled_from(sorted(OWN - {"vnet"})))
def test_schema_and_reader_take_the_same_values_of_each_key(data: st.DataObject, key: str) -> None:
    """One key at a time: among many faults one that only the reader sees would not be noticed."""
    document = hub(**{key: data.draw(LIKELY_OR_NOT[key])})
    assert agree(document), reasons(document)
