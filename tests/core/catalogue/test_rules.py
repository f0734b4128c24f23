"""The rules of a hub in words: a sentence for each, whatever the catalogue says."""

from dataclasses import fields, replace
from typing import Any

import pytest

from peering.core.catalogue.policy import (
    ApprovalRule,
    Decision,
    Departure,
    Existing,
    GatewayUse,
    HubPolicy,
    Mode,
    Moves,
    PerHalf,
    TagSource,
)
from peering.core.catalogue.rules import rules_of
from tests.builders import SUBSCRIPTION, policy

USUAL = replace(policy(), max_removals=None)
BRAKE = "Within a day so many pairs may lose something before a person has to look"
SAID: list[tuple[dict[str, Any], str]] = [
    ({}, "Networks of any subscription may come."),
    ({"subscriptions": (SUBSCRIPTION,)}, f"Networks of these subscriptions may come: {SUBSCRIPTION}."),
    ({"regions": None}, "Networks of any region may come."),
    ({"regions": ("same",)}, "Networks of the hub's own region may come."),
    ({"regions": ("westeurope", "northeurope")}, "Networks of these regions may come: westeurope, northeurope."),
    ({}, "Spokes may have any address space."),
    ({"allowed_space": policy(allowed_space=["10.64.0.0/10"]).allowed_space}, "Spokes lie inside 10.64.0.0/10."),
    ({}, "Nothing is reserved."),
    (
        {"reserved_space": policy(reserved_space=["10.0.0.0/16"]).reserved_space},
        "No spoke may overlap 10.0.0.0/16, which is reserved.",
    ),
    ({}, "Nobody has to approve a network."),
    ({"approval": (ApprovalRule(Decision.HOLD),)}, "Any other network waits until a person approves it."),
    (
        {"approval": (ApprovalRule(Decision.ACCEPT, subscription=SUBSCRIPTION, region="westeurope"),)},
        f"A network of subscription {SUBSCRIPTION} in westeurope is let in without a person's approval.",
    ),
    ({"approval_days": 30}, "Who has waited 30 days for an approval is refused until he asks anew."),
    ({"max_peerings": 7}, "The hub takes at most 7 peerings."),
    ({"gateway": GatewayUse.AUTO}, "Spokes use the hub's gateway where there is one and they can."),
    ({"gateway": GatewayUse.REQUIRED}, "Spokes have to use the hub's gateway; who cannot is refused."),
    ({"gateway": GatewayUse.NEVER}, "Spokes never use the hub's gateway."),
    ({"forwarded_traffic": PerHalf(hub=True, spoke=True)}, "Forwarded traffic is on."),
    (
        {"virtual_network_access": PerHalf(hub=True, spoke=False)},
        "Access to the other network is on at the hub's half and off at the spoke's.",
    ),
    ({"existing": Existing.ADOPT}, "A peering that somebody made by hand is taken over under its name."),
    ({"existing": Existing.REFUSE}, "A network that somebody peered by hand is refused."),
    ({"departure": Departure.KEEP}, "When the tag is gone, the peering stays."),
    ({"grace_minutes": 2.5}, "When the tag has been gone for 2.5 minutes, the peering is removed."),
    ({"moves": Moves.FOLLOW}, "When the tag names another hub, the network goes there."),
    ({"moves": Moves.ASK}, "When the tag names another hub, this hub's owners are asked first."),
    ({}, "The tag of the network decides."),
    (
        {"tag_from": (TagSource.SUBSCRIPTION, TagSource.GROUP), "inherit": True},
        "The tag of its subscription decides, else that of its resource group; networks without the tag inherit it.",
    ),
    ({}, f"{BRAKE}: 10, or a tenth if that is more, but at most half."),
    ({"max_removals": 3}, f"{BRAKE}: 3."),
    ({"mode": Mode.ENFORCE}, "What is decided is carried out."),
    ({"mode": Mode.OBSERVE}, "The hub is only observed: what would be done is recorded, and nothing is written."),
]


@pytest.mark.parametrize(("given", "sentence"), SAID, ids=range(len(SAID)))
def test_each_rule_is_a_sentence(given: dict[str, Any], sentence: str) -> None:
    assert sentence in rules_of(replace(USUAL, **given))


def test_no_rule_of_the_catalogue_is_left_out() -> None:
    """What is no rule: who it is, whom to ask, and the tags that only tell."""
    no_rules = {"name", "vnet", "status_tag", "owners", "contact", "description", "approvers", "installation"}
    said = {name for given, _ in SAID for name in given}
    assert {each.name for each in fields(HubPolicy)} - no_rules == said | {"subscriptions"}
