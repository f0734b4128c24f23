"""The verdict: every reason to refuse, what its sentence says, and that all reasons are told at once."""

from dataclasses import replace
from typing import Any

import pytest

from peering.core.catalogue.policy import ApprovalRule, Decision, Existing, GatewayUse
from peering.core.decision.approval import Consent
from peering.core.decision.findings import Code
from peering.core.network.vnets import Flags, Overruled, PeeringState
from tests.builders import (
    HUB_ID,
    OTHER_HUB_ID,
    OTHER_SUBSCRIPTION,
    SPOKE_ID,
    SUBSCRIPTION,
    catalogue,
    half,
    hub,
    policy,
    ruling,
    spoke,
    vnet_id,
)
from tests.core.decision.crowds import crowded
from tests.core.decision.judging import codes, findings

PEER = vnet_id("spoke-b")
REQUIRED = policy(gateway=GatewayUse.REQUIRED)
REMOTE = Flags(remote_gateways=True)


MANAGED: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    # the spoke's half, the hub's, which of them it is, and why it is none of ours
    ({"is_complete": False}, {}, "mine", "only some subnets"),
    ({"is_complete": False, "is_ipv6_only": True}, {}, "mine", "IPv6 only"),
    ({}, {"name": "ANM_0123_spoke"}, "ANM_0123_spoke", "Virtual Network Manager (AVNM)"),
    ({"name": "RemoteVnetToHubPeering_1"}, {}, "RemoteVnetToHubPeering_1", "Virtual WAN"),
    (
        {},
        {"name": "autopeer.dev-spoke-a-01234567"},
        "autopeer.dev-spoke-a-01234567",
        "installation of Autopeer, 'dev'",
    ),
    ({}, {"flags": REMOTE}, "by-hand", "makes hub 'prod-weu' use a gateway of spoke-a"),
]
REFUSALS: list[tuple[Code, list[Any], list[str]]] = [
    # code, (spoke, hub, policy, catalogue), what the sentence must name: what, why, what to do
    (
        Code.SPOKE_IS_HUB,
        [spoke(id=OTHER_HUB_ID), None, None, catalogue(policy(), policy("neu", OTHER_HUB_ID))],
        ["hub-neu", "is itself the hub 'neu'", "Remove its tag 'hub'"],
    ),
    (
        Code.NOT_PROVISIONED,
        [spoke(provisioning_state="Failed")],
        ["last change to spoke-a failed", "does not peer", "Repeat the deployment"],
    ),
    (
        Code.NOT_PROVISIONED,
        [spoke(), hub(provisioning_state="Failed")],
        ["last change to hub-weu failed", "Repeat the deployment"],
    ),
    (
        Code.SUBSCRIPTION_NOT_ALLOWED,
        [spoke(), None, policy(subscriptions=(OTHER_SUBSCRIPTION,))],
        ["'prod-weu'", SUBSCRIPTION, "Ask the hub's owners", "hubs.prod-weu.subscriptions"],
    ),
    (
        Code.REGION_NOT_ALLOWED,
        [spoke(location="northeurope"), None, policy(regions=("same",))],
        ["spoke-a is in northeurope", "westeurope only", "Choose a hub for that region"],
    ),
    (
        Code.REGION_NOT_ALLOWED,
        [spoke(location=""), None, policy(regions=("eastus", "westus"))],
        ["an unknown region", "eastus and westus only"],
    ),
    (
        Code.HUB_FULL,
        [spoke(), hub(halves=(half(PEER),)), policy(max_peerings=1)],
        ["1 of at most 1 peerings", "Choose another hub, or ask the hub's owners to remove one"],
    ),
    (
        Code.NO_HUB_GATEWAY,
        [spoke(), None, REQUIRED],
        ["requires", "hub-weu has none yet", "Nothing is wrong with your network", "ask the hub's owners"],
    ),
    (
        Code.SPOKE_HAS_GATEWAY,
        [spoke(gateway=True), hub(gateway=True), REQUIRED],
        ["has a gateway of its own", "gw-spoke-a", "Delete the gateway, or choose a hub"],
    ),
    (
        Code.SPOKE_USES_OTHER_GATEWAY,
        [spoke(halves=(half(OTHER_HUB_ID, "to-neu", flags=REMOTE),)), hub(gateway=True), REQUIRED],
        ["through its peering 'to-neu'", "Azure allows one", "Switch useRemoteGateways off there"],
    ),
    (
        Code.GATEWAY_PREFIXES_FULL,
        [spoke(), crowded(999), REQUIRED],
        ["more than the 1000 IPv4 prefixes", "Ask the hub's owners to announce fewer", "summarizedGatewayPrefixes"],
    ),
    (Code.NO_ADDRESS_SPACE, [replace(spoke(), prefixes=())], ["has no address space", "Give it at least one prefix"]),
    (
        Code.OUTSIDE_ALLOWED_SPACE,
        [spoke("10.1.0.0/24"), None, policy(allowed_space=["10.64.0.0/10"])],
        [
            "10.1.0.0/24 is outside",
            "10.64.0.0/10",
            "Free ranges of that size: 10.64.0.0/24, 10.64.1.0/24 and 10.64.2.0/24",
        ],
    ),
    (
        Code.OUTSIDE_ALLOWED_SPACE,
        [spoke("fd00::/64"), None, policy(allowed_space=["10.64.0.0/10"])],
        ["fd00::/64 is outside", "no IPv6 range", "Choose a range that nobody holds"],
    ),
    (
        Code.OVERLAPS_RESERVED,
        [spoke("10.1.0.0/24"), None, policy(reserved_space=["10.1.0.0/16"])],
        ["10.1.0.0/24 overlaps 10.1.0.0/16", "reserved behind hub 'prod-weu'", "Choose a range that nobody holds"],
    ),
    (
        Code.OVERLAPS_HUB,
        [spoke("10.0.5.0/24"), None, policy(allowed_space=["10.0.0.0/15"])],
        ["10.0.5.0/24 overlaps 10.0.0.0/16", "the hub's own network", "Free ranges of that size: 10.1.0.0/24"],
    ),
    (
        Code.OVERLAPS_SPOKE,
        [spoke("10.1.0.0/24"), hub(halves=(half(PEER, "p", "10.1.0.0/25", "10.1.0.128/25"),))],
        ["10.1.0.0/24 overlaps 10.1.0.0/25 and 10.1.0.128/25", str(PEER), "a spoke of hub 'prod-weu'"],
    ),
    (
        Code.OVERLAPS_SPOKE,
        [spoke("10.1.0.0/24"), hub(halves=(half(PEER, "p", "10.1.0.0/24", state=PeeringState.DISCONNECTED),))],
        ["left behind by a peering that is Disconnected", "its owner can remove it"],
    ),
    (
        Code.OVERLAPS_HUB,
        [spoke(halves=(half(PEER, "to-b", "10.0.128.0/24"),))],
        [
            "already peered with",
            "10.0.128.0/24 overlaps the network of hub 'prod-weu'",
            "Remove the peering 'to-b' first",
        ],
    ),
    (
        Code.PEERED_BY_HAND,
        [
            spoke(halves=(half(HUB_ID, "mine"),)),
            hub(halves=(half(SPOKE_ID, "theirs"),)),
            policy(existing=Existing.REFUSE),
        ],
        ["already peered by hand (theirs and mine)", "does not adopt", 'existing = "adopt"'],
    ),
    *(
        (
            Code.MANAGED_ELSEWHERE,
            [spoke(halves=(half(HUB_ID, **({"name": "mine"} | theirs)),)), hub(halves=(half(SPOKE_ID, **on_hub),))],
            [f"the peering {name!r}", word, "leaves this one as it is", "Remove the tag"],
        )
        for theirs, on_hub, name, word in MANAGED
    ),
    (
        Code.TAG_NOT_ALLOWED,
        [spoke(overruled=Overruled("its subscription", "plain-neu"))],
        ["names hub 'prod-weu'", "the tag of its subscription counts more", "'plain-neu'", "Write the hub"],
    ),
    (
        Code.TAG_NOT_ALLOWED,
        [spoke(overruled=Overruled("its resource group", None))],
        ["the tag of its resource group counts more", "that has none", "Ask whoever looks after its resource group"],
    ),
    (
        Code.APPROVAL_NEEDED,
        [spoke(), None, policy(approval=(ApprovalRule(Decision.HOLD),))],
        ["Nothing is wrong with spoke-a", "wants a person to approve it", "hubs.prod-weu.approval"],
    ),
]
# Nothing to judge: no hub, or no network.
ELSEWHERE = {
    Code.UNKNOWN_HUB,
    Code.NO_HUB_NAMED,
    Code.HUB_NOT_FOUND,
    Code.SPOKE_NOT_FOUND,
    Code.CLASSIC_NETWORK,
}
STANDING = {Code.LEFT_ON, Code.LEFT_OFF}  # about a pair that stands: test_switches.py
STANDING |= {Code.UNDONE_AGAIN}  # likewise: tests/service/test_contest.py
STANDING |= {Code.PAUSED, Code.OBSERVED, Code.CATALOGUE_IS_NEW, Code.BRAKED}  # of what is withheld: test_limits.py
ELSEWHERE |= {Code.APPROVAL_REFUSED}  # what a person says: test_approval.py
STANDING |= {Code.TAG_RENAMED, Code.HUB_LEFT_CATALOGUE, Code.OLD_HUB_FIRST}  # likewise: test_moves.py


@pytest.mark.parametrize(("code", "case", "words"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_each_refusal_says_what_why_and_what_to_do(code: Code, case: list[Any], words: list[str]) -> None:
    found = findings(*case)
    assert [finding.code for finding in found] == [code]
    for word in words:
        assert word in found[0].message
    assert found[0].message.endswith(".")
    assert "None" not in found[0].message


def test_no_code_is_forgotten() -> None:
    assert {row[0] for row in REFUSALS} | ELSEWHERE | STANDING == set(Code)


ADMITTED: list[list[Any]] = [
    [spoke()],
    [spoke("10.1.0.0/24", "fd00:1::/64")],
    [spoke(location="northeurope")],
    [spoke(), None, policy(subscriptions=(SUBSCRIPTION,), regions=("westeurope",), allowed_space=["10.0.0.0/8"])],
    [spoke(), hub(halves=(half(PEER, "p", "10.2.0.0/24"),)), policy(max_peerings=2)],
    [spoke(), hub(halves=(half(SPOKE_ID, "mine", "10.1.0.0/24"),)), policy(max_peerings=1)],  # its own place
    [spoke(gateway=True), hub(gateway=True)],
    [spoke(halves=(half(OTHER_HUB_ID, "to-neu", flags=REMOTE),)), hub(gateway=True)],
    [spoke(halves=(half(PEER, "to-b", "10.9.0.0/24"),))],
    [spoke(), hub(gateway=True), REQUIRED],
    [spoke(provisioning_state="Updating")],  # ARM says so itself if it minds, and that passes
    [spoke(), None, policy(approval=(ApprovalRule(Decision.ACCEPT),))],
]


@pytest.mark.parametrize("case", ADMITTED, ids=range(len(ADMITTED)))
def test_what_is_let_in(case: list[Any]) -> None:
    assert findings(*case) == ()


def test_the_same_network_in_another_case_does_not_overlap_itself() -> None:
    shouted = replace(SPOKE_ID, group=SPOKE_ID.group.upper(), name=SPOKE_ID.name.upper())
    assert codes(spoke(), hub(halves=(half(shouted, "mine", "10.1.0.0/24"),))) == []


def test_all_that_apply_are_told_at_once() -> None:
    strict = policy(
        gateway=GatewayUse.REQUIRED,
        subscriptions=(OTHER_SUBSCRIPTION,),
        regions=("eastus",),
        allowed_space=["10.64.0.0/10"],
        reserved_space=["10.1.0.0/16"],
        existing=Existing.REFUSE,
        max_peerings=1,
    )
    full = hub(halves=(half(PEER, "p", "10.1.0.0/25"),))
    by_hand = spoke("10.1.0.0/24", "10.0.0.0/24", halves=(half(HUB_ID),), provisioning_state="Failed")
    assert set(codes(by_hand, full, strict)) == {
        Code.NOT_PROVISIONED,
        Code.SUBSCRIPTION_NOT_ALLOWED,
        Code.REGION_NOT_ALLOWED,
        Code.HUB_FULL,
        Code.NO_HUB_GATEWAY,
        Code.OVERLAPS_HUB,
        Code.OVERLAPS_SPOKE,
        Code.OVERLAPS_RESERVED,
        Code.OUTSIDE_ALLOWED_SPACE,
        Code.PEERED_BY_HAND,
    }


def test_findings_come_in_one_order_and_never_twice() -> None:
    space = spoke("10.1.0.0/24", "10.2.0.0/24")
    turned = replace(space, prefixes=space.prefixes[::-1])
    rules = policy(reserved_space=["10.1.0.0/24", "10.2.0.0/24"])
    assert findings(space, None, rules) == findings(turned, None, rules)
    assert len(set(findings(space, None, rules))) == 2


def test_approval_is_asked_for_only_when_nothing_else_stands_in_the_way() -> None:
    held = policy(approval=(ApprovalRule(Decision.HOLD),), reserved_space=["10.1.0.0/16"])
    assert codes(spoke(), None, held) == [Code.OVERLAPS_RESERVED]


def test_what_a_person_has_approved_is_let_in() -> None:
    held = policy(approval=(ApprovalRule(Decision.HOLD),))
    consent = Consent(ruling=ruling(spoke().prefixes))
    assert codes(spoke(), None, held, consent=consent) == []
