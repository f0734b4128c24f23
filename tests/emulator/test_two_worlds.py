"""How many spokes may write their halves to one hub at once (docs/facts/arm-peering.md, One write at a time).

It is not known, so there is a setting for either, and what the app does has to be right under both.
"""

from __future__ import annotations

import pytest

from tests.emulator.arm import Arm
from tests.emulator.sdk import HUB, half_id, network_id, vnet

SPOKES = [vnet("one", "10.1.0.0/16"), vnet("two", "10.2.0.0/16")]


def to(remote: str) -> dict[str, object]:
    return {"properties": {"remoteVirtualNetwork": {"id": network_id(remote)}}}


async def test_by_default_spokes_write_to_one_hub_at_once(slow_arm: Arm) -> None:
    slow_arm.given(HUB, *SPOKES)
    assert [(await slow_arm.ask("PUT", half_id(spoke, "hub"), to("hub"))).status for spoke in ("one", "two")] == [
        201
    ] * 2


async def test_a_spokes_half_in_flight_makes_its_hub_busy(slow_arm: Arm) -> None:
    arm = slow_arm
    arm.given(HUB, *SPOKES)
    await arm.control("PUT", "/control/latency", {"halfHolds": "both"})
    assert (await arm.ask("PUT", half_id("one", "hub"), to("hub"))).status == 201
    hub = (await arm.ask("GET", network_id("hub"))).body
    assert hub["properties"]["provisioningState"] == "Updating"
    assert (await arm.ask("PUT", half_id("two", "hub"), to("hub"))).code == "ReferencedResourceNotProvisioned"
    assert (await arm.ask("PUT", half_id("hub", "two"), to("two"))).code == "AnotherOperationInProgress"
    arm.clock.step(10)
    assert (await arm.ask("PUT", half_id("two", "hub"), to("hub"))).status == 201


# How a half is refused while a half of the network it names is being written, and one while its own network is.
REFERENCES = [
    ("ReferencedResourceNotProvisioned", 400),
    ("AnotherOperationInProgress", 409),
    ("RetryableError", 429),
]
CONFLICTS = [("AnotherOperationInProgress", 409), ("RetryableError", 429)]


@pytest.mark.parametrize("half_holds", ["own", "both"])
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("conflict", CONFLICTS)
async def test_while_a_hubs_half_is_written_no_other_half_of_it_nor_one_to_it_is(
    slow_arm: Arm, half_holds: str, reference: tuple[str, int], conflict: tuple[str, int]
) -> None:
    """The other half of that pair, whose network is held too in one of the worlds; another spoke's; the hub's other."""
    arm = slow_arm
    arm.given(HUB, *SPOKES)
    await arm.control("PUT", "/control/latency", {"halfHolds": half_holds, "conflict": conflict[0]})
    await arm.control("PUT", "/control/switches", {"referenceInFlight": reference[0]})
    assert (await arm.ask("PUT", half_id("hub", "one"), to("one"))).status == 201
    asked = [("one", "hub"), ("two", "hub"), ("hub", "two")]
    refused = [await arm.ask("PUT", half_id(network, remote), to(remote)) for network, remote in asked]
    wanted = [conflict if half_holds == "both" else reference, reference, conflict]
    assert [(each.code, each.status) for each in refused] == wanted
    arm.clock.step(10)
    assert (await arm.ask("PUT", half_id("one", "hub"), to("hub"))).status == 201


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("conflict", CONFLICTS)
async def test_while_a_spokes_half_holds_the_hub_nobody_else_writes_to_it(
    slow_arm: Arm, reference: tuple[str, int], conflict: tuple[str, int]
) -> None:
    arm = slow_arm
    arm.given(HUB, *SPOKES)
    await arm.control("PUT", "/control/latency", {"halfHolds": "both", "conflict": conflict[0]})
    await arm.control("PUT", "/control/switches", {"referenceInFlight": reference[0]})
    assert (await arm.ask("PUT", half_id("one", "hub"), to("hub"))).status == 201
    refused = await arm.ask("PUT", half_id("two", "hub"), to("hub"))
    assert (refused.code, refused.status) == reference
    refused = await arm.ask("PUT", half_id("hub", "two"), to("two"))
    assert (refused.code, refused.status) == conflict
    arm.clock.step(10)
    assert (await arm.ask("PUT", half_id("hub", "two"), to("two"))).status == 201


async def test_both_halves_of_a_pair_may_still_be_deleted_at_once(slow_arm: Arm) -> None:
    """docs/facts/arm-peering.md, Delete: recorded, so it holds in either world."""
    arm = slow_arm
    halves = [(half_id("hub", "one"), to("one")), (half_id("one", "hub"), to("hub"))]
    arm.given(HUB, *SPOKES, *({"id": half, "body": body} for half, body in halves))
    await arm.control("PUT", "/control/latency", {"halfHolds": "both"})
    assert [(await arm.ask("DELETE", half)).status for half, _ in halves] == [202, 202]


async def test_what_is_held_is_saved_and_loaded(slow_arm: Arm) -> None:
    arm = slow_arm
    arm.given(HUB, *SPOKES)
    await arm.control("PUT", "/control/latency", {"halfHolds": "both"})
    await arm.ask("PUT", half_id("one", "hub"), to("hub"))
    saved = (await arm.control("GET", "/control/state")).body
    assert (await arm.control("PUT", "/control/state", saved)).status == 204
    assert (await arm.ask("PUT", half_id("hub", "two"), to("two"))).code == "AnotherOperationInProgress"
