"""Subscriptions: their list, and their tags."""

from __future__ import annotations

from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, SUBSCRIPTION

HERE = f"/subscriptions/{SUBSCRIPTION}"
TAGS = f"{HERE}/providers/Microsoft.Resources/tags/default"


async def test_a_subscription_has_tags_of_its_own(arm: Arm) -> None:
    """docs/facts/arm-networks.md, Writing one tag."""
    arm.given(HUB)
    assert "tags" not in (await arm.ask("GET", HERE)).body
    written = await arm.ask("PUT", TAGS, {"properties": {"tags": {"env": "test"}}})
    assert written.body == {
        "id": TAGS,
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": {"tags": {"env": "test"}},
    }
    await arm.ask("PATCH", TAGS, {"operation": "Merge", "properties": {"tags": {"owner": "us"}}})
    assert (await arm.ask("GET", TAGS)).body["properties"]["tags"] == {"env": "test", "owner": "us"}
    listed = (await arm.ask("GET", "/subscriptions")).body["value"]
    assert [(each["subscriptionId"], each["tags"]) for each in listed] == [
        (SUBSCRIPTION, {"env": "test", "owner": "us"})
    ]
    assert (await arm.ask("DELETE", TAGS)).status == 200
    assert (await arm.ask("GET", HERE)).body["tags"] == {}


async def test_its_events_name_the_subscription(arm: Arm) -> None:
    arm.given(HUB)
    await arm.ask("PUT", TAGS, {"properties": {"tags": {"env": "test"}}})
    event = (await arm.control("GET", "/control/events")).body["events"][-1]
    assert (event["subject"], event["data"]["operationName"]) == (HERE, "Microsoft.Resources/tags/write")


async def test_a_scenario_may_give_it_tags_and_a_saved_state_keeps_them(arm: Arm) -> None:
    arm.given({"id": HERE, "body": {"tags": {"env": "test"}}}, HUB)
    saved = (await arm.control("GET", "/control/state")).body
    await arm.ask("DELETE", TAGS)
    await arm.control("PUT", "/control/state", saved)
    assert (await arm.ask("GET", HERE)).body["tags"] == {"env": "test"}
    before = {name: value for name, value in saved.items() if name != "subscriptionTags"}
    assert (await arm.control("PUT", "/control/state", before)).status == 204
    assert "tags" not in (await arm.ask("GET", HERE)).body


async def test_a_group_has_tags_too(arm: Arm) -> None:
    arm.given(HUB)
    await arm.ask("PUT", f"{GROUP}/providers/Microsoft.Resources/tags/default", {"properties": {"tags": {"a": "b"}}})
    assert (await arm.ask("GET", GROUP)).body["tags"] == {"a": "b"}
