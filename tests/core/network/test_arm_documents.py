"""ARM's bodies and our model, on bodies that real Azure sent (read in place) and on those it is known to send."""

import json
import random
import re
from collections import Counter
from typing import Any

import pytest
import yaml

from peering.core.network.arm_documents import half_from_arm, half_to_arm, vnet_from_arm
from peering.core.network.json_parts import UnexpectedDocument
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags
from tests import shared
from tests.builders import HUB_ID, SPOKE_ID, texts
from tests.contract.oddities import VNET, mutated

RECORDINGS = shared.folder("recordings")
recorded = shared.needs("recordings")


def of_cli(number: int) -> Any:  # noqa: ANN401 - JSON
    text = (RECORDINGS / "azurecli-2023__test_network_vnet_peering.yaml").read_text()
    return json.loads(yaml.safe_load(text)["interactions"][number]["response"]["body"]["string"])


def of_net(number: int) -> Any:  # noqa: ANN401 - JSON
    session = json.loads((RECORDINGS / "fluentnet__CreateUpdatePeering.json").read_text())
    return json.loads(session["Entries"][number]["ResponseBody"])


@recorded
def test_a_hub_with_a_gateway() -> None:
    hub = vnet_from_arm(of_cli(27))
    assert (hub.id.name, hub.location, texts(hub.prefixes)) == ("vnet2", "westus", ["11.0.0.0/16"])
    assert hub.gateway is not None
    assert hub.gateway.endswith("/virtualNetworkGateways/gateway1")
    assert (hub.tags, hub.halves, hub.provisioning_state) == ({}, (), "Succeeded")


@recorded
def test_an_empty_gateway_subnet_is_no_gateway() -> None:
    document = of_cli(7)
    assert document["properties"]["subnets"][0]["name"] == "GatewaySubnet"
    assert vnet_from_arm(document).gateway is None


@recorded
def test_a_half_of_2022() -> None:
    half = half_from_arm(of_cli(36)["value"][0])
    assert (half.name, half.state, half.sync_level) == ("peering2", "Connected", "FullyInSync")
    assert half.flags == Flags(virtual_network_access=False, gateway_transit=True)
    assert half.remote is not None
    assert (half.remote.name, texts(half.remote_prefixes), half.settled) == ("vnet1", ["10.0.0.0/16"], True)


@recorded
def test_the_answer_to_a_put_already_has_the_final_state() -> None:
    assert half_from_arm(of_cli(31)).settled
    first = half_from_arm(of_cli(28))
    assert (first.state, first.sync_level, first.needs_sync) == ("Initiated", "RemoteNotInSync", False)


@recorded
def test_an_old_version_reports_no_sync_level_and_a_connected_half_counts_as_settled() -> None:
    network = vnet_from_arm(of_net(20))
    assert [half.name for half in network.halves] == ["peerdf4380597"]
    assert network.halves[0].settled
    assert texts(network.halves[0].remote_prefixes) == ["10.0.0.0/27"]
    assert not half_from_arm(of_net(24)).settled


def network(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"id": str(HUB_ID), "name": HUB_ID.name, "location": "West Europe", "properties": properties}


def peering(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"name": "p", "properties": properties}


def subnet(name: str, *configurations: str) -> dict[str, Any]:
    return {"name": name, "properties": {"ipConfigurations": [{"id": text} for text in configurations]}}


GROUP = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network"
VPN = f"{GROUP}/virtualNetworkGateways/gw"
GATEWAYS = [
    ([subnet("GatewaySubnet", f"{VPN}/ipConfigurations/default")], VPN),
    ([subnet("gatewaysubnet", f"{VPN}/ipConfigurations/default")], VPN),
    ([subnet("GatewaySubnet", f"{VPN}/ipConfigurations/default".upper())], VPN.upper()),
    ([subnet("RouteServerSubnet", f"{GROUP}/virtualHubs/rs/ipConfigurations/x")], f"{GROUP}/virtualHubs/rs"),
    ([subnet("GatewaySubnet")], None),
    ([subnet("default", f"{GROUP}/networkInterfaces/nic/ipConfigurations/x")], None),
    ([subnet("AzureFirewallSubnet", f"{GROUP}/azureFirewalls/fw/azureFirewallIpConfigurations/x")], None),
    ([subnet("default", f"{VPN}/ipConfigurations/x")], None),
    ([], None),
]


@pytest.mark.parametrize(("subnets", "gateway"), GATEWAYS)
def test_what_counts_as_a_gateway(subnets: list[dict[str, Any]], gateway: str | None) -> None:
    assert vnet_from_arm(network(subnets=subnets)).gateway == gateway


@pytest.mark.parametrize(
    "properties",
    [{}, {"addressSpace": None, "subnets": None, "virtualNetworkPeerings": None, "provisioningState": None}],
)
def test_what_is_absent_is_empty(properties: dict[str, Any]) -> None:
    found = vnet_from_arm(network(**properties) | {"tags": None, "location": None})
    assert (found.prefixes, found.halves, found.gateway, found.tags) == ((), (), None, {})
    assert (found.location, found.provisioning_state) == ("", "")


def test_several_prefixes_of_both_families_and_one_that_is_no_prefix() -> None:
    space = {"addressPrefixes": ["10.1.0.0/24", "fd00::/64", "10.2.0.0"]}
    assert texts(vnet_from_arm(network(addressSpace=space)).prefixes) == ["10.1.0.0/24", "fd00::/64"]


NO_NETWORKS: list[tuple[object, str]] = [
    (None, "the network should be an object, and is missing"),
    ({"properties": {}}, "id should be that of a virtual network, and is missing"),
    ({"id": "/subscriptions/x", "properties": {}}, "id should be that of a virtual network, and is a text"),
    ({"id": str(HUB_ID)}, "properties should be an object, and is missing"),
    (network() | {"tags": {"hub": ["x"]}}, "hub should be a text, and is a list"),
    (network() | {"location": "x" * 3000}, "location should be a text, and is a text of 3000 characters"),
    (network() | {"location": "\ud800"}, "location should be a text, and is a text with half a character in it"),
    (network(addressSpace=[]), "addressSpace should be an object, and is a list"),
    (network(subnets={}), "subnets should be a list, and is an object"),
    (network(subnets=[None]), "a subnet should be an object, and is missing"),
    (network(subnets=[{"name": True}]), "name should be a text, and is true or false"),
    (network(subnets=[subnet("GatewaySubnet", "")]), "id should be a text, and is empty"),
    (network(virtualNetworkPeerings=[5]), "virtualNetworkPeerings[0]: the half should be an object, and is a number"),
]


@pytest.mark.parametrize(("document", "part"), NO_NETWORKS)
def test_what_nobody_can_do_without_or_has_another_form_is_an_error_that_names_it(document: object, part: str) -> None:
    with pytest.raises(UnexpectedDocument, match=f"^{re.escape(part)}$"):
        vnet_from_arm(document)


NO_HALVES: list[tuple[object, str]] = [
    ({"properties": {}}, "name should be a text, and is missing"),
    ({"name": "p"}, "properties should be an object, and is missing"),
    (peering(peeringState=7), "peeringState should be a text, and is a number"),
    (peering(allowGatewayTransit="true"), "allowGatewayTransit should be true or false, and is a text"),
    (peering(remoteVirtualNetwork="x"), "remoteVirtualNetwork should be an object, and is a text"),
]


@pytest.mark.parametrize(("document", "part"), NO_HALVES)
def test_a_half_too(document: object, part: str) -> None:
    with pytest.raises(UnexpectedDocument, match=f"^{re.escape(part)}$"):
        half_from_arm(document)


def test_what_we_can_do_without_may_have_any_form() -> None:
    """Prefixes that are none cannot be compared; a tag that is null is there; other subnets are nothing to us."""
    odd = [{"name": "default", "properties": 5}, {"name": None}]
    found = vnet_from_arm(
        network(addressSpace={"addressPrefixes": ["10.1.0.0/24", 5, {"pool": "p"}]}, subnets=odd, bgpCommunities=7)
        | {"tags": {"hub": None}, "etag": []}
    )
    assert (texts(found.prefixes), found.tags, found.gateway) == (["10.1.0.0/24"], {"hub": ""}, None)


def test_of_odd_documents_comes_a_network_or_one_kind_of_error() -> None:
    dice = random.Random(20_261_123)  # noqa: S311 - the same odd documents in every run
    seen = Counter[str]()
    for _ in range(20_000):
        try:
            vnet_from_arm(mutated(VNET, dice))
        except UnexpectedDocument as error:
            seen[type(error).__name__] += 1
            str(error).encode()
    assert 5_000 < seen.total() < 15_000


def test_what_the_other_network_has_and_what_is_not_routed_to_it_is_no_prefix_of_the_half() -> None:
    made, now = {"addressPrefixes": ["10.1.0.0/24"]}, {"addressPrefixes": ["10.1.0.0/24", "10.2.0.0/24"]}
    half = half_from_arm(peering(remoteAddressSpace=made, remoteVirtualNetworkAddressSpace=now))
    assert texts(half.remote_prefixes) == ["10.1.0.0/24"]


@pytest.mark.parametrize("remote", [None, {}, {"id": None}, {"id": ""}, {"id": "/subscriptions/x"}])
def test_a_remote_that_cannot_be_read_is_none(remote: object) -> None:
    assert half_from_arm(peering(remoteVirtualNetwork=remote)).remote is None


def test_flags_that_are_absent_have_arms_defaults() -> None:
    assert half_from_arm(peering()).flags == Flags(virtual_network_access=True)


@pytest.mark.parametrize(
    "flags",
    [Flags(), Flags(False, True, False, True), Flags(True, False, True, False)],
)
def test_what_is_put_is_what_is_read(flags: Flags) -> None:
    body = half_to_arm(SPOKE_ID, flags)
    half = half_from_arm({"name": "p", **body})
    assert (half.flags, half.remote) == (flags, SPOKE_ID)
    assert VnetId.parse(body["properties"]["remoteVirtualNetwork"]["id"]) == SPOKE_ID


@pytest.mark.parametrize(
    ("level", "needed"),
    [
        ("FullyInSync", False),
        ("RemoteNotInSync", False),
        ("LocalNotInSync", True),
        ("LocalAndRemoteNotInSync", True),
    ],
)
def test_only_the_side_that_is_behind_itself_needs_a_sync(level: str, needed: bool) -> None:
    half = half_from_arm(peering(peeringState="Connected", peeringSyncLevel=level))
    assert half.needs_sync is needed
    assert half.settled is (level == "FullyInSync")


@pytest.mark.parametrize(("shown", "read"), [("0B2C-1", "0b2c-1"), (None, "")])
def test_the_guid_tells_a_network_that_was_moved_from_one_that_was_made_anew(shown: str | None, read: str) -> None:
    document = {"id": str(SPOKE_ID), "properties": {"resourceGuid": shown}}
    assert vnet_from_arm(document).guid == read
