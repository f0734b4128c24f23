"""What is suggested is free, fits together, and is nothing that the network has already."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from peering.core.decision.address_checks import refused_for_their_place
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.room import PRIVATE, blocks_of, suggested, uses_of
from peering.core.network.addresses import AddressBook, Claim, Prefix, overlap, parse_prefixes
from tests.builders import catalogue, half, hub, policy, spoke, texts, vnet_id
from tests.core.decision.judging import findings

SMALL = [f"10.0.{n}.0/{length}" for n in range(0, 64, 4) for length in (22, 23, 24)]
SETS = st.lists(st.sampled_from(SMALL), max_size=6, unique=True)


def disjoint(texts: list[str]) -> list[str]:
    """Without those that overlap an earlier one: no network has two such."""
    found: list[Prefix] = []
    for prefix in parse_prefixes(texts):
        if not overlap([prefix], found):
            found.append(prefix)
    return [str(prefix) for prefix in found]


@given(theirs=SETS, ours=st.lists(st.sampled_from(SMALL), min_size=1, max_size=5, unique=True), reserved=SETS)
def test_suggestions_are_free_and_fit_together(theirs: list[str], ours: list[str], reserved: list[str]) -> None:
    rules = policy(allowed_space=["10.0.0.0/18"], reserved_space=reserved)
    the_hub = hub("10.0.60.0/24", halves=(half(vnet_id("other"), "autopeer-other", *theirs),))
    network = spoke(*disjoint(ours))
    snapshot = HubSnapshot.around(the_hub, rules, catalogue(rules))
    refused = refused_for_their_place(network, snapshot)
    found = suggested(refused, network, snapshot)
    taken = [*the_hub.prefixes, *rules.reserved_space, *parse_prefixes(theirs), *network.prefixes]
    assert not any(overlap([each], taken) or not each.inside(rules.allowed_space[0]) for each in found)
    assert not any(one.overlaps(other) for one, other in combinations(found, 2))
    assert bool(refused) or not found
    assert {prefix.length for prefix in found} <= {prefix.length for prefix in refused}


def test_a_refusal_does_not_offer_what_the_network_has_already() -> None:
    rules = policy(allowed_space=["10.64.0.0/23"])
    (finding,) = findings(spoke("10.64.0.0/24", "192.168.0.0/24"), hub(), rules)
    assert "Free ranges of that size: 10.64.1.0/24." in finding.message
    assert finding.remedy == "Use 10.64.1.0/24."


def test_where_a_hub_says_nothing_private_space_is_looked_at() -> None:
    assert texts(blocks_of(policy(), 4)) == ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    assert texts(blocks_of(policy(), 6)) == ["fd00::/8"]
    assert blocks_of(policy(allowed_space=["10.64.0.0/10"]), 6) == ()
    assert len(PRIVATE) == 4


def test_how_full_a_block_is() -> None:
    claims = [Claim(prefix, "somebody") for prefix in parse_prefixes(["10.0.0.0/25", "10.0.0.64/26", "10.0.1.0/24"])]
    book = AddressBook(claims)
    half_full, full, empty, six = uses_of(
        parse_prefixes(["10.0.0.0/24", "10.0.1.0/24", "10.9.0.0/16", "fd00::/64"]), book
    )
    assert (half_full.used, str(half_full.largest)) == (0.5, "10.0.0.128/25")
    assert (full.used, full.largest) == (1.0, None)
    assert (empty.used, empty.largest) == (0.0, empty.block)
    assert (six.used, six.largest) == (0.0, six.block)


@given(taken=st.lists(st.integers(0, 255), max_size=40, unique=True))
def test_the_share_is_that_of_the_addresses(taken: list[int]) -> None:
    block = Prefix.parse("10.0.0.0/24")
    (use,) = uses_of([block], AddressBook(Claim(Prefix(4, block.low + n, 32), "x") for n in taken))
    assert use.used == len(taken) / 256
