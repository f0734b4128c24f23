"""What speaks against a spoke's addresses, and what is free instead."""

from dataclasses import replace

from peering.core.decision.findings import Code
from tests.builders import (
    half,
    hub,
    policy,
    spoke,
    vnet_id,
)
from tests.core.decision.judging import findings

PEER = vnet_id("spoke-b")


def test_a_half_whose_other_end_cannot_be_read_still_holds_its_addresses() -> None:
    nameless = replace(half(PEER, "to-nowhere", "10.1.0.0/24"), remote=None)
    found = findings(spoke(), hub(halves=(nameless,)))
    assert [finding.code for finding in found] == [Code.OVERLAPS_SPOKE]
    assert "None" not in found[0].message
    assert "'to-nowhere'" in found[0].message


def test_free_ranges_avoid_everything_that_is_held() -> None:
    rules = policy(allowed_space=["10.0.0.0/14"], reserved_space=["10.1.0.0/16"])
    crowded = hub(halves=(half(PEER, "p", "10.2.0.0/16"),))
    (found,) = findings(spoke("10.1.7.0/24"), crowded, rules)
    assert "Free ranges of that size: 10.3.0.0/24, 10.3.1.0/24 and 10.3.2.0/24." in found.message


def test_no_free_range_is_said_so() -> None:
    rules = policy(allowed_space=["10.0.0.0/16"])
    (found,) = findings(spoke("10.0.7.0/24"), hub(), rules)
    assert "Use a range inside 10.0.0.0/16 that nobody holds." in found.message
