"""Reads that lag behind (docs/facts/arm-networks.md, Reads lag): by a rule for some paths, or by a setting for all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, PROVIDER, SPOKE, Json, gateway, gateway_subnet, half_id, network_id, vnet

HALF: Json = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}
TAGS = f"{network_id('hub')}/providers/Microsoft.Resources/tags/default"


async def by_setting(arm: Arm) -> None:
    await arm.control("PUT", "/control/latency", {"staleSeconds": 10})


async def by_rule(arm: Arm) -> None:
    rule = {"match": {"path": "/virtualnetworks"}, "times": None, "staleSeconds": 10}
    await arm.control("PUT", "/control/faults", [rule])


either = pytest.mark.parametrize("lag", [by_setting, by_rule])
type Lag = Callable[[Arm], Awaitable[None]]


async def seen(arm: Arm) -> bool:
    return (await arm.ask("GET", network_id("hub"))).status == 200


@either
async def test_a_network_just_made_is_not_there_yet(arm: Arm, lag: Lag) -> None:
    arm.given({"id": GROUP})
    await lag(arm)
    assert (await arm.ask("PUT", network_id("hub"), HUB["body"])).status == 201
    missing = await arm.ask("GET", network_id("hub"))
    assert (missing.status, missing.code) == (404, "ResourceNotFound")
    arm.clock.step(9)
    assert not await seen(arm)
    assert (await arm.ask("GET", f"{GROUP}/providers/Microsoft.Network/virtualNetworks")).body == {"value": []}
    arm.clock.step(1)
    assert await seen(arm)


@either
async def test_a_network_just_deleted_is_still_there(arm: Arm, lag: Lag) -> None:
    arm.given(HUB)
    await lag(arm)
    assert (await arm.ask("DELETE", network_id("hub"))).status == 202
    assert await seen(arm)
    arm.clock.step(10)
    assert not await seen(arm)


@either
async def test_a_tag_just_written_is_not_seen(arm: Arm, lag: Lag) -> None:
    arm.given(HUB)
    await lag(arm)
    written = await arm.ask("PATCH", TAGS, {"operation": "Merge", "properties": {"tags": {"hub": "prod-weu"}}})
    assert written.body["properties"]["tags"] == {"hub": "prod-weu"}
    assert "tags" not in (await arm.ask("GET", network_id("hub"))).body
    assert (await arm.ask("GET", TAGS)).body["properties"]["tags"] == {}
    arm.clock.step(10)
    assert (await arm.ask("GET", network_id("hub"))).body["tags"] == {"hub": "prod-weu"}


@either
async def test_writes_meet_what_is_there_and_not_what_is_read(arm: Arm, lag: Lag) -> None:
    arm.given(HUB, SPOKE)
    await lag(arm)
    await arm.ask("DELETE", network_id("spoke"))
    assert (await arm.ask("PUT", half_id("hub", "spoke"), HALF)).code == "InvalidResourceReference"


async def test_halves_lag_inside_the_network_and_asked_for_alone_only_by_a_rule(arm: Arm) -> None:
    """An SDK ends a write by reading the half: whether that lags too is for the test to choose."""
    arm.given(HUB, SPOKE)
    await by_setting(arm)
    accepted = await arm.ask("PUT", half_id("hub", "spoke"), HALF)
    assert (await arm.ask("GET", accepted.headers["azure-asyncoperation"])).body == {"status": "Succeeded"}
    assert (await arm.ask("GET", network_id("hub"))).body["properties"]["virtualNetworkPeerings"] == []
    assert (await arm.ask("GET", half_id("hub", "spoke"))).status == 200
    await by_rule(arm)
    arm.clock.step(10)
    await arm.ask("DELETE", half_id("hub", "spoke"))
    assert (await arm.ask("GET", half_id("hub", "spoke"))).status == 200


async def test_a_gateway_lags_by_a_rule_and_with_it_what_its_subnet_shows(slow_arm: Arm) -> None:
    """One that is being built is 404 first, then `Updating` when it has long succeeded."""
    slow_arm.given(vnet("hub", "10.0.0.0/16", subnets=gateway_subnet("10.0.0.0/27")))
    url, subnet = f"{PROVIDER}/virtualNetworkGateways/vpn", f"{network_id('hub')}/subnets/GatewaySubnet"
    rule = {"match": {"path": "/providers/"}, "times": None, "staleSeconds": 10}
    await slow_arm.control("PUT", "/control/faults", [rule])
    accepted = await slow_arm.ask("PUT", url, gateway("hub")["body"])
    assert (await slow_arm.ask("GET", accepted.headers["azure-asyncoperation"])).body == {"status": "InProgress"}
    assert (await slow_arm.ask("GET", url)).code == "ResourceNotFound"
    assert "ipConfigurations" not in (await slow_arm.ask("GET", subnet)).body["properties"]
    slow_arm.clock.step(10)
    assert "ipConfigurations" in (await slow_arm.ask("GET", subnet)).body["properties"]
    slow_arm.clock.step(595)
    await slow_arm.ask("GET", GROUP)
    slow_arm.clock.step(5)
    assert (await slow_arm.ask("GET", url)).body["properties"]["provisioningState"] == "Updating"
    slow_arm.clock.step(5)
    assert (await slow_arm.ask("GET", url)).body["properties"]["provisioningState"] == "Succeeded"


async def test_a_rule_strikes_as_often_as_it_says_and_leaves_writes_alone(arm: Arm) -> None:
    arm.given({"id": GROUP})
    await arm.control("PUT", "/control/faults", [{"match": {"path": "/hub$"}, "times": 2, "staleSeconds": 30}])
    await arm.ask("PUT", network_id("hub"), HUB["body"])
    assert [await seen(arm) for _ in range(3)] == [False, False, True]


async def test_looking_back_ends_with_the_setting(arm: Arm) -> None:
    arm.given(HUB)
    await by_setting(arm)
    await arm.ask("DELETE", network_id("hub"))
    assert await seen(arm)
    await arm.control("PUT", "/control/latency", {"staleSeconds": 0})
    assert not await seen(arm)
    await by_setting(arm)
    assert not await seen(arm)
