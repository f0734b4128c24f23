"""A pair that stands and that something speaks against is left as it is, and what was right before is not forgotten."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from peering.core.decision.findings import Code
from peering.core.intake.requests import Door
from peering.core.network.vnets import Flags
from tests.builders import HUB_ID, SPOKE_ID, catalogue, policy
from tests.service.town import Town, joined


async def test_what_people_switch_while_something_speaks_against_a_pair_is_put_right_when_nothing_does() -> None:
    """The record says what stands all the while."""
    town = await joined()
    deploy(town, allowed_space=["10.64.0.0/10"])
    await town.ask(door=Door.HTTP)
    on_spoke = town.networks.vnets[SPOKE_ID].half_to(HUB_ID)
    on_hub = town.networks.vnets[HUB_ID].half_to(SPOKE_ID)
    assert on_spoke
    assert on_hub
    town.change(halves=(replace(on_spoke, flags=Flags(forwarded_traffic=True)),))
    town.change(HUB_ID, halves=(replace(on_hub, flags=Flags(virtual_network_access=False)),))
    await town.ask()
    found = town.row().found
    assert [finding.code for finding in found.findings] == [Code.OUTSIDE_ALLOWED_SPACE]
    assert (found.spoke_flags, found.hub_flags) == (Flags(forwarded_traffic=True), Flags(virtual_network_access=False))
    deploy(town)
    await town.sweep()
    await town.pump(timedelta(days=1))
    found = town.row().found
    assert found.spoke_flags == Flags()
    assert found.hub_flags == Flags(virtual_network_access=False)
    assert [finding.code for finding in found.findings] == [Code.LEFT_OFF]
    assert found.rightful is None


def deploy(town: Town, **rest: Any) -> None:  # noqa: ANN401 - the fields of HubPolicy
    town.context = replace(town.context, catalogue=catalogue(policy(**rest)))
