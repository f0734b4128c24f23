"""Whose word counts: the network's own tag, its group's or its subscription's, by every order and for every value."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from peering.core.catalogue.policy import Catalogue, HubPolicy, TagSource
from peering.core.catalogue.tag_sources import as_decided, sources_needed
from peering.core.network.vnets import Overruled
from tests.builders import HUB_ID, OTHER_HUB_ID, catalogue, hub, policy, spoke

VNET, GROUP, SUBSCRIPTION = TagSource.VNET, TagSource.GROUP, TagSource.SUBSCRIPTION
NETWORKS = {"prod-weu": HUB_ID, "neu": OTHER_HUB_ID}
FROM_ABOVE = (SUBSCRIPTION, GROUP, VNET)


def hubs(*order: TagSource, inherit: bool = False) -> Catalogue:
    return catalogue(*(policy(name, vnet, tag_from=order, inherit=inherit) for name, vnet in NETWORKS.items()))


def wish(
    own: str | None, above: Mapping[TagSource, str | None], rules: Catalogue
) -> tuple[str | None, Overruled | None]:
    """The tag that counts, and what overrules it."""
    tags = {source: {} if value is None else {"HUB": value} for source, value in above.items()}
    found = as_decided(spoke(tag=own), tags, rules)
    return rules.tag_value(found.tags), found.overruled


@pytest.mark.parametrize("own", [None, "prod-weu", "neu", "yes", ""])
def test_without_a_word_in_the_catalogue_it_is_the_networks_own(own: str | None) -> None:
    assert sources_needed(spoke(tag=own), hubs(VNET)) == set()
    assert wish(own, {SUBSCRIPTION: "neu", GROUP: "neu"}, hubs(VNET)) == (own, None)


CASES: list[tuple[str | None, str | None, str | None, str | None, Overruled | None]] = [
    # the network's own, its group's, its subscription's; what counts, and what overrules it
    ("prod-weu", None, None, "prod-weu", None),
    ("prod-weu", "neu", "prod-weu", "prod-weu", None),
    ("prod-weu", None, "Prod-WEU ", "prod-weu", None),
    ("prod-weu", None, "neu", "prod-weu", Overruled("its subscription", "neu")),
    ("prod-weu", "neu", None, "prod-weu", Overruled("its resource group", "neu")),
    ("prod-weu", None, "a typo", "prod-weu", Overruled("its subscription", "a typo")),
    ("prod-weu", None, "", "prod-weu", Overruled("its subscription", "")),
    ("yes", None, "neu", "neu", None),
    ("yes", "prod-weu", "neu", "neu", None),
    ("", "prod-weu", None, "prod-weu", None),
    ("yes", None, None, "yes", None),
    ("yes", None, "a typo", "yes", None),
    (None, "prod-weu", "neu", None, None),
]


@pytest.mark.parametrize(("own", "group", "subscription", "counts", "overruled"), CASES)
def test_the_first_that_bears_the_tag_decides_for_who_bears_it_too(
    own: str | None, group: str | None, subscription: str | None, counts: str | None, overruled: Overruled | None
) -> None:
    above = {GROUP: group, SUBSCRIPTION: subscription}
    assert wish(own, above, hubs(*FROM_ABOVE)) == (counts, overruled)


def test_who_bears_no_tag_joins_only_where_it_is_inherited() -> None:
    above = {GROUP: None, SUBSCRIPTION: "neu"}
    assert wish(None, above, hubs(*FROM_ABOVE, inherit=True)) == ("neu", None)
    assert wish(None, above, hubs(*FROM_ABOVE)) == (None, None)
    assert wish(None, {GROUP: None, SUBSCRIPTION: None}, hubs(*FROM_ABOVE, inherit=True)) == (None, None)


def test_a_hub_inherits_no_wish() -> None:
    rules = hubs(*FROM_ABOVE, inherit=True)
    assert sources_needed(hub(), rules) == set()
    assert as_decided(hub(), {SUBSCRIPTION: {"hub": "neu"}}, rules) == hub()


def test_where_the_network_itself_does_not_count_its_tag_is_not_enough() -> None:
    assert wish("prod-weu", {SUBSCRIPTION: None}, hubs(SUBSCRIPTION))[1] == Overruled("its subscription", None)
    assert wish("prod-weu", {SUBSCRIPTION: "prod-weu"}, hubs(SUBSCRIPTION)) == ("prod-weu", None)


def test_a_network_that_comes_first_may_name_another_hub_than_its_subscription() -> None:
    rules = hubs(VNET, SUBSCRIPTION, inherit=True)
    assert wish("prod-weu", {SUBSCRIPTION: "neu"}, rules) == ("prod-weu", None)
    assert wish(None, {SUBSCRIPTION: "neu"}, rules) == ("neu", None)


def test_each_hub_has_its_own_order() -> None:
    strict = policy(tag_from=FROM_ABOVE)
    free = policy("neu", OTHER_HUB_ID)
    rules = catalogue(strict, free)
    assert wish("neu", {SUBSCRIPTION: "prod-weu"}, rules) == ("neu", None)
    assert wish("prod-weu", {SUBSCRIPTION: "neu"}, rules)[1] == Overruled("its subscription", "neu")
    assert wish("yes", {GROUP: None, SUBSCRIPTION: "neu"}, rules) == ("yes", None), "neu takes nobody by subscription"


@pytest.mark.parametrize(
    ("own", "order", "inherit", "needed"),
    [
        ("prod-weu", FROM_ABOVE, False, {SUBSCRIPTION, GROUP}),
        ("prod-weu", (VNET, SUBSCRIPTION), True, set()),
        ("yes", FROM_ABOVE, False, {SUBSCRIPTION, GROUP}),
        (None, FROM_ABOVE, False, set()),
        (None, (VNET, SUBSCRIPTION), True, {SUBSCRIPTION}),
    ],
)
def test_no_more_is_read_than_decides(
    own: str | None, order: tuple[TagSource, ...], inherit: bool, needed: set[TagSource]
) -> None:
    assert sources_needed(spoke(tag=own), hubs(*order, inherit=inherit)) == needed


def test_the_other_tags_stay_and_the_own_one_is_replaced_whatever_its_case() -> None:
    seen = replace(spoke(), tags={"Hub": "x", "a": "b"})
    tagged = as_decided(seen, {SUBSCRIPTION: {"hub": "neu"}}, hubs(*FROM_ABOVE))
    assert tagged.tags == {"a": "b", "hub": "neu"}


def test_a_policy_without_a_word_trusts_the_network() -> None:
    assert HubPolicy(name="x", vnet=HUB_ID).tag_from == (VNET,)
