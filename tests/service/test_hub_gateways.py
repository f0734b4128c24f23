"""A gateway comes or goes: its event does not say whose it is, and the pairs of its hub follow."""

from dataclasses import replace
from datetime import timedelta

from peering.core.catalogue.policy import GatewayUse
from peering.core.decision.findings import Code
from peering.core.intake.requests import GatewayRequest
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Flags
from tests.builders import (
    HUB_ID,
    OTHER_HUB_ID,
    OTHER_SUBSCRIPTION,
    SPOKE_ID,
    SUBSCRIPTION,
    catalogue,
    gateway_of,
    hub,
    policy,
    spoke,
    vnet,
    vnet_id,
)
from tests.service.hub_events import gateway_event, heard, many, written
from tests.service.town import Town, joined, times


async def test_a_gateway_that_comes_is_used_by_the_pairs_that_do_without() -> None:
    town, ids = await many(3)
    assert {row.found.gateway for row in town.records.rows.values()} == {"none"}
    town.change(HUB_ID, gateway=gateway_of(HUB_ID))
    await heard(town, gateway_event(town))
    for each in ids:
        here, there = town.networks.vnets[each].half_to(HUB_ID), town.networks.vnets[HUB_ID].half_to(each)
        assert here
        assert there
        assert (here.flags.remote_gateways, there.flags.gateway_transit) == (True, True)
        assert town.row(each).found.gateway == gateway_of(HUB_ID)


async def test_a_gateway_that_was_building_is_used_when_it_is_ready() -> None:
    """Its pair was made without, though the hub's half lends it already: nothing on the hub tells that it may now."""
    town = await joined(hubs=catalogue())
    town.change(HUB_ID, gateway=gateway_of(HUB_ID))
    lent = tuple(replace(each, flags=Flags(gateway_transit=True)) for each in town.networks.vnets[HUB_ID].halves)
    town.change(HUB_ID, halves=lent)
    row = town.row()
    town.records.rows["prod-weu", SPOKE_ID.key] = replace(
        row, found=replace(row.found, hub_flags=Flags(gateway_transit=True))
    )
    await heard(town, written(town))
    assert town.networks.writes == []  # most such pairs are so by their spoke's doing
    await heard(town, gateway_event(town))
    assert town.row().found.gateway == gateway_of(HUB_ID)
    assert town.writes == ["put spoke-a/autopeer-prod-weu"]


async def test_a_gateway_that_is_required_lets_in_who_waited_for_it() -> None:
    town = Town(hub(), spoke(), hubs=catalogue(policy(gateway=GatewayUse.REQUIRED)))
    await town.ask()
    assert [finding.code for finding in town.row().found.findings] == [Code.NO_HUB_GATEWAY]
    town.change(HUB_ID, gateway=gateway_of(HUB_ID))
    await heard(town, gateway_event(town))
    assert town.connected()


async def test_a_gateway_that_went_is_not_used_any_more() -> None:
    town, ids = await many(2, gateway=True)
    town.change(HUB_ID, gateway=None)
    await heard(town, gateway_event(town, "delete"))
    assert town.connected(ids)
    for each in ids:
        here = town.networks.vnets[each].half_to(HUB_ID)
        assert here
        assert not here.flags.remote_gateways
        assert town.row(each).found.gateway == "none"


TWO = catalogue(policy(), policy("neu", OTHER_HUB_ID), policy("far", vnet_id("far", subscription=OTHER_SUBSCRIPTION)))


async def test_a_gateways_event_asks_about_the_hubs_of_its_subscription_alone() -> None:
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=TWO)
    town.put(gateway_event(town))
    await town.pump(timedelta(seconds=1))
    assert sorted(town.networks.log) == ["read hub-neu", "read hub-weu"]


async def test_a_gateways_event_of_a_subscription_without_a_hub_ends_without_a_call() -> None:
    town = Town(hub(), hubs=TWO)
    await heard(town, gateway_event(town, network=vnet_id("x", subscription=SUBSCRIPTION.replace("1", "2"))))
    assert (town.networks.log, town.queue.sent, town.records.rows) == ([], [], {})


def about_gateways(town: Town) -> GatewayRequest:
    return GatewayRequest(id="e", subscription=SUBSCRIPTION, who="somebody", when=town.clock(), correlation="c")


async def test_a_gateways_event_is_not_lost_while_storage_does_not_answer() -> None:
    town = await joined()
    town.change(HUB_ID, gateway=gateway_of(HUB_ID))
    fail = times(3, AzureFailure(503, "ServerBusy", "busy"), lambda message: getattr(message, "gateway", False))
    town.queue.before_send.append(fail)
    await heard(town, about_gateways(town).to_json())
    assert town.row().found.gateway == gateway_of(HUB_ID)


async def test_one_that_the_worker_failed_at_every_time_is_tried_again_later() -> None:
    town = await joined()
    town.change(HUB_ID, gateway=gateway_of(HUB_ID))
    fail = times(5, RuntimeError("a bug"), lambda message: getattr(message, "gateway", False))
    town.queue.before_send.append(fail)
    await heard(town, about_gateways(town).to_json())
    assert len(town.poison) == 1
    assert town.row().found.gateway == gateway_of(HUB_ID)
