"""The answer where the question was asked: the tag on the spoke."""

from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure
from peering.core.record.record import State
from tests.builders import (
    SPOKE_ID,
    catalogue,
    hub,
    policy,
    spoke,
    vnet_id,
)
from tests.service.town import Town

B, C = vnet_id("spoke-b"), vnet_id("spoke-c")


async def test_the_status_tag_is_merged_and_written_only_when_there_is_news() -> None:
    town = Town(hub(), spoke(), hubs=catalogue(policy(status_tag="hub-status")))
    await town.ask()
    tags = town.networks.vnets[SPOKE_ID].tags
    assert tags == {"hub": "prod-weu", "hub-status": "Connected to prod-weu (no gateway) 2026-11-23T12:00Z"}
    town.networks.log.clear()
    await town.ask(door=Door.HTTP, hub="prod-weu")
    town.change(tags={"hub": "prod-weu", "owner": "anna"})
    await town.ask()
    assert "tag spoke-a" not in town.networks.log
    assert town.networks.vnets[SPOKE_ID].tags == {"hub": "prod-weu", "owner": "anna"}


async def test_a_refusal_is_tagged_too_and_once() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"), hubs=catalogue(policy(status_tag="hub-status")))
    await town.ask()
    await town.ask()
    assert town.networks.log.count("tag spoke-a") == 1
    assert town.networks.vnets[SPOKE_ID].tags["hub-status"].startswith("Refused 2026-11-23T12:00Z OverlapsHub: ")


async def test_a_status_tag_that_cannot_be_written_undoes_nothing() -> None:
    town = Town(hub(), spoke(), hubs=catalogue(policy(status_tag="hub-status")))
    town.networks.fail("write_tag", SPOKE_ID, AzureFailure(403, "AuthorizationFailed", "no"))
    await town.ask()
    assert town.row().state is State.CONNECTED
