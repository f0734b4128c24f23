"""Who may write tags on one network, or owns its subscription, and nothing more."""

import logging
from dataclasses import replace

import pytest

from peering.core.catalogue.policy import TagSource
from peering.core.decision.ownership import hub_half_name
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import SyncLevel
from peering.core.record.record import State
from tests.builders import (
    HUB_ID,
    OTHER_HUB_ID,
    OTHER_SUBSCRIPTION,
    SPOKE_ID,
    SUBSCRIPTION,
    catalogue,
    hub,
    policy,
    spoke,
    vnet,
    vnet_id,
)
from tests.security.hostile import VALUES
from tests.service.town import Town

VICTIM = vnet_id("victim")


def town_with_victim(mine: str = "10.2.0.0/24") -> Town:
    return Town(hub(), spoke("10.1.0.0/24", id=VICTIM), spoke(mine))


async def test_a_tag_cannot_peer_with_a_hub_that_does_not_take_its_subscription() -> None:
    outsider = vnet_id("outsider", subscription=OTHER_SUBSCRIPTION)
    town = Town(hub(), spoke(id=outsider), hubs=catalogue(policy(subscriptions=(SUBSCRIPTION,))))
    await town.ask(outsider)
    assert (town.writes, town.row(outsider).state) == ([], State.REFUSED)
    assert town.row(outsider).found.findings[0].code == "SubscriptionNotAllowed"


@pytest.mark.parametrize("held", ["10.1.0.0/24", "10.1.0.128/25", "10.0.0.0/8", "192.168.7.0/24"])
async def test_a_tag_cannot_take_addresses_that_another_holds(held: str) -> None:
    town = Town(
        hub(), spoke("10.1.0.0/24", id=VICTIM), spoke(held), hubs=catalogue(policy(reserved_space=["192.168.0.0/16"]))
    )
    await town.ask(VICTIM)
    before = len(town.writes)
    await town.ask()
    assert town.row().state is State.REFUSED
    assert len(town.writes) == before
    assert town.connected([VICTIM])


@pytest.mark.parametrize("value", VALUES)
async def test_a_tag_says_nothing_but_the_name_of_a_hub(value: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it holds, it names a hub of the catalogue or is refused, in words that stay on one line."""
    caplog.set_level(logging.DEBUG)
    town = Town(hub(), spoke(tag=value))
    await town.ask()
    (row,) = town.records.rows.values()
    assert (town.writes, row.hub, row.state) == ([], "unknown", State.REFUSED)
    assert row.found.findings[0].message.isprintable()
    assert all(record.getMessage().isprintable() for record in caplog.records)


async def test_a_tag_cannot_choose_against_the_subscriptions() -> None:
    trusted = (TagSource.SUBSCRIPTION, TagSource.VNET)
    hubs = catalogue(policy(tag_from=trusted), policy("neu", OTHER_HUB_ID, tag_from=trusted))
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), hubs=hubs)
    town.networks.above[SUBSCRIPTION, None] = {"Hub": "neu"}
    await town.ask()
    assert (town.state(), [each.code for each in town.row().found.findings]) == (State.REFUSED, ["TagNotAllowed"])
    assert town.writes == []


async def test_a_hub_cannot_be_made_a_spoke_by_a_tag() -> None:
    hubs = catalogue(policy(), policy("neu", vnet_id("hub-neu")))
    town = Town(hub(tags={"hub": "neu"}), spoke(id=vnet_id("hub-neu")), hubs=hubs)
    await town.ask(HUB_ID)
    assert (town.writes, town.row(HUB_ID, "neu").found.findings[0].code) == ([], "SpokeIsHub")


async def test_what_one_network_does_writes_no_half_of_another() -> None:
    """It joins, leaves, comes back, is deleted: the victim's pair is never touched."""
    town = town_with_victim()
    await town.ask(VICTIM)
    before = len(town.writes)
    pair = town.networks.vnets[VICTIM].halves
    for tags in ({"hub": "prod-weu"}, {}, {"hub": "nowhere"}, {"hub": "prod-weu"}):
        town.change(tags=tags)
        await town.ask()
    town.delete()
    await town.ask()
    assert len(town.writes) > before
    assert [entry for entry in town.writes[before:] if "victim" in entry] == []
    assert (town.connected([VICTIM]), town.networks.vnets[VICTIM].halves) == (True, pair)


async def test_a_name_that_is_taken_takes_nobodys_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight hexadecimal digits can be hit by trying names of resource groups; these two begin with the same ones."""
    twin = vnet_id("shop", "twin")
    town = Town(hub(), spoke("10.1.0.0/24", id=vnet_id("shop")), spoke("10.2.0.0/24", id=twin))
    monkeypatch.setattr(
        "peering.core.decision.pair.hub_half_name",
        lambda vnet, digits=8, installation="": hub_half_name(
            vnet_id("shop") if digits == 8 else vnet, digits, installation
        ),
    )
    await town.ask(vnet_id("shop"))
    await town.ask(twin)
    assert town.connected([vnet_id("shop"), twin])
    assert [entry for entry in town.writes if entry.startswith("remove")] == []


async def test_what_azure_says_is_logged_on_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """The owner of a subscription writes the names of its policies, and Azure repeats them."""
    caplog.set_level(logging.DEBUG)
    town = Town(hub(), spoke())
    town.networks.fail("apply", SPOKE_ID, AzureFailure(403, "RequestDisallowedByPolicy", "denied by 'x\nERROR forged'"))
    await town.ask()
    assert town.connected()
    assert [line.getMessage() for line in caplog.records if not line.getMessage().isprintable()] == []


async def test_addresses_that_are_added_after_the_connection_are_judged_before_they_are_routed() -> None:
    """Azure routes a new prefix only after a sync, and a sync is a write that the verdict has to allow."""
    town = town_with_victim()
    await town.ask(VICTIM)
    await town.ask()
    before = len(town.writes)
    mine = town.networks.vnets[SPOKE_ID]
    behind = tuple(replace(half, sync_level=SyncLevel.REMOTE_NOT_IN_SYNC) for half in mine.halves)
    town.change(prefixes=spoke("10.2.0.0/24", "10.1.0.0/25").prefixes, halves=behind)
    await town.ask()
    assert town.row().state is State.CONNECTED
    assert town.row().found.findings[0].code == "OverlapsSpoke"
    assert "10.1.0.0/25 is not routed" in town.row().found.findings[0].message
    assert len(town.writes) == before


async def test_a_refusal_names_who_holds_the_range() -> None:
    """Meant so: who may use a hub may know its other spokes. Where that is too much, keep hubs apart."""
    town = town_with_victim("10.1.0.0/25")
    await town.ask(VICTIM)
    await town.ask()
    assert str(VICTIM) in town.row().found.findings[0].message
