"""Which switches of a half are written: every combination of what is wanted, what stands and what was known."""

from dataclasses import asdict, fields
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.policy import GatewayUse, PerHalf
from peering.core.decision.changes import Side
from peering.core.decision.findings import Code
from peering.core.decision.pair import wanted_pair
from peering.core.decision.switches import Known, Rule, Word
from peering.core.network.vnets import Flags
from tests.builders import HUB_ID, SPOKE_ID, half, hub, policy, spoke

NAMES = [field.name for field in fields(Flags)]
ON, OFF = True, False
CASES = [
    # side, wanted, as it stands, as the record has it (None: no record), a person's word -> what is written
    (Side.HUB, ON, OFF, ON, Word.NONE, OFF),  # somebody switched it off
    (Side.HUB, ON, OFF, ON, Word.LOOK, OFF),
    (Side.HUB, ON, OFF, ON, Word.RESTORE, ON),
    (Side.HUB, ON, OFF, OFF, Word.NONE, ON),  # the catalogue wants more than it did
    (Side.HUB, ON, OFF, None, Word.NONE, ON),  # adoption adds
    (Side.SPOKE, ON, OFF, ON, Word.NONE, ON),
    (Side.SPOKE, ON, OFF, None, Word.NONE, ON),
    *((side, OFF, ON, OFF, Word.NONE, OFF) for side in Side),  # somebody switched it on
    *((side, OFF, ON, ON, Word.NONE, ON) for side in Side),  # the catalogue wants less than it did
    *((side, OFF, ON, None, Word.NONE, ON) for side in Side),  # adoption takes nothing away
    *((side, OFF, ON, was, word, OFF) for side in Side for was in (ON, None) for word in (Word.LOOK, Word.RESTORE)),
    *((side, both, both, was, Word.NONE, both) for side in Side for both in (ON, OFF) for was in (ON, OFF, None)),
]


@pytest.mark.parametrize(("side", "wanted", "stands", "was", "word", "written"), CASES)
def test_a_switch(side: Side, *, wanted: bool, stands: bool, was: bool | None, word: Word, written: bool) -> None:
    known = None if was is None else Flags(forwarded_traffic=was)
    there = half(SPOKE_ID, flags=Flags(forwarded_traffic=stands))
    chosen = Rule(side, known, word=word).choose(Flags(forwarded_traffic=wanted), there)
    assert chosen.flags.forwarded_traffic == written
    assert (chosen.left_on, chosen.left_off) == (
        ("forwarded_traffic",) if written and not wanted else (),
        ("forwarded_traffic",) if wanted and not written else (),
    )


def test_access_that_was_off_before_us_is_not_switched_on() -> None:
    off = half(SPOKE_ID, flags=Flags(virtual_network_access=False))
    assert Rule(Side.HUB).choose(Flags(), off).left_off == ("virtual_network_access",)
    known = Flags(virtual_network_access=False)  # it was off because the catalogue had it so
    assert Rule(Side.HUB, known).choose(Flags(), off).left_off == ()
    assert Rule(Side.HUB, known, {"virtual_network_access"}).choose(Flags(), off).left_off != ()  # or somebody else


@given(st.builds(Flags), st.builds(Flags), st.none() | st.builds(Flags), st.sampled_from(Side), st.sampled_from(Word))
def test_what_is_not_written_is_told(wanted: Flags, stands: Flags, was: Flags | None, side: Side, word: Word) -> None:
    chosen = Rule(side, was, word=word).choose(wanted, half(SPOKE_ID, flags=stands))
    for name in NAMES:
        value = asdict(chosen.flags)[name]
        assert value in (asdict(wanted)[name], asdict(stands)[name])
        assert (value != asdict(wanted)[name]) == (name in (*chosen.left_on, *chosen.left_off))
    if word is Word.RESTORE:
        assert chosen.flags == wanted


def test_a_half_that_is_yet_to_be_made_gets_the_catalogues() -> None:
    for side, word in product(Side, Word):
        assert Rule(side, Flags(), NAMES, word=word).choose(Flags(), None).flags == Flags()


def test_a_gateway_that_the_catalogue_takes_away_is_kept_until_a_person_asks() -> None:
    transit, uses = Flags(gateway_transit=True), Flags(remote_gateways=True)
    the_hub = hub(gateway=True, halves=(half(SPOKE_ID, flags=transit),))
    the_spoke = spoke(halves=(half(HUB_ID, flags=uses),))
    never, known = policy(gateway=GatewayUse.NEVER), Known(transit, uses)
    kept = wanted_pair(the_hub, the_spoke, never, known)
    assert (kept.hub_flags, kept.spoke_flags, kept.gateway) == (transit, uses, the_hub.gateway)
    assert [finding.code for finding in kept.findings] == [Code.LEFT_ON] * 2
    asked = wanted_pair(the_hub, the_spoke, never, known, Word.LOOK)
    assert (asked.hub_flags, asked.spoke_flags, asked.gateway, asked.findings) == (Flags(), Flags(), None, ())


def test_a_gateway_that_is_gone_is_used_no_more() -> None:
    transit, uses = Flags(gateway_transit=True), Flags(remote_gateways=True)
    the_hub = hub(halves=(half(SPOKE_ID, flags=transit),))
    pair = wanted_pair(the_hub, spoke(halves=(half(HUB_ID, flags=uses),)), policy(), Known(transit, uses))
    assert (pair.hub_flags, pair.spoke_flags, pair.gateway) == (Flags(), Flags(), None)


def test_a_spoke_does_not_use_a_gateway_that_its_hub_does_not_lend() -> None:
    known = Known(Flags(gateway_transit=True), Flags())
    the_hub = hub(gateway=True, halves=(half(SPOKE_ID),))
    pair = wanted_pair(the_hub, spoke(halves=(half(HUB_ID),)), policy(), known)
    assert (pair.hub_flags.gateway_transit, pair.spoke_flags.remote_gateways) == (False, False)
    assert pair.left_off == ("gateway_transit",)
    assert "switched its gateway off" in pair.notes[0]


def test_what_is_left_says_which_switch_and_who_can_change_it() -> None:
    rules = policy(forwarded_traffic=PerHalf(hub=False, spoke=False))
    the_hub = hub(halves=(half(SPOKE_ID, "theirs", flags=Flags(forwarded_traffic=True, virtual_network_access=False)),))
    on, off = wanted_pair(the_hub, spoke(halves=(half(HUB_ID),)), rules).findings
    assert (on.code, off.code) == (Code.LEFT_ON, Code.LEFT_OFF)
    for word in ("allowForwardedTraffic is on", "'theirs'", "POST /api/peerings"):
        assert word in on.message
    for word in ("allowVirtualNetworkAccess is off", "Somebody switched it off", '"restore": true'):
        assert word in off.message


def test_what_is_known_of_a_half_says_nothing_of_one_that_somebody_made_instead() -> None:
    ours, transit = f"{HUB_ID}/virtualNetworkPeerings/ours", Flags(gateway_transit=True)
    known = Known(transit, None, frozenset({"gateway_transit"}), hub_half=ours)
    assert known.of(ours.upper(), "").hub_flags == transit
    other = known.of(f"{HUB_ID}/virtualNetworkPeerings/theirs", "")
    assert (other.hub_flags, other.left_off) == (None, frozenset())
