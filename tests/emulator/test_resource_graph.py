"""Resource Graph: the language, paging and its one trap, formats, quota and errors."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from localazure.emulator.graph.language import Condition, ParserFailure, parse
from tests.emulator.arm import Answer, Arm
from tests.emulator.sdk import GROUP, HUB, SPOKE, SUBSCRIPTION, gateway, gateway_subnet, network_id, vnet

NETWORKS = "Resources | where type =~ 'microsoft.network/virtualnetworks'"
OTHER = "33333333-3333-4333-8333-333333333333"


async def query(arm: Arm, text: str, version: str = "2022-10-01", **body: Any) -> Answer:  # noqa: ANN401  JSON of any kind
    url = f"/providers/Microsoft.ResourceGraph/resources?api-version={version}"
    return await arm.ask("POST", url, {"query": text, **body})


async def names(arm: Arm, text: str) -> list[str]:
    return [row["name"] for row in (await query(arm, f"{text} | project name | order by name asc")).body["data"]]


def tagged(name: str, prefix: str, tags: dict[str, str]) -> dict[str, Any]:
    network = vnet(name, prefix)
    return {**network, "body": {**network["body"], "tags": tags}}


def test_a_query_is_read_into_data() -> None:
    found = parse(f"{NETWORKS} and isnotempty(tags['Hub']) | project id, space = properties.addressSpace | limit 5")
    assert found.conditions == [
        Condition(("type",), "=~", ("microsoft.network/virtualnetworks",)),
        Condition(("tags", "Hub"), "isnotempty"),
    ]
    assert found.columns == [("id", ("id",)), ("space", ("properties", "addressSpace"))]
    assert found.limit == 5


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("where where", "<EOF>"),
        ("Resources | summarize count()", "summarize"),
        ("Resources | where type =~ 5", "5"),
        ("Resources | where tags['a' =~ 'b'", "=~"),
        ("Resources | extend x = 1", "extend"),
        ("", "<EOF>"),
        ("Resources | where name =~ 'a' or name =~ 'b'", "or"),
        ("Resources | where name ~ 'a'", "~"),
    ],
)
def test_what_it_cannot_read_it_refuses_by_the_token(text: str, token: str) -> None:
    with pytest.raises(ParserFailure) as failure:
        parse(text)
    assert failure.value.token == token


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("tags['hub'] =~ 'PROD'", ["a"]),
        ("tags['HUB'] == 'prod'", ["a"]),
        ("tags.hub == 'PROD'", []),
        ("isnotempty(tags['hub'])", ["a", "b"]),
        ("isempty(tags['hub'])", ["c"]),
        ("tags['hub'] !~ 'prod'", ["b", "c"]),
        ("name in~ ('A', 'c')", ["a", "c"]),
        ("name !in ('A', 'c')", ["a", "b"]),
        (f"subscriptionId in~ ('{SUBSCRIPTION.upper()}')", ["a", "b", "c"]),
        (f"subscriptionId in~ ('{OTHER}')", []),
        ("properties.addressSpace.addressPrefixes[0] startswith '10.2'", ["b"]),
        ("location == 'westeurope' and resourceGroup =~ 'RG'", ["a", "b", "c"]),
    ],
)
async def test_conditions(arm: Arm, condition: str, expected: list[str]) -> None:
    arm.given(
        tagged("a", "10.1.0.0/16", {"hub": "prod"}),
        tagged("b", "10.2.0.0/16", {"Hub": "test"}),
        vnet("c", "10.3.0.0/16"),
    )
    assert await names(arm, f"{NETWORKS} | where {condition}") == expected


async def test_pages_follow_one_another_by_their_token(arm: Arm) -> None:
    arm.given(*(vnet(f"n{n}", f"10.{n}.0.0/16") for n in range(5)))
    text = f"{NETWORKS} | project id, name | order by id asc"
    found: list[str] = []
    options: dict[str, Any] = {"$top": 2}
    for expected_count in (2, 2, 1):
        page = (await query(arm, text, options=options)).body
        assert (page["totalRecords"], page["count"], page["resultTruncated"]) == (5, expected_count, "false")
        found += [row["name"] for row in page["data"]]
        options = {"$skipToken": page.get("$skipToken")}
    assert found == ["n0", "n1", "n2", "n3", "n4"]
    assert options["$skipToken"] is None


async def test_without_id_there_is_no_token_and_the_rest_is_lost(arm: Arm) -> None:
    arm.given(*(vnet(f"n{n}", f"10.{n}.0.0/16") for n in range(3)))
    page = (await query(arm, f"{NETWORKS} | project name", options={"$top": 2})).body
    assert "$skipToken" not in page
    assert page["resultTruncated"] == "true"


async def test_a_page_has_a_hundred_rows_unless_told_and_a_thousand_at_most(arm: Arm) -> None:
    arm.given(*({"id": f"{GROUP}/providers/Local.Filler/things/{n}"} for n in range(1200)))
    assert (await query(arm, "Resources | project id")).body["count"] == 100
    page = (await query(arm, "Resources | project id", options={"$top": 5000})).body
    assert page["count"] == 1000
    assert b'"MaxRows": 1000,\r\n' in b64decode(page["$skipToken"])


async def test_the_format_is_a_table_when_asked_and_by_default_in_old_versions(arm: Arm) -> None:
    arm.given(HUB)
    table = {
        "columns": [{"name": "name", "type": "string"}, {"name": "tags", "type": "object"}],
        "rows": [["hub", None]],
    }
    text = "Resources | project name, tags"
    assert (await query(arm, text, options={"resultFormat": "table"})).body["data"] == table
    assert (await query(arm, text, "2019-04-01")).body["data"] == table
    assert (await query(arm, text)).body["data"] == [{"name": "hub", "tags": None}]


async def test_rows_show_what_arm_shows(arm: Arm) -> None:
    arm.given(vnet("hub", "10.0.0.0/16", subnets=gateway_subnet("10.0.0.0/27")), gateway("hub"), SPOKE)
    row = (await query(arm, "Resources | where name == 'hub'")).body["data"][0]
    assert row["type"] == "microsoft.network/virtualnetworks"
    assert (row["id"], row["subscriptionId"], row["resourceGroup"]) == (network_id("hub"), SUBSCRIPTION, "rg")
    shown = (await arm.ask("GET", f"{network_id('hub')}?api-version=2026-03-01")).body
    assert row["properties"] == shown["properties"]
    gateways = await query(arm, "Resources | where type =~ 'microsoft.network/virtualnetworkgateways' | project name")
    assert gateways.body["data"] == [{"name": "vpn"}]


async def test_only_the_subscriptions_asked_for(arm: Arm) -> None:
    elsewhere = HUB["id"].replace(SUBSCRIPTION, OTHER)
    arm.given(SPOKE, {**HUB, "id": elsewhere})
    page = (await query(arm, "Resources | project id", subscriptions=[OTHER])).body
    assert [row["id"] for row in page["data"]] == [elsewhere]


async def test_the_sixteenth_query_in_five_seconds_waits(slow_arm: Arm) -> None:
    answers = [await query(slow_arm, "Resources | project id") for _ in range(16)]
    assert [each.status for each in answers] == [200] * 15 + [429]
    assert answers[14].headers["x-ms-user-quota-remaining"] == "0"
    assert (answers[15].code, answers[15].headers["retry-after"]) == ("RateLimiting", "1")


async def test_a_token_that_is_not_ours(arm: Arm) -> None:
    assert (await query(arm, "Resources | project id", options={"$skipToken": "bm9uc2Vuc2U="})).status == 400
