"""Lists of whole estates: their pages, their filters, what they show beside; whether something exists."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, PROVIDER, SPOKE, SUBSCRIPTION, half_id, network_id, vnet

HERE = f"/subscriptions/{SUBSCRIPTION}"
OTHER_GROUP = GROUP.replace("/rg", "/other")


async def names_of(arm: Arm, url: str) -> list[str]:
    return [each["name"] for each in (await arm.ask("GET", url)).body["value"]]


async def pages_of(arm: Arm, url: str) -> list[list[str]]:
    """The names on each page, by the links that the pages give."""
    found = []
    link: str | None = url
    while link is not None:
        page = (await arm.ask("GET", link)).body
        found.append([each["name"] for each in page["value"]])
        link = page.get("nextLink")
        assert link is None or link.startswith(f"{arm.server.arm_url}/subscriptions/")
    return found


def tagged(name: str, prefix: str, **tags: str) -> dict[str, Any]:
    return {**vnet(name, prefix), "body": {**vnet(name, prefix)["body"], "tags": tags}}


@pytest.mark.parametrize(
    "url",
    [
        f"{HERE}/providers/Microsoft.Network/virtualNetworks",
        f"{PROVIDER}/virtualNetworks",
        f"{HERE}/resources",
        f"{GROUP}/resources",
    ],
)
async def test_lists_come_in_pages(arm: Arm, url: str) -> None:
    """docs/facts/arm-networks.md, Lists come in pages."""
    arm.given(*(vnet(f"n{n}", f"10.{n}.0.0/16") for n in range(5)))
    await arm.control("PUT", "/control/latency", {"pageSize": 2})
    assert await pages_of(arm, url) == [["n0", "n1"], ["n2", "n3"], ["n4"]]


async def test_a_thousand_are_a_page_unless_told(arm: Arm) -> None:
    arm.given(*({"id": f"{GROUP}/providers/Local.Filler/things/{n:04}"} for n in range(1001)))
    assert [len(page) for page in await pages_of(arm, f"{HERE}/resources")] == [1000, 1]
    assert [len(page) for page in await pages_of(arm, f"{HERE}/resources?$top=600")] == [600, 401]


async def test_the_link_keeps_what_was_asked_and_encodes_the_dollar(arm: Arm) -> None:
    arm.given(*(tagged(f"n{n}", f"10.{n}.0.0/16", hub="a b") for n in range(3)), vnet("no", "10.9.0.0/16"))
    url = f"{HERE}/resources?$filter=tagName eq 'hub' and tagValue eq 'a b'&$top=2"
    page = (await arm.ask("GET", url)).body
    assert "%24skiptoken=" in page["nextLink"]
    assert "api-version=2024-07-01" in page["nextLink"]
    assert await pages_of(arm, url) == [["n0", "n1"], ["n2"]]


async def test_nothing_is_left_out_when_something_goes_between_two_pages(arm: Arm) -> None:
    arm.given(*(vnet(f"n{n}", f"10.{n}.0.0/16") for n in range(4)))
    await arm.control("PUT", "/control/latency", {"pageSize": 2})
    first = (await arm.ask("GET", f"{PROVIDER}/virtualNetworks")).body
    await arm.ask("DELETE", network_id("n1"))
    assert [each["name"] for each in (await arm.ask("GET", first["nextLink"])).body["value"]] == ["n2", "n3"]


async def test_groups_are_filtered_by_tag_and_paged(arm: Arm) -> None:
    arm.given({"id": GROUP, "body": {"tags": {"env": "test"}}}, {"id": OTHER_GROUP})
    assert await names_of(arm, f"{HERE}/resourcegroups?$filter=tagName eq 'ENV'") == ["rg"]
    assert await pages_of(arm, f"{HERE}/resourcegroups?$top=1") == [["other"], ["rg"]]


@pytest.mark.parametrize("wrong", ["$top=0", "$top=many", "$skiptoken=nonsense"])
async def test_pages_that_do_not_exist(arm: Arm, wrong: str) -> None:
    assert (await arm.ask("GET", f"{HERE}/resources?{wrong}")).status == 400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("resourceType eq 'microsoft.network/virtualnetworks'", ["hub", "spoke"]),
        ("resourceType ne 'Microsoft.Network/virtualNetworks'", ["ip"]),
        ("resourceGroup eq 'RG' and name eq 'hub'", ["hub"]),
        ("resourceGroup eq 'other'", []),
        ("location eq 'westeurope'", ["ip", "hub", "spoke"]),
        ("tagname eq 'HUB' and tagvalue eq 'prod'", ["spoke"]),
        ("tagname eq 'hub' and tagvalue eq 'PROD'", []),
        ("tagName eq 'hub'", ["spoke"]),
        ("startswith(tagname, 'hu')", ["spoke"]),
        ("substringof('OK', name)", ["spoke"]),
        ("resourceType eq 'Microsoft.Network/virtualNetworks' and tagName eq 'hub'", ["spoke"]),
    ],
)
async def test_what_the_azure_cli_filters_by(arm: Arm, text: str, expected: list[str]) -> None:
    """docs/facts/clients.md, Lists of resources."""
    arm.given(HUB, tagged("spoke", "10.1.0.0/16", hub="prod"), {"id": f"{PROVIDER}/publicIPAddresses/ip"})
    assert await names_of(arm, f"{HERE}/resources?$filter={text}") == expected


@pytest.mark.parametrize(
    "text",
    ["plan eq 'x'", "name gt 'a'", "name eq 'a' or name eq 'b'", "tagValue eq 'x'", "name"],
)
async def test_filters_that_are_not_served_are_501(arm: Arm, text: str) -> None:
    answer = await arm.ask("GET", f"{HERE}/resources?$filter={text}")
    assert (answer.status, answer.code) == (501, "NotEmulated")


async def test_by_tag_and_value_the_tags_are_left_out(arm: Arm) -> None:
    """docs/facts/clients.md, Lists of resources."""
    arm.given(tagged("spoke", "10.1.0.0/16", hub="prod"))
    by_value = f"{HERE}/resources?$filter=tagName eq 'hub' and tagValue eq 'prod'"
    assert "tags" not in (await arm.ask("GET", by_value)).body["value"][0]
    by_name = (await arm.ask("GET", f"{HERE}/resources?$filter=tagName eq 'hub'")).body["value"][0]
    assert by_name["tags"] == {"hub": "prod"}


async def test_times_and_states_are_shown_when_asked_for(arm: Arm) -> None:
    arm.given({"id": GROUP})
    await arm.ask("PUT", network_id("hub"), HUB["body"])
    arm.clock.step(60)
    await arm.ask("PATCH", network_id("hub"), {"tags": {"a": "b"}})
    url = f"{GROUP}/resources?$expand=createdTime,changedTime,provisioningState"
    assert (await arm.ask("GET", url)).body["value"] == [
        {
            "id": network_id("hub"),
            "name": "hub",
            "type": "Microsoft.Network/virtualNetworks",
            "location": "westeurope",
            "tags": {"a": "b"},
            "createdTime": "2020-09-13T12:26:40.0000000Z",
            "changedTime": "2020-09-13T12:27:40.0000000Z",
            "provisioningState": "Succeeded",
        }
    ]
    assert "createdTime" not in (await arm.ask("GET", f"{GROUP}/resources")).body["value"][0]


async def test_head_says_whether_something_exists(arm: Arm) -> None:
    """docs/facts/clients.md, Lists of resources."""
    half = {"id": half_id("hub", "spoke"), "body": {"properties": {"remoteVirtualNetwork": {"id": SPOKE["id"]}}}}
    arm.given(HUB, SPOKE, half)
    for url in (network_id("hub"), half_id("hub", "spoke"), GROUP):
        assert (await arm.ask("HEAD", url)).status == 204
    for url in (network_id("none"), half_id("spoke", "hub"), half_id("none", "hub"), OTHER_GROUP):
        assert (await arm.ask("HEAD", url)).status == 404
    assert (await arm.ask("HEAD", f"{GROUP}/providers/Microsoft.Compute/virtualMachines/vm")).status == 501


async def test_a_type_that_is_not_served_is_501_to_read_too_unless_a_scenario_has_it(arm: Arm) -> None:
    url = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/"
    arm.given({"id": f"{url}seeded"})
    assert (await arm.ask("GET", f"{url}seeded")).status == 200
    assert (await arm.ask("HEAD", f"{url}seeded")).status == 204
    for method in ("GET", "PUT", "DELETE"):
        answer = await arm.ask(method, f"{url}other", {})
        assert (answer.status, answer.code) == (501, "NotEmulated")
