"""The pair that is wanted: its flags, its names, whose gateway it uses."""

from itertools import product

import pytest

from peering.core.catalogue.policy import GatewayUse, PerHalf
from peering.core.decision.pair import wanted_pair
from peering.core.network.vnets import Flags
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, gateway_of, half, hub, policy, spoke
from tests.core.decision.mixtures import AUTO, NEVER, REMOTE, make_plan

ALWAYS = GatewayUse.REQUIRED

FLAGS = [
    # hub's gateway, use, spoke's gateway, another remote one -> transit, remote gateways, note
    (True, AUTO, False, False, True, True, ""),
    (True, ALWAYS, False, False, True, True, ""),
    (True, NEVER, False, False, False, False, "never lends"),
    (False, AUTO, False, False, False, False, "no gateway yet"),
    (False, NEVER, False, False, False, False, "never lends"),
    (True, AUTO, True, False, True, False, "a gateway of its own"),
    (True, AUTO, False, True, True, False, "through peering 'to-neu'"),
    (True, AUTO, True, True, True, False, "a gateway of its own"),
    (False, AUTO, True, True, False, False, "no gateway yet"),
    (True, NEVER, True, True, False, False, "never lends"),
]


@pytest.mark.parametrize(("hub_has", "use", "spoke_has", "other", "transit", "remote", "note"), FLAGS)
def test_gateway_flags(
    *, hub_has: bool, use: GatewayUse, spoke_has: bool, other: bool, transit: bool, remote: bool, note: str
) -> None:
    halves = (half(OTHER_HUB_ID, "to-neu", flags=REMOTE),) if other else ()
    pair = wanted_pair(hub(gateway=hub_has), spoke(gateway=spoke_has, halves=halves), policy(gateway=use))
    assert pair.hub_flags == Flags(gateway_transit=transit)
    assert pair.spoke_flags == Flags(remote_gateways=remote)
    assert pair.gateway == (gateway_of(HUB_ID) if remote else None)
    assert [note in text for text in pair.notes] == [True] * bool(note)


BOTH = list(product([True, False], repeat=2))


@pytest.mark.parametrize("forwarded", BOTH)
@pytest.mark.parametrize("access", BOTH)
def test_traffic_flags_are_the_catalogues(forwarded: tuple[bool, bool], access: tuple[bool, bool]) -> None:
    rules = policy(forwarded_traffic=PerHalf(*forwarded), virtual_network_access=PerHalf(*access))
    pair = wanted_pair(hub(), spoke(), rules)
    assert (pair.hub_flags.forwarded_traffic, pair.spoke_flags.forwarded_traffic) == forwarded
    assert (pair.hub_flags.virtual_network_access, pair.spoke_flags.virtual_network_access) == access


def test_halves_that_are_there_keep_the_name_they_have() -> None:
    there = hub(halves=(half(SPOKE_ID, "theirs"),)), spoke(halves=(half(HUB_ID, "mine"),)), policy()
    pair = wanted_pair(*there)
    assert (pair.hub_half, pair.spoke_half, make_plan(*there).changes) == ("theirs", "mine", ())
    assert (pair.hub_half_id, pair.spoke_half_id) == (
        f"{HUB_ID}/virtualNetworkPeerings/theirs",
        f"{SPOKE_ID}/virtualNetworkPeerings/mine",
    )
