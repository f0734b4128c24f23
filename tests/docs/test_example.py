"""The catalogue that people copy, held to the policy: every key, every word a key may have, and the defaults."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import fields
from enum import StrEnum

import pytest

from peering.core.catalogue.policy import ApprovalRule, Catalogue, HubPolicy
from peering.core.catalogue.reader import read_catalogue
from peering.core.catalogue.toml_table import EXAMPLE_ID
from tests.docs.markdown import ROOT

EXAMPLE = (ROOT / "hubs.example.toml").read_text("utf-8").replace(EXAMPLE_ID, "a1b2c3d4-0000-4000-8000-000000000001")
HUB = EXAMPLE.partition("[hubs.")[2].partition("\n")[2]
LINES = {line.partition(" = ")[0]: line for line in HUB.splitlines() if " = " in line and not line.startswith("#")}
DEFAULTS = [key for key, line in LINES.items() if key != "vnet" and "default" not in line.lower()]
WORDS = [
    (field.name, word)
    for kind in (HubPolicy, ApprovalRule)
    for field in fields(kind)
    if isinstance(field.type, type) and issubclass(field.type, StrEnum)
    for word in field.type
]


def test_it_shows_every_key() -> None:
    assert LINES.keys() == {field.name for field in fields(HubPolicy)} - {"name", "installation"}


@pytest.mark.parametrize(("key", "word"), WORDS)
def test_it_names_every_word_that_a_key_may_have(key: str, word: str) -> None:
    assert any(re.search(rf"\b{word}\b", line) for line in HUB.splitlines() if f"{key} = " in line)


def test_the_values_shown_are_the_defaults_where_no_line_says_otherwise() -> None:
    assert len(DEFAULTS) > 5
    assert _read(LINES[key] for key in ["vnet", *DEFAULTS]) == _read([LINES["vnet"]])


def _read(lines: Iterable[str]) -> Catalogue:
    return read_catalogue(tomllib.loads("\n".join(["[hubs.prod-weu]", *lines])))
