"""What a gateway announces has an end: who comes later does without it, or is refused where it is required."""

from dataclasses import replace

import pytest

from peering.core.catalogue.policy import GatewayUse
from peering.core.decision.findings import Code
from peering.core.decision.gateway_room import MOST
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.verdict import Standing, Verdict, judge
from peering.core.network.addresses import parse_prefixes
from peering.core.network.vnets import Flags, Vnet
from tests.builders import HUB_ID, SPOKE_ID, catalogue, half, policy, spoke, vnet_id
from tests.core.decision.crowds import LENT, crowded

AUTO, REQUIRED = policy(), policy(gateway=GatewayUse.REQUIRED)
LAST = MOST[4] - 2  # with the hub's own and the spoke's the limit is reached, and not passed


def judged(the_hub: Vnet, the_spoke: Vnet | None = None, rules: object = AUTO, arrivals: Vnet | None = None) -> Verdict:
    the_policy = rules if isinstance(rules, type(AUTO)) else AUTO
    snapshot = HubSnapshot.around(the_hub, the_policy, catalogue(the_policy))
    snapshot = snapshot.with_spoke(arrivals) if arrivals else snapshot
    return judge(the_spoke or spoke(), snapshot, Standing(ours=True))


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


@pytest.mark.parametrize(("crowd", "full"), [(LAST, False), (LAST + 1, True)])
def test_the_last_place_is_given_and_none_beyond(crowd: int, *, full: bool) -> None:
    verdict = judged(crowded(crowd), rules=REQUIRED)
    assert (codes(verdict), verdict.pair is None) == ([Code.GATEWAY_PREFIXES_FULL] * full, full)


def test_where_the_gateway_is_optional_the_pair_does_without_and_says_so() -> None:
    verdict = judged(crowded(LAST + 1))
    assert verdict.pair
    assert (codes(verdict), verdict.pair.gateway) == ([Code.GATEWAY_PREFIXES_FULL], None)
    assert not verdict.pair.spoke_flags.remote_gateways


def test_who_is_behind_it_already_keeps_his_place() -> None:
    the_hub = crowded(LAST + 50)
    mine = half(SPOKE_ID, "mine", "10.1.0.0/24", flags=LENT)
    there = spoke(halves=(half(HUB_ID, flags=Flags(remote_gateways=True)),))
    verdict = judged(replace(the_hub, halves=(*the_hub.halves, mine)), there, REQUIRED)
    assert codes(verdict) == []


def test_what_the_hub_summarizes_counts_as_one() -> None:
    summarized = parse_prefixes(["10.0.0.0/8", "20.0.0.0/8"])
    assert codes(judged(crowded(LAST + 500, summarized=summarized), rules=REQUIRED)) == []
    elsewhere = judged(crowded(LAST + 500, summarized=parse_prefixes(["10.0.0.0/16"])), rules=REQUIRED)
    assert codes(elsewhere) == [Code.GATEWAY_PREFIXES_FULL]


def test_neighbours_that_are_not_behind_the_gateway_do_not_count() -> None:
    assert codes(judged(crowded(LAST + 500, flags=Flags()), rules=REQUIRED)) == []


def test_those_let_in_together_count_each_other() -> None:
    other = spoke("10.2.0.0/24", id=vnet_id("spoke-b"))
    assert codes(judged(crowded(LAST - 1), rules=REQUIRED, arrivals=other)) == []
    assert codes(judged(crowded(LAST), rules=REQUIRED, arrivals=other)) == [Code.GATEWAY_PREFIXES_FULL]


def test_ipv6_has_a_limit_of_its_own() -> None:
    many = [f"fd00:{number:x}::/64" for number in range(MOST[6] + 1)]
    the_hub = crowded(8)
    six = half(vnet_id("six"), "six", *many, flags=LENT)
    crowd = replace(the_hub, halves=(*the_hub.halves, six))
    assert codes(judged(crowd, rules=REQUIRED)) == []
    assert codes(judged(crowd, spoke("10.1.0.0/24", "fd01::/64"), REQUIRED)) == [Code.GATEWAY_PREFIXES_FULL]
