"""Plain resources: a row of the table is all there is to a type, so each row is served everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from localazure.emulator.networks.plain_types import PLAIN_TYPES, PlainType
from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, SUBSCRIPTION

COVERAGE = Path(__file__).parents[2] / "localazure/emulator/coverage.md"
BODY = {"location": "westeurope"}
each_type = pytest.mark.parametrize("plain_type", PLAIN_TYPES, ids=lambda plain_type: plain_type.name)


@pytest.fixture
async def arm_with_group(arm: Arm) -> Arm:
    await arm.ask("PUT", GROUP, BODY)
    return arm


@each_type
async def test_ids_are_printed_as_arm_spells_them(arm_with_group: Arm, plain_type: PlainType) -> None:
    typed = f"{GROUP}/providers/microsoft.network/{plain_type.name.lower()}/one"
    made = (await arm_with_group.ask("PUT", typed, BODY)).body
    assert made["type"] == f"Microsoft.Network/{plain_type.name}"
    assert made["id"] == f"{GROUP}/providers/Microsoft.Network/{plain_type.name}/one"


@each_type
async def test_it_is_listed_where_azure_lists_it(arm_with_group: Arm, plain_type: PlainType) -> None:
    collection = f"/providers/Microsoft.Network/{plain_type.name}"
    await arm_with_group.ask("PUT", f"{GROUP}{collection}/one", BODY)
    in_group = (await arm_with_group.ask("GET", GROUP + collection)).body["value"]
    assert [each["name"] for each in in_group] == ["one"]
    of_subscription = await arm_with_group.ask("GET", f"/subscriptions/{SUBSCRIPTION}{collection}")
    assert of_subscription.status == (200 if plain_type.listed_by_subscription else 501)


@each_type
def test_it_is_listed_with_how_its_answers_are_known(plain_type: PlainType) -> None:
    assert re.search(rf"^\|.*`{plain_type.name}`.*\|$", COVERAGE.read_text("utf-8"), re.MULTILINE)


async def test_the_provider_names_every_type(arm: Arm) -> None:
    provider = (await arm.ask("GET", f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network")).body
    assert {each.name for each in PLAIN_TYPES} <= {each["resourceType"] for each in provider["resourceTypes"]}
