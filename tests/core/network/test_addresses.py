"""Prefixes and the book of who holds them, against Python's own ipaddress and brute force."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.network import addresses
from peering.core.network.addresses import AddressBook, Claim, InvalidPrefix, Prefix, parse_prefixes
from tests.builders import texts


@pytest.mark.parametrize("text", ["10.1.0.0/16", "0.0.0.0/0", "10.1.2.3/32", "fd00::/8", "fd12:3456::/64", "::/0"])
def test_a_prefix_is_read_and_written(text: str) -> None:
    assert str(Prefix.parse(text)) == text


NOT_PREFIXES = [
    "",
    "10.1.0.0/33",
    "10.1.0.1/16",
    "10.1.0.0/-1",
    "10.1.0/16",
    "fd00::1/64",
    "fd00::/129",
    "ten",
    " 10.1.0.0/16",
    "10.1.0.0/16\n",
    "10.1.0.0",  # a single address: a slip, not a prefix
    "10.1.0.0/255.255.0.0",
    "10.1.0.0/0.0.255.255",
    "fe80::%1/64",
]


@pytest.mark.parametrize("text", NOT_PREFIXES)
def test_anything_else_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(InvalidPrefix) as caught:
        Prefix.parse(text)
    assert repr(text) in str(caught.value)


@given(st.integers(0, 2**32 - 1), st.integers(0, 32), st.integers(0, 2**128 - 1), st.integers(0, 128))
def test_an_address_with_host_bits_is_refused_and_its_prefix_offered(
    four: int, short: int, six: int, long: int
) -> None:
    for address, length in ((IPv4Address(four), short), (IPv6Address(six), long)):
        meant, text = Prefix.parse(str(ip_network((address, length), strict=False))), f"{address}/{length}"
        if meant.low == int(address):
            assert Prefix.parse(text) == meant
        else:
            with pytest.raises(
                InvalidPrefix, match=re.escape(f"{text!r} is an address") + ".*" + re.escape(f"{meant}?")
            ):
                Prefix.parse(text)


@pytest.mark.parametrize(
    ("one", "other", "overlap", "inside"),
    [
        ("10.1.0.0/16", "10.1.0.0/16", True, True),
        ("10.1.5.0/24", "10.1.0.0/16", True, True),
        ("10.1.0.0/16", "10.1.5.0/24", True, False),
        ("10.1.0.0/16", "10.2.0.0/16", False, False),
        ("0.0.0.0/0", "::/0", False, False),
        ("fd00::/64", "fd00::/48", True, True),
    ],
)
def test_overlap_and_containment(one: str, other: str, overlap: bool, inside: bool) -> None:
    first, second = Prefix.parse(one), Prefix.parse(other)
    assert first.overlaps(second) is second.overlaps(first) is overlap
    assert first.inside(second) is inside


def book(*pairs: tuple[str, str]) -> AddressBook:
    return AddressBook(Claim(Prefix.parse(text), owner) for text, owner in pairs)


def test_enclosing_blocks_come_before_those_inside() -> None:
    held = book(("10.0.0.0/8", "all"), ("10.1.0.0/16", "same"), ("10.1.2.0/24", "part"), ("10.2.0.0/16", "beside"))
    assert [claim.owner for claim in held.overlapping(Prefix.parse("10.1.0.0/16"))] == ["all", "same", "part"]


def test_adding_leaves_the_first_book_as_it_was() -> None:
    first = book(("10.1.0.0/16", "a"))
    second = first.plus([Claim(Prefix.parse("10.2.0.0/16"), "b")])
    wanted = Prefix.parse("10.2.0.0/16")
    assert (len(first.overlapping(wanted)), len(second.overlapping(wanted))) == (0, 1)


FREE = [
    # held, within, length, free
    ([], ["10.0.0.0/24"], 26, ["10.0.0.0/26", "10.0.0.64/26", "10.0.0.128/26"]),
    (["10.0.0.0/25"], ["10.0.0.0/24"], 26, ["10.0.0.128/26", "10.0.0.192/26"]),
    (["10.0.0.0/32"], ["10.0.0.0/24"], 25, ["10.0.0.128/25"]),
    (["10.0.0.64/26"], ["10.0.0.0/24"], 26, ["10.0.0.0/26", "10.0.0.128/26", "10.0.0.192/26"]),
    (["10.0.0.0/8"], ["10.0.0.0/24"], 26, []),
    ([], ["10.0.0.0/24"], 23, []),
    ([], [], 24, []),
    (["fd00::/64"], ["fd00::/63"], 64, ["fd00:0:0:1::/64"]),
    (["0.0.0.0/0"], ["fd00::/64"], 64, ["fd00::/64"]),
    ([], ["10.9.0.0/24", "10.1.0.0/24"], 24, ["10.1.0.0/24", "10.9.0.0/24"]),
    ([], ["10.1.0.0/16", "10.1.0.0/24"], 16, ["10.1.0.0/16"]),
    ([], ["10.0.0.0/24", "10.0.0.0/24"], 25, ["10.0.0.0/25", "10.0.0.128/25"]),
    ([], ["10.0.0.128/25", "10.0.0.0/24"], 25, ["10.0.0.0/25", "10.0.0.128/25"]),
]


@pytest.mark.parametrize(("held", "within", "length", "free"), FREE)
def test_free_ranges(held: list[str], within: list[str], length: int, free: list[str]) -> None:
    taken = book(*((text, "x") for text in held))
    found = taken.free(parse_prefixes(within), length)
    assert texts(found) == [str(Prefix.parse(text)) for text in free]


@st.composite
def prefixes(draw: st.DrawFn) -> Prefix:
    """Small universes, so that they often clash: 10.0.0.0/16 and fd00::/112."""
    version = draw(st.sampled_from([4, 6]))
    base, bits, width = (10 << 24, 16, 32) if version == 4 else (0xFD << 120, 16, 128)
    length = width - draw(st.integers(0, bits))
    low = base + draw(st.integers(0, (1 << bits) - 1))
    return Prefix(version, low >> (width - length) << (width - length), length)


claims = st.lists(st.builds(Claim, prefixes(), st.sampled_from(["a", "b", "reserved"])), max_size=30)


@given(prefixes())
def test_text_and_back(prefix: Prefix) -> None:
    assert Prefix.parse(str(prefix)) == prefix


@given(claims, prefixes())
def test_overlapping_is_what_brute_force_finds(held: list[Claim], prefix: Prefix) -> None:
    mine = ip_network(str(prefix))
    expected = [claim for claim in held if mine.overlaps(ip_network(str(claim.prefix)))]
    assert sorted(AddressBook(held).overlapping(prefix)) == sorted(expected)


@given(st.lists(claims, min_size=1, max_size=8), prefixes())
def test_a_book_that_grew_is_one_that_was_made_whole(parts: list[list[Claim]], prefix: Prefix) -> None:
    grown = AddressBook(parts[0])
    for part in parts[1:]:
        grown = grown.plus(part)
    whole = AddressBook([claim for part in parts for claim in part])
    assert grown.overlapping(prefix) == whole.overlapping(prefix)
    finer = min(prefix.length + 2, {4: 32, 6: 128}[prefix.version])
    assert grown.free([prefix], finer) == whole.free([prefix], finer)


def test_growing_looks_at_what_is_new_and_not_at_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub of 4,000 claims and a batch of 50 spokes of 8: what is sorted on the way, counted and not timed."""
    grown, counted = AddressBook(Claim(Prefix(4, number << 8, 24), "a") for number in range(4000)), list[int]()
    run = addresses._Run.__init__

    def count(self: addresses._Run, claims: Iterable[Claim]) -> None:
        counted.append(len(found := list(claims)))
        run(self, found)

    monkeypatch.setattr(addresses._Run, "__init__", count)
    for spoke in range(50):
        grown = grown.plus(Claim(Prefix(4, (5000 + 8 * spoke + number) << 8, 24), "b") for number in range(8))
    assert sum(counted) <= 50 * 8 * 7  # the new ones, each as often as a heap of 50 has floors
    assert len(grown.overlapping(Prefix(4, 0, 0))) == 4400


@given(claims, st.lists(prefixes(), max_size=4), st.integers(0, 16), st.sampled_from([4, 6]))
def test_free_ranges_are_free_inside_ordered_and_all_there_are(
    held: list[Claim], within: list[Prefix], bits: int, version: int
) -> None:
    width = {4: 32, 6: 128}[version]
    blocks = [block for block in within if block.version == version and block.length <= width - bits]
    found = AddressBook(held).free(blocks, width - bits, count=3)
    every = {Prefix(version, low, width - bits) for b in blocks for low in range(b.low, b.high + 1, 1 << bits)}
    free = [p for p in every if any(p.inside(b) for b in blocks) and not any(p.overlaps(c.prefix) for c in held)]
    assert found == sorted(free)[:3]
