"""Routes one by one, and tables and groups that subnets use (docs/facts/arm-networks.md, Route tables)."""

from __future__ import annotations

import pytest

from tests.emulator.arm import Arm
from tests.emulator.sdk import PROVIDER, network_id, vnet

TABLE = f"{PROVIDER}/routeTables/rt"
ROUTE = f"{TABLE}/routes/out"
GROUP = f"{PROVIDER}/networkSecurityGroups/nsg"
BODY = {"properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.0.4"}}


async def test_a_route_is_written_read_and_removed(arm: Arm) -> None:
    arm.given({"id": TABLE})
    made = await arm.ask("PUT", ROUTE, BODY)
    assert made.status == 201
    assert made.body["type"] == "Microsoft.Network/routeTables/routes"
    assert made.body["properties"] == {**BODY["properties"], "provisioningState": "Updating", "hasBgpOverride": False}
    table, route = await arm.ask("GET", TABLE), await arm.ask("GET", ROUTE)
    assert table.body["properties"]["routes"] == [route.body]
    assert table.headers["etag"] == route.headers["etag"] == route.body["etag"] != made.body["etag"]
    changed = {"properties": {"addressPrefix": "10.9.0.0/16", "nextHopType": "None"}}
    assert (await arm.ask("PUT", ROUTE.upper().replace("PROVIDERS", "providers"), changed)).status == 200
    assert [each["name"] for each in (await arm.ask("GET", f"{TABLE}/routes")).body["value"]] == ["out"]
    assert (await arm.ask("DELETE", ROUTE)).status == 202
    assert (await arm.ask("DELETE", ROUTE)).status == 204
    assert (await arm.ask("GET", ROUTE)).code == "NotFound"


async def test_a_route_needs_its_table_for_itself(slow_arm: Arm) -> None:
    arm = slow_arm
    arm.given({"id": TABLE})
    assert (await arm.ask("PUT", ROUTE.replace("/rt/", "/no/"), BODY)).code == "ParentResourceNotFound"
    assert (await arm.ask("GET", ROUTE.replace("/rt/", "/no/"))).code == "ResourceNotFound"
    assert (await arm.ask("PUT", ROUTE, {})).code == "InvalidRequestFormat"
    stale = await arm.ask("PUT", ROUTE, BODY, If_Match='W/"stale"')
    assert stale.code == "PreconditionFailed"
    assert (await arm.ask("PUT", ROUTE, BODY)).status == 201
    assert (await arm.ask("PUT", f"{TABLE}/routes/in", BODY)).code == "AnotherOperationInProgress"
    arm.clock.step(5)
    assert (await arm.ask("PUT", f"{TABLE}/routes/in", BODY)).status == 201


async def test_an_old_version_shows_less(arm: Arm) -> None:
    arm.given({"id": TABLE, "body": {"properties": {"routes": [{"name": "out", **BODY}]}}})
    old = (await arm.ask("GET", f"{TABLE}?api-version=2017-06-01")).body["properties"]
    assert "disableBgpRoutePropagation" not in old
    assert "type" not in old["routes"][0]
    assert "hasBgpOverride" not in old["routes"][0]["properties"]
    assert (await arm.ask("GET", TABLE)).body["properties"]["routes"][0]["properties"]["hasBgpOverride"] is False


@pytest.mark.parametrize(
    ("member", "resource", "code"),
    [
        ("routeTable", TABLE, "InUseRouteTableCannotBeDeleted"),
        ("networkSecurityGroup", GROUP, "InUseNetworkSecurityGroupCannotBeDeleted"),
    ],
)
async def test_what_a_subnet_uses_stays(arm: Arm, member: str, resource: str, code: str) -> None:
    arm.given({"id": resource}, vnet("hub", "10.0.0.0/16"))
    url = f"{network_id('hub')}/subnets/s"
    before = (await arm.ask("GET", resource)).body["etag"]
    plain = {"addressPrefix": "10.0.1.0/24"}
    assert (await arm.ask("PUT", url, {"properties": {**plain, member: {"id": resource}}})).status == 201
    used = (await arm.ask("GET", resource)).body
    assert used["properties"]["subnets"] == [{"id": url}]
    assert used["etag"] != before
    assert (await arm.ask("DELETE", resource)).code == code
    assert (await arm.ask("PUT", url, {"properties": plain})).status == 200
    freed = (await arm.ask("GET", resource)).body
    assert "subnets" not in freed["properties"]
    assert freed["etag"] != used["etag"]
    assert (await arm.ask("DELETE", resource)).status == 202


async def test_a_subnets_pools_show_since_2024(arm: Arm) -> None:
    """docs/facts/arm-networks.md, IPAM allocations of a subnet."""
    arm.given(vnet("hub", "10.0.0.0/16", subnets=[{"name": "s", "properties": {"addressPrefix": "10.0.1.0/24"}}]))
    url = f"{network_id('hub')}/subnets/s?api-version="
    assert (await arm.ask("GET", url + "2024-01-01")).body["properties"]["ipamPoolPrefixAllocations"] == []
    assert "ipamPoolPrefixAllocations" not in (await arm.ask("GET", url + "2023-11-01")).body["properties"]
