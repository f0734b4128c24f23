"""How many spokes may write their halves to one hub at once (docs/facts/arm-peering.md, One write at a time).

It is not known, so there is a setting for either, and what the app does has to be right under both.
"""

from __future__ import annotations

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
