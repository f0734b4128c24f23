"""What of the peerings of others may be adopted, and what is left alone."""

import pytest

from peering.core.catalogue.policy import Existing
from peering.core.decision.findings import Code
from peering.core.decision.ownership import hub_half_name
from tests.builders import (
    HUB_ID,
    SPOKE_ID,
    half,
    hub,
    policy,
    spoke,
    vnet_id,
)
from tests.core.decision.judging import codes, findings

PEER = vnet_id("spoke-b")


OURS_ON_HUB = hub_half_name(SPOKE_ID)
BY_HAND = [
    # on the hub, on the spoke, a record of ours, refused
    (None, None, False, False),
    ("by-hand", None, False, True),
    (None, "by-hand", False, True),
    ("by-hand", "by-hand", True, False),
    (OURS_ON_HUB, "autopeer-prod-weu", False, False),
    (OURS_ON_HUB, "by-hand", False, True),
]


@pytest.mark.parametrize(("on_hub", "on_spoke", "ours", "refused"), BY_HAND)
def test_what_was_made_by_hand_is_left_alone_unless_it_may_be_adopted(
    on_hub: str | None, on_spoke: str | None, ours: bool, refused: bool
) -> None:
    the_hub = hub(halves=(half(SPOKE_ID, on_hub),) if on_hub else ())
    the_spoke = spoke(halves=(half(HUB_ID, on_spoke),) if on_spoke else ())
    strict = policy(existing=Existing.REFUSE)
    assert codes(the_spoke, the_hub, strict, ours=ours) == ([Code.PEERED_BY_HAND] if refused else [])
    assert codes(the_spoke, the_hub, policy(), ours=ours) == []


def test_a_half_under_our_name_that_leads_elsewhere_is_replaced_only_if_a_record_says_it_is_ours() -> None:
    elsewhere = spoke(halves=(half(PEER, "autopeer-prod-weu", "10.9.0.0/24"),))
    (found,) = findings(elsewhere)
    assert found.code == Code.PEERED_BY_HAND
    for word in ("'autopeer-prod-weu'", str(PEER), "no record", "Remove it, or make it anew"):
        assert word in found.message
    assert codes(elsewhere, ours=True) == []
