"""Trust of the tag: what the subscription's or the group's says counts where the catalogue wants it, at every door."""

from datetime import timedelta

import pytest

from peering.core.catalogue.policy import Catalogue, TagSource
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import State
from tests.builders import (
    HUB_ID,
    NOON,
    OTHER_HUB_ID,
    SPOKE_ID,
    SUBSCRIPTION,
    catalogue,
    hub,
    policy,
    request,
    spoke,
    vnet,
    vnet_id,
)
from tests.service.town import Town, town_of

FROM_ABOVE = (TagSource.SUBSCRIPTION, TagSource.GROUP, TagSource.VNET)
DENIED = AzureFailure(403, "AuthorizationFailed", "The client does not have authorization.")


def hubs(*order: TagSource, inherit: bool = False) -> Catalogue:
    names = {"prod-weu": HUB_ID, "neu": OTHER_HUB_ID}
    return catalogue(
        *(policy(each, at, tag_from=order, inherit=inherit, grace_minutes=0) for each, at in names.items())
    )


def a_town(tag: str | None, above: str | None, rules: Catalogue | None = None) -> Town:
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(tag=tag), hubs=rules or hubs(*FROM_ABOVE))
    say_above(town, above)
    return town


def say_above(town: Town, value: str | None) -> None:
    town.networks.above[SUBSCRIPTION, None] = {} if value is None else {"hub": value}


def codes(town: Town, name: str = "prod-weu") -> list[str]:
    return [finding.code for finding in town.row(hub=name).found.findings]


async def test_the_subscription_decides_for_a_network_that_only_says_yes() -> None:
    town = a_town("yes", "neu")
    await town.ask()
    assert town.connected(to=OTHER_HUB_ID)


async def test_without_its_own_tag_a_network_joins_nothing_unless_it_inherits() -> None:
    town = a_town(None, "neu")
    await town.ask()
    assert (town.writes, town.records.rows) == ([], {})
    town = a_town(None, "neu", hubs(*FROM_ABOVE, inherit=True))
    await town.ask()
    assert town.connected(to=OTHER_HUB_ID)


async def test_a_pair_that_stands_stays_when_its_tag_is_overruled_and_says_so() -> None:
    town = a_town("prod-weu", None)
    await town.ask()
    town.networks.log.clear()
    say_above(town, "neu")
    await town.ask()
    assert (town.state(), codes(town), town.connected()) == (State.CONNECTED, ["TagNotAllowed"], True)
    assert town.writes == []
    say_above(town, "prod-weu")
    town.clock.now += timedelta(minutes=1)
    await town.ask()
    assert (town.state(), codes(town)) == (State.CONNECTED, [])


async def test_a_move_against_the_subscriptions_tag_leaves_the_old_pair() -> None:
    town = a_town("prod-weu", "prod-weu")
    await town.ask()
    town.change(tags={"hub": "neu"})
    await town.ask()
    assert town.connected()
    assert (town.state(hub="neu"), codes(town, "neu")) == (State.REFUSED, ["TagNotAllowed"])


async def test_a_subscription_that_changes_its_tag_takes_its_networks_along() -> None:
    town = a_town("yes", "prod-weu")
    await town.ask()
    assert town.connected()
    say_above(town, "neu")
    await town.sweep()
    await town.pump()
    assert town.connected(to=OTHER_HUB_ID)
    assert town.state() is State.REMOVED


async def test_a_sweep_finds_who_is_overruled_since_and_asks_once() -> None:
    town = a_town("prod-weu", None)
    await town.ask()
    say_above(town, "neu")
    assert (await town.sweep()).differences == {"tagChanged": 1}
    await town.pump()
    assert codes(town) == ["TagNotAllowed"]
    assert (await town.sweep()).queued == 0
    say_above(town, None)
    assert (await town.sweep()).differences == {"tagChanged": 1}
    await town.pump()
    assert codes(town) == []


async def test_an_inherited_tag_that_is_gone_has_its_grace() -> None:
    town = a_town(None, "prod-weu", hubs(*FROM_ABOVE, inherit=True))
    await town.ask()
    assert town.connected()
    say_above(town, None)
    await town.ask()
    assert town.state() is State.REMOVED


@pytest.mark.parametrize("door", ["event", "sweep"])
async def test_what_is_above_and_cannot_be_read_cuts_nothing(door: str) -> None:
    town = a_town(None, "prod-weu", hubs(*FROM_ABOVE, inherit=True))
    await town.ask()
    town.networks.log.clear()
    town.networks.refuse("read_tags", VnetId(SUBSCRIPTION, "", ""), DENIED)
    if door == "event":
        town.put(request(when=town.clock()))
    await town.sweep()
    await town.pump(timedelta(hours=2))
    assert (town.writes, town.connected()) == ([], True)


async def test_a_newcomer_whose_subscription_cannot_be_read_waits_and_is_told_the_role() -> None:
    town = a_town("prod-weu", "prod-weu")
    town.networks.refuse("read_tags", VnetId(SUBSCRIPTION, "", ""), DENIED)
    town.put(request(when=NOON))
    await town.pump(timedelta(minutes=10))
    (row,) = town.records.rows.values()
    assert (row.state, row.found.findings[0].code) == (State.PENDING, "AuthorizationFailed")
    town.networks.relent()
    await town.pump(timedelta(hours=2))
    assert town.connected()


async def test_each_is_read_once_for_a_batch_and_only_where_it_counts() -> None:
    town, ids = town_of(12, hubs=catalogue(policy(tag_from=FROM_ABOVE)))
    await town.wait_as_one_batch(*ids)
    await town.deliver(town.queue.messages[-1])
    assert town.connected(ids)
    of_the_drain = town.networks.log[town.networks.log.index("read hub-weu") :]
    assert of_the_drain.count(f"read tags of {SUBSCRIPTION}") <= 3, "batches grow: 4, 8"
    town.networks.log.clear()
    await town.sweep()
    of_the_sweep = [entry for entry in town.networks.log if entry.startswith("read tags")]
    assert sorted(of_the_sweep) == sorted([f"read tags of {SUBSCRIPTION}", "read tags of rg"])
    plain, more = town_of(12)
    plain.put(*(request(each, when=plain.clock()) for each in more))
    await plain.pump_together()
    assert not any(entry.startswith("read tags") for entry in plain.networks.log)


async def test_a_hubs_network_does_not_wish_itself_anywhere() -> None:
    town = a_town(None, "neu", hubs(*FROM_ABOVE, inherit=True))
    await town.ask(HUB_ID)
    await town.sweep()
    assert vnet_id("hub-weu") not in {row.spoke for row in town.records.rows.values()}
    assert [each.body for each in town.queue.messages if str(HUB_ID) in each.body] == []
    assert any(str(SPOKE_ID) in each.body for each in town.queue.messages)
