"""Resource Graph's operators, each asked over the wire."""

from __future__ import annotations

import pytest

from tests.emulator.arm import Arm
from tests.emulator.graph.asking import NETWORKS, OTHER, names, query, rows, tagged
from tests.emulator.sdk import GROUP, HUB, SPOKE, SUBSCRIPTION, gateway, gateway_subnet, half_id, network_id, vnet


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
        ("name == 'a' or name == 'b' and isempty(tags.hub)", ["a"]),
        ("(name == 'a' or name == 'b') and tags.hub == 'test'", ["b"]),
        ("not(isempty(tags.hub))", ["a", "b"]),
        ("not(name =~ 'A' or name =~ 'B')", ["c"]),
        ("id has 'rg' and id contains 'WORKS/'", ["a", "b", "c"]),
        ("id has 'work'", []),
        ("id !has 'virtualnetworks/a'", ["b", "c"]),
        ("id !contains '/a' and id !startswith 'x' and id endswith '/C'", ["c"]),
        ("tolower(tags.hub) == 'test'", ["b"]),
        ("tostring(properties.subnets) == '[]'", ["a", "b", "c"]),
        ("array_length(properties.addressSpace.addressPrefixes) > 1", ["c"]),
        ("array_length(properties.addressSpace.addressPrefixes) == 1", ["a", "b"]),
        ("isnull(array_length(properties.addressSpace))", ["a", "b", "c"]),
        ("properties.enableDdosProtection == false", ["a", "b", "c"]),
        ("tobool(properties.enableDdosProtection)", []),
        ("['name'] == 'a'", ["a"]),
        ("true", ["a", "b", "c"]),
    ],
)
async def test_conditions(arm: Arm, condition: str, expected: list[str]) -> None:
    arm.given(
        tagged("a", "10.1.0.0/16", {"hub": "prod"}),
        tagged("b", "10.2.0.0/16", {"Hub": "test"}),
        vnet("c", "10.3.0.0/16", "10.4.0.0/16"),
    )
    assert await names(arm, f"{NETWORKS} | where {condition}") == expected


async def test_rows_show_what_arm_shows(arm: Arm) -> None:
    arm.given(vnet("hub", "10.0.0.0/16", subnets=gateway_subnet("10.0.0.0/27")), gateway("hub"), SPOKE)
    row = (await query(arm, "Resources | where name == 'hub'")).body["data"][0]
    assert row["type"] == "microsoft.network/virtualnetworks"
    assert (row["id"], row["subscriptionId"], row["resourceGroup"]) == (network_id("hub"), SUBSCRIPTION, "rg")
    shown = (await arm.ask("GET", f"{network_id('hub')}?api-version=2026-03-01")).body
    assert row["properties"] == shown["properties"]
    gateways = await query(arm, "Resources | where type =~ 'microsoft.network/virtualnetworkgateways' | project name")
    assert gateways.body["data"] == [{"name": "vpn"}]


async def test_rows_are_counted_and_counted_by(arm: Arm) -> None:
    """docs/facts/resource-graph.md, Operators."""
    arm.given(tagged("a", "10.1.0.0/16", {"hub": "prod"}), tagged("b", "10.2.0.0/16", {"hub": "prod"}), SPOKE)
    assert await rows(arm, f"{NETWORKS} | count") == [{"Count": 3}]
    assert await rows(arm, "summarize count()") == [{"count_": 3}]
    by_hub = await rows(arm, f"{NETWORKS} | summarize count() by tostring(tags.hub) | order by count_")
    assert by_hub == [{"tags_hub": "prod", "count_": 2}, {"tags_hub": "", "count_": 1}]
    named = await rows(arm, f"{NETWORKS} | summarize n = count() by hub = tostring(tags.hub), location | where n == 2")
    assert named == [{"hub": "prod", "location": "westeurope", "n": 2}]
    typed = await query(arm, f"{NETWORKS} | count", options={"resultFormat": "table"})
    assert typed.body["data"] == {"columns": [{"name": "Count", "type": "integer"}], "rows": [[3]]}


async def test_columns_are_added_taken_away_and_told_apart(arm: Arm) -> None:
    arm.given(tagged("a", "10.1.0.0/16", {"hub": "Prod"}), tagged("b", "10.2.0.0/16", {"hub": "prod"}))
    added = await rows(arm, f"{NETWORKS} | extend hub = tolower(tags.hub), NAME = 'x' | project name, hub | take 1")
    assert added == [{"name": "x", "hub": "prod"}]
    assert await rows(arm, f"{NETWORKS} | distinct tolower(tags.hub)") == [{"tags_hub": "prod"}]
    assert "properties" not in (await rows(arm, f"{NETWORKS} | project-away properties, tags"))[0]
    assert await rows(arm, f"{NETWORKS} | top 1 by name | project name") == [{"name": "b"}]
    unnamed = await rows(arm, f"{NETWORKS} | project name, isempty(tags), properties.addressSpace.addressPrefixes[0]")
    assert unnamed[0] == {"name": "a", "Column2": False, "properties_addressSpace_addressPrefixes_0": "10.1.0.0/16"}


async def test_halves_are_spread_with_the_limit_that_the_service_has(arm: Arm) -> None:
    """docs/facts/resource-graph.md, Halves in it."""
    spokes = [vnet(f"n{n}", f"10.{1 + n // 200}.{n % 200}.0/24") for n in range(130)]
    halves = [
        {
            "id": half_id("hub", f"n{n}"),
            "body": {"properties": {"remoteVirtualNetwork": {"id": network_id(f"n{n}")}}},
        }
        for n in range(130)
    ]
    arm.given(vnet("hub", "10.0.0.0/16"), *spokes, *halves)
    spread = f"{NETWORKS} | where name == 'hub' | mv-expand half = properties.virtualNetworkPeerings"
    assert await rows(arm, f"{spread} | count") == [{"Count": 128}]
    every = (
        f"{spread} limit 2000 | where isnotnull(half) | project id, state = tostring(half.properties.peeringState), "
        "remote = tolower(tostring(half.properties.remoteVirtualNetwork.id)), "
        "transit = tobool(half.properties.allowGatewayTransit) | order by remote asc"
    )
    page = (await query(arm, every, options={"$top": 1000})).body
    assert page["totalRecords"] == 130
    assert page["data"][0] == {
        "id": network_id("hub"),
        "state": "Initiated",
        "remote": network_id("n0").lower(),
        "transit": False,
    }


async def test_an_empty_list_has_no_rows_and_nothing_has_one(arm: Arm) -> None:
    """docs/facts/resource-graph.md, Operators."""
    arm.given(SPOKE)
    assert await rows(arm, f"{NETWORKS} | mv-expand properties.virtualNetworkPeerings | project name") == []
    assert await rows(arm, f"{NETWORKS} | mvexpand zones | project name, zones") == [{"name": "spoke", "zones": None}]


async def test_resources_are_joined_with_what_contains_them(arm: Arm) -> None:
    """docs/facts/resource-graph.md, Operators."""
    elsewhere = SPOKE["id"].replace(SUBSCRIPTION, OTHER)
    arm.given({"id": GROUP, "body": {"tags": {"env": "test"}}}, vnet("hub", "10.0.0.0/16"), {**SPOKE, "id": elsewhere})
    subscriptions = (
        "ResourceContainers | where type =~ 'microsoft.resources/subscriptions' "
        "| project SubName = name, subscriptionId"
    )
    text = f"{NETWORKS} | join kind=leftouter ({subscriptions}) on subscriptionId | project name, SubName"
    assert await rows(arm, f"{text} | order by name asc") == [
        {"name": "hub", "SubName": "Local 22222222"},
        {"name": "spoke", "SubName": "Local 33333333"},
    ]
    groups = (
        "resourcecontainers | where type == 'microsoft.resources/subscriptions/resourcegroups' "
        "| where isnotempty(tags.env) | project env = tostring(tags.env), resourceGroup, owner = subscriptionId"
    )
    on = "$left.subscriptionId == $right.owner, resourceGroup"
    inner = await rows(arm, f"{NETWORKS} | join kind=inner ({groups}) on {on} | project name, env, resourceGroup1")
    assert inner == [{"name": "hub", "env": "test", "resourceGroup1": "rg"}]
    outer = await rows(arm, f"{NETWORKS} | join kind=leftouter ({groups}) on {on} | project name, env")
    assert {"name": "spoke", "env": None} in outer
    unique = f"Resources | project resourceGroup | join ({groups}) on resourceGroup | count"
    assert await rows(arm, unique) == [{"Count": 1}]  # of equal keys of the left side one is taken


async def test_groups_and_subscriptions_are_rows(arm: Arm) -> None:
    arm.given({"id": GROUP, "body": {"location": "westeurope", "tags": {"env": "test"}}})
    found = await rows(arm, "ResourceContainers | project id, name, type, resourceGroup, location, tags, properties")
    assert [row["type"] for row in found] == [
        "microsoft.resources/subscriptions",
        "microsoft.resources/subscriptions/resourcegroups",
    ]
    assert found[0]["id"] == f"/subscriptions/{SUBSCRIPTION}"
    assert found[0]["properties"]["managementGroupAncestorsChain"] == []
    assert found[1] == {
        "id": GROUP,
        "name": "rg",
        "type": "microsoft.resources/subscriptions/resourcegroups",
        "resourceGroup": "rg",
        "location": "westeurope",
        "tags": {"env": "test"},
        "properties": {"provisioningState": "Succeeded"},
    }


async def test_what_cloud_custodian_sends(arm: Arm) -> None:
    """docs/facts/resource-graph.md, What Cloud Custodian sends."""
    arm.given(SPOKE, HUB)
    networks = await query(
        arm, "where type =~ 'Microsoft.Network/virtualNetworks'", "2019-04-01", subscriptions=[SUBSCRIPTION]
    )
    table = networks.body["data"]
    columns = [each["name"] for each in table["columns"]]
    found = [dict(zip(columns, row, strict=True)) for row in table["rows"]]
    assert {each["name"] for each in found} == {"spoke", "hub"}
    assert found[0]["tenantId"] == arm.server.authority.tenant
    everything = await query(arm, "", "2019-04-01", subscriptions=[SUBSCRIPTION])
    assert everything.body["totalRecords"] == 2
