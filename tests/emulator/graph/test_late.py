"""Resource Graph shows the estate as it was some seconds ago (docs/facts/resource-graph.md, Late)."""

from __future__ import annotations

from typing import Any

import pytest

from localazure.emulator.networks import mirror
from tests.emulator.arm import Arm
from tests.emulator.graph.asking import NETWORKS, names, rows, tagged
from tests.emulator.sdk import GROUP, HUB, SPOKE, SUBSCRIPTION, half_id, network_id, vnet

TAGS = "/providers/Microsoft.Resources/tags/default"
DELAY = 30


@pytest.fixture
async def late(arm: Arm) -> Arm:
    """Operations end at once, and the graph shows it half a minute later."""
    arm.given(HUB, SPOKE)
    await arm.control("PUT", "/control/latency", {"graphDelaySeconds": DELAY})
    assert await names(arm, NETWORKS) == ["hub", "spoke"]
    return arm


def half(remote: str) -> dict[str, Any]:
    return {"properties": {"remoteVirtualNetwork": {"id": network_id(remote)}}}


async def states(arm: Arm) -> list[str]:
    spread = f"{NETWORKS} | mv-expand half = properties.virtualNetworkPeerings"
    found = await rows(arm, f"{spread} | project name, state = tostring(half.properties.peeringState)")
    return [f"{row['name']} {row['state']}" for row in found]


async def hub_tags(arm: Arm) -> object:
    return (await rows(arm, f"{NETWORKS} | where name == 'hub' | project tags"))[0]["tags"]


async def test_networks_come_and_go_late(late: Arm) -> None:
    await late.ask("PUT", network_id("new"), vnet("new", "10.2.0.0/16")["body"])
    late.clock.step(10)
    await late.ask("DELETE", network_id("spoke"))
    assert (await late.ask("GET", network_id("spoke"))).status == 404
    assert await names(late, NETWORKS) == ["hub", "spoke"]
    late.clock.step(20)
    assert await names(late, NETWORKS) == ["hub", "new", "spoke"]
    late.clock.step(10)
    assert await names(late, NETWORKS) == ["hub", "new"]


async def test_tags_of_networks_change_late_whichever_way(late: Arm) -> None:
    await late.ask("PATCH", network_id("hub") + TAGS, {"operation": "Merge", "properties": {"tags": {"a": "1"}}})
    late.clock.step(10)
    await late.ask("PATCH", network_id("hub"), {"tags": {"b": "2"}})
    assert await hub_tags(late) is None
    late.clock.step(20)
    assert await hub_tags(late) == {"a": "1"}
    late.clock.step(10)
    assert await hub_tags(late) == {"b": "2"}


async def test_states_of_halves_change_late_on_both_sides(late: Arm) -> None:
    await late.ask("PUT", half_id("hub", "spoke"), half("spoke"))
    late.clock.step(10)
    await late.ask("PUT", half_id("spoke", "hub"), half("hub"))
    late.clock.step(10)
    await late.ask("DELETE", half_id("hub", "spoke"))
    assert await states(late) == []
    late.clock.step(10)
    assert await states(late) == ["hub Initiated"]
    late.clock.step(10)
    assert sorted(await states(late)) == ["hub Connected", "spoke Connected"]
    late.clock.step(10)
    assert await states(late) == ["spoke Disconnected"]


async def test_what_a_row_says_of_the_other_network_is_as_old_as_the_row(late: Arm) -> None:
    await late.ask("PUT", half_id("hub", "spoke"), half("spoke"))
    late.clock.step(DELAY)
    await late.ask("PUT", network_id("spoke"), vnet("spoke", "10.1.0.0/16", "10.9.0.0/16")["body"])
    spaces = f"{NETWORKS} | mv-expand half = properties.virtualNetworkPeerings | project space = half.properties."
    shown = f"{spaces}remoteVirtualNetworkAddressSpace.addressPrefixes"
    assert await rows(late, shown) == [{"space": ["10.1.0.0/16"]}]
    late.clock.step(DELAY)
    assert await rows(late, shown) == [{"space": ["10.1.0.0/16", "10.9.0.0/16"]}]


async def test_groups_and_subscriptions_change_late(late: Arm) -> None:
    await late.ask("PATCH", GROUP, {"tags": {"a": "1"}})
    await late.ask("PUT", f"/subscriptions/{SUBSCRIPTION}/resourceGroups/other", {"location": "westeurope"})
    containers = "ResourceContainers | where type has 'resourcegroups' | project name, tags"
    assert await rows(late, containers) == [{"name": "rg", "tags": None}]
    late.clock.step(DELAY)
    found = await rows(late, f"{containers} | order by name asc")
    assert found == [{"name": "other", "tags": None}, {"name": "rg", "tags": {"a": "1"}}]


async def test_an_operation_that_ends_by_the_clock_is_seen_late_too(slow_arm: Arm) -> None:
    """In the mode real a network takes 4 seconds, and the graph 10 more."""
    slow_arm.given(HUB)
    assert await names(slow_arm, NETWORKS) == ["hub"]
    await slow_arm.ask("PUT", network_id("spoke"), SPOKE["body"])
    provisioning = f"{NETWORKS} | where name == 'spoke' | project state = properties.provisioningState"
    slow_arm.clock.step(4)
    await slow_arm.ask("GET", network_id("spoke"))
    assert await rows(slow_arm, provisioning) == []
    slow_arm.clock.step(6)
    assert await rows(slow_arm, provisioning) == [{"state": "Updating"}]
    slow_arm.clock.step(4)
    assert await rows(slow_arm, provisioning) == [{"state": "Succeeded"}]


async def test_seeds_and_loaded_states_are_seen_at_once(late: Arm) -> None:
    late.given(tagged("seeded", "10.5.0.0/16", {"a": "1"}))
    assert await names(late, NETWORKS) == ["hub", "seeded", "spoke"]
    state = (await late.control("GET", "/control/state")).body
    await late.control("PUT", "/control/state", {**state, "networks": []})
    assert await names(late, NETWORKS) == []


async def test_without_a_delay_everything_is_seen_at_once(late: Arm) -> None:
    await late.ask("PATCH", network_id("hub"), {"tags": {"a": "1"}})
    assert await hub_tags(late) is None
    await late.control("PUT", "/control/latency", {"graphDelaySeconds": 0})
    assert await hub_tags(late) == {"a": "1"}
    await late.control("PUT", "/control/latency", {"graphDelaySeconds": DELAY})
    await late.ask("PATCH", network_id("hub"), {"tags": {"a": "2"}})
    assert await hub_tags(late) == {"a": "1"}


async def test_only_so_many_changes_wait(late: Arm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "MOST_CHANGES", 1)
    await late.ask("PATCH", network_id("hub"), {"tags": {"a": "1"}})
    await late.ask("PATCH", network_id("hub"), {"tags": {"a": "2"}})
    assert await hub_tags(late) == {"a": "1"}


@pytest.mark.parametrize(("mode", "seconds"), [("none", 0), ("fast", 2), ("real", 10)])
async def test_the_delay_is_that_of_the_mode_unless_set(arm: Arm, mode: str, seconds: float) -> None:
    assert (await arm.control("PUT", "/control/latency", {"mode": mode})).body["graphDelaySeconds"] == seconds
    assert (await arm.control("PUT", "/control/latency", {"graphDelaySeconds": 7.5})).body["graphDelaySeconds"] == 7.5
    assert (await arm.control("PUT", "/control/latency", {"graphDelaySeconds": None})).body == {
        **(await arm.control("GET", "/control/latency")).body,
        "graphDelaySeconds": seconds,
    }


async def test_the_delay_may_stand_beside_the_rules_of_faults(arm: Arm) -> None:
    await arm.control("PUT", "/control/faults", {"rules": [], "graphDelaySeconds": 60})
    assert (await arm.control("GET", "/control/latency")).body["graphDelaySeconds"] == 60


@pytest.mark.parametrize("delay", [-1, "soon", True])
async def test_a_delay_that_is_no_time_is_refused(arm: Arm, delay: object) -> None:
    for path in ("/control/latency", "/control/faults"):
        refused = await arm.control("PUT", path, {"graphDelaySeconds": delay, "rules": []})
        assert (refused.status, refused.code) == (400, "BadRequest")
