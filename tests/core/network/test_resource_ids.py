"""Ids of virtual networks: what is read, what is refused before it can become part of a URL."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.decision.ownership import bears_our_mark, hub_half_name, spoke_half_name
from peering.core.network.resource_ids import ClassicNetworkId, InvalidResourceId, VnetId, peering_id
from tests.builders import SUBSCRIPTION, vnet_id

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks"
GOOD = f"{NETWORK}/vnet-1"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.lower(),
        GOOD.upper(),
        GOOD.replace("resourceGroups", "resourcegroups"),
        GOOD.replace("Microsoft.Network", "microsoft.network"),
    ],
)
def test_case_makes_no_difference(text: str) -> None:
    assert VnetId.parse(text) == VnetId.parse(GOOD)
    assert VnetId.parse(text).key == VnetId.parse(GOOD).key
    assert hash(VnetId.parse(text)) == hash(VnetId.parse(GOOD))


@pytest.mark.parametrize(
    "text",
    [
        f"{NETWORK}/ab",
        f"{NETWORK}/a" + "b" * 63,
        f"{NETWORK}/1.2_3-4_",
        GOOD.replace("/rg/", "/rg.(1)_-x/"),
        GOOD.replace("/rg/", "/" + "g" * 90 + "/"),
        GOOD.replace("/rg/", "/gruppe-österreich/"),
    ],
)
def test_legal_names_are_read_as_they_are(text: str) -> None:
    assert str(VnetId.parse(text)) == text


NOT_IDS = {
    "empty": "",
    "blank": " ",
    "leading space": f" {GOOD}",
    "newline at the end": f"{GOOD}\n",
    "newline inside": GOOD.replace("/rg/", "/r\ng/"),
    "trailing slash": f"{GOOD}/",
    "no leading slash": GOOD[1:],
    "double slash": GOOD.replace("/providers", "//providers"),
    "query": f"{GOOD}?api-version=1",
    "fragment": f"{GOOD}#x",
    "a host before it": f"https://management.azure.com{GOOD}",
    "traversal as a name": f"{NETWORK}/..",
    "traversal after it": f"{GOOD}/../../../x",
    "traversal as a group": GOOD.replace("/rg/", "/../"),
    "dot as a group": GOOD.replace("/rg/", "/./"),
    "group that ends with a dot": GOOD.replace("/rg/", "/rg./"),
    "encoded slash in the name": f"{NETWORK}/a%2Fb",
    "encoded slash in the group": GOOD.replace("/rg/", "/r%2fg/"),
    "encoded traversal": f"{NETWORK}/%2e%2e",
    "backslash": f"{NETWORK}/a\\b",
    "null": f"{NETWORK}/a\x00b",
    "name of one character": f"{NETWORK}/a",
    "name of 65 characters": f"{NETWORK}/a" + "b" * 64,
    "group of 91 characters": GOOD.replace("/rg/", "/" + "g" * 91 + "/"),
    "name that ends with a hyphen": f"{NETWORK}/vnet-",
    "name that begins with a dot": f"{NETWORK}/.vnet",
    "Kelvin sign for a K": f"{NETWORK}/\u212aube",
    "long s for an s": f"{NETWORK}/\u017fpoke",
    "long s in the type": GOOD.replace("/virtualNetworks/", "/virtualNetwork\u017f/"),
    "digits of another script": GOOD.replace(SUBSCRIPTION[:8], "\u0661" * 8),
    "not a GUID": GOOD.replace(SUBSCRIPTION, "my-subscription"),
    "another type": f"{GROUP}/providers/Microsoft.Network/routeTables/rt",
    "another provider": f"{GROUP}/providers/Microsoft.Compute/virtualNetworks/vnet-1",
    "a subnet": f"{GOOD}/subnets/default",
    "a peering": f"{GOOD}/virtualNetworkPeerings/p",
    "a resource group": GROUP,
    "very long": "/" * 100_000,
}


@pytest.mark.parametrize("text", NOT_IDS.values(), ids=NOT_IDS.keys())
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidResourceId, match=r"virtualNetworks/<name>") as caught:
        VnetId.parse(text)
    assert not isinstance(caught.value, ClassicNetworkId)
    assert len(str(caught.value)) < 500


def test_a_classic_network_is_told_apart() -> None:
    with pytest.raises(ClassicNetworkId, match="classic virtual network"):
        VnetId.parse(GOOD.replace("Microsoft.Network", "Microsoft.ClassicNetwork"))


def test_different_networks_have_different_keys() -> None:
    ids = [vnet_id("vnet-1"), vnet_id("vnet-2"), vnet_id("vnet-1", "other"), vnet_id("vnet-1", "rg", "9" * 36)]
    assert len({each.key for each in ids}) == len(set(ids)) == 4
    assert vnet_id("vnet-1") != GOOD


def test_the_id_of_a_half() -> None:
    assert peering_id(VnetId.parse(GOOD), "p1") == f"{GOOD}/virtualNetworkPeerings/p1"


ids = st.builds(
    VnetId,
    st.uuids().map(str),
    st.from_regex(r"[\w.()-]{0,89}[\w()-]", fullmatch=True),
    st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,62}[a-z0-9_]", fullmatch=True),
)


@given(ids)
def test_what_is_written_is_read_back(identity: VnetId) -> None:
    assert VnetId.parse(str(identity)) == identity
    assert re.fullmatch("[0-9a-f]{32}", identity.key)
    upper = VnetId(identity.subscription.upper(), identity.group, identity.name.upper())
    assert (upper, upper.key, hash(upper)) == (identity, identity.key, hash(identity))


LEGAL_PEERING_NAME = re.compile(r"\w([\w.-]{0,78}\w)?", re.ASCII)


@given(ids)
def test_names_of_halves_are_legal_for_every_network(identity: VnetId) -> None:
    name = hub_half_name(identity)
    assert LEGAL_PEERING_NAME.fullmatch(name), name
    assert bears_our_mark(name)
    assert bears_our_mark(name.upper())


@given(ids, st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True))
def test_the_mark_of_an_installation_is_taken_for_no_part_of_a_name(identity: VnetId, installation: str) -> None:
    ours, theirs = hub_half_name(identity), hub_half_name(identity, installation=installation)
    assert LEGAL_PEERING_NAME.fullmatch(theirs), theirs
    assert (bears_our_mark(theirs, installation), bears_our_mark(ours)) == (True, True)
    assert (bears_our_mark(theirs), bears_our_mark(ours, installation)) == (False, False)
    assert not bears_our_mark(theirs, f"{installation[:11]}x" if not installation.endswith("x") else "other")


@pytest.mark.parametrize("hub", ["a", "prod-weu", "h" * 40])
def test_the_spokes_half_is_named_for_the_hub(hub: str) -> None:
    assert LEGAL_PEERING_NAME.fullmatch(spoke_half_name(hub))
    assert bears_our_mark(spoke_half_name(hub))


def test_networks_of_one_name_get_different_halves() -> None:
    names = {hub_half_name(vnet_id("x" * 64, group)) for group in ("a", "b", "c")}
    assert len(names) == 3
    assert hub_half_name(vnet_id("Spoke")).lower() == hub_half_name(vnet_id("spoke"))


@pytest.mark.parametrize("name", ["", "hub-to-spoke", "autopeer-", "my-autopeer-x", "autopeer-x/y", "autopeer-x\n"])
def test_other_names_do_not_bear_our_mark(name: str) -> None:
    assert not bears_our_mark(name)
