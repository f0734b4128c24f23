"""Tags: the Tags API's operations, PATCH on a network, and Azure's limits."""

from __future__ import annotations

import pytest

from localazure.emulator.networks.tags import patch
from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, network_id

DEFAULT = "/providers/Microsoft.Resources/tags/default"
URL = network_id("hub") + DEFAULT


@pytest.mark.parametrize(
    ("operation", "change", "expected"),
    [
        ("Merge", {"HUB": "b", "new": "c"}, {"hub": "b", "keep": "x", "new": "c"}),
        ("Replace", {"new": "c"}, {"new": "c"}),
        ("Delete", {"HUB": "a", "keep": "other"}, {"keep": "x"}),
    ],
)
def test_the_three_operations(operation: str, change: dict[str, str], expected: dict[str, str]) -> None:
    assert patch({"hub": "a", "keep": "x"}, operation, change) == expected


async def test_a_merge_leaves_the_other_tags_and_changes_the_etag(arm: Arm) -> None:
    arm.given({**HUB, "body": {**HUB["body"], "tags": {"owner": "me"}}})
    before = (await arm.ask("GET", network_id("hub"))).body["etag"]
    merged = await arm.ask("PATCH", URL, {"operation": "Merge", "properties": {"tags": {"hub": "prod"}}})
    assert (merged.status, merged.body["properties"]["tags"]) == (200, {"owner": "me", "hub": "prod"})
    assert "etag" not in merged.headers
    hub = (await arm.ask("GET", network_id("hub"))).body
    assert hub["tags"] == {"owner": "me", "hub": "prod"}
    assert hub["etag"] != before


async def test_put_replaces_and_delete_empties(arm: Arm) -> None:
    arm.given({**HUB, "body": {**HUB["body"], "tags": {"owner": "me"}}})
    assert (await arm.ask("PUT", URL, {"properties": {"tags": {"a": "b"}}})).body["properties"]["tags"] == {"a": "b"}
    assert (await arm.ask("DELETE", URL)).status == 200
    assert (await arm.ask("GET", URL)).body["properties"]["tags"] == {}


async def test_patch_on_the_network_replaces_all_tags_at_once(arm: Arm) -> None:
    arm.given({**HUB, "body": {**HUB["body"], "tags": {"owner": "me"}}})
    patched = await arm.ask("PATCH", network_id("hub"), {"tags": {"hub": "prod"}})
    assert (patched.status, patched.body["tags"]) == (200, {"hub": "prod"})
    assert "azure-asyncoperation" not in patched.headers


async def test_groups_have_tags_too(arm: Arm) -> None:
    arm.given({"id": GROUP})
    await arm.ask("PUT", GROUP + DEFAULT, {"properties": {"tags": {"a": "b"}}})
    assert (await arm.ask("GET", f"{GROUP}?api-version=2022-09-01")).body["tags"] == {"a": "b"}


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({f"t{n}": "" for n in range(51)}, "TooManyTags"),
        ({"n" * 513: ""}, "InvalidTagNameLength"),
        ({"n": "v" * 257}, "InvalidTagValueLength"),
    ],
)
async def test_limits(arm: Arm, tags: dict[str, str], code: str) -> None:
    arm.given(HUB)
    assert (await arm.ask("PUT", URL, {"properties": {"tags": tags}})).code == code


async def test_what_cannot_be_tagged(arm: Arm) -> None:
    arm.given(HUB)
    body = {"operation": "Merge", "properties": {"tags": {}}}
    assert (await arm.ask("PATCH", network_id("none") + DEFAULT, body)).code == "ResourceNotFound"
    assert (await arm.ask("PATCH", URL, {**body, "operation": "Steal"})).code == "InvalidTagsPatchOperation"
    assert (await arm.ask("PATCH", URL, {"operation": "Merge"})).code == "InvalidRequestFormat"
