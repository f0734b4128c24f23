"""The estate that histories begin with: two hubs, room for four spokes, and a neighbour that is nobody's spoke."""

from collections.abc import Iterator
from typing import Any

type Json = dict[str, Any]

HUBS_IN = "11111111-1111-4111-8111-111111111111"
SPOKES_IN = "22222222-2222-4222-8222-222222222222"
SPOKES = ("app-0", "app-1", "app-2", "app-3")
HUBS = ("weu", "neu")
REGIONS = ("westeurope", "northeurope")
HUB_SPACE = {"weu": "10.0.0.0/16", "neu": "10.100.0.0/16"}
NEIGHBOUR = "neighbour"


def group_of(name: str) -> str:
    return f"/subscriptions/{HUBS_IN if name.startswith('hub-') else SPOKES_IN}/resourceGroups/rg-{name}"


def network_id(name: str) -> str:
    return f"{group_of(name)}/providers/Microsoft.Network/virtualNetworks/{name}"


def hub_id(hub: str) -> str:
    return network_id(f"hub-{hub}")


def gateway_id(name: str) -> str:
    return f"{group_of(name)}/providers/Microsoft.Network/virtualNetworkGateways/gw-{name}"


def space(spoke: int, which: int) -> str:
    """Its own range, or one that somebody else has a claim to: the next spoke, reserved space, nobody allowed."""
    other = (spoke + 1) % len(SPOKES) + 1
    return (f"10.{spoke + 1}.0.0/17", f"10.{other}.64.0/18", "192.168.16.0/20", "172.20.0.0/16", "10.0.128.0/20")[which]


def growth(spoke: int, which: int) -> str:
    """What a spoke grows by: more of its own, or what another has or reserves."""
    other = (spoke + 1) % len(SPOKES) + 1
    return (f"10.{spoke + 1}.128.0/18", f"10.{other}.64.0/18", "192.168.64.0/20", "172.21.0.0/16")[which]


def network_body(region: str, *prefixes: str, tags: dict[str, str] | None = None) -> Json:
    """A network of a spoke, without a subnet: a gateway brings one along."""
    properties: Json = {"addressSpace": {"addressPrefixes": list(prefixes)}}
    return {"location": region, "properties": properties} | ({"tags": tags} if tags else {})


def gateway_body(name: str, region: str) -> Json:
    subnet = {"id": f"{network_id(name)}/subnets/GatewaySubnet"}
    configuration = {"name": "default", "properties": {"subnet": subnet}}
    return {"location": region, "properties": {"gatewayType": "Vpn", "ipConfigurations": [configuration]}}


def gateway_subnet(prefix: str) -> Json:
    return {"name": "GatewaySubnet", "properties": {"addressPrefix": prefix}}


def foundation() -> Iterator[Json]:
    """What is there before the first step."""
    for hub, region in zip(HUBS, REGIONS, strict=True):
        body = network_body(region, HUB_SPACE[hub])
        body["properties"]["subnets"] = [gateway_subnet(HUB_SPACE[hub].replace("0.0/16", "0.0/27"))]
        yield {"id": hub_id(hub), "body": body}
    for spoke in SPOKES:
        yield {"id": group_of(spoke), "body": {"location": "westeurope"}}
    yield {"id": network_id(NEIGHBOUR), "body": network_body("westeurope", "10.50.0.0/16")}


def catalogue() -> Json:
    """The catalogue that histories begin with; steps edit it."""
    both: Json = {
        "grace_minutes": 60,
        "max_removals": 1000,  # the brake would hold the third departure of a day: it has tests of its own
        "status_tag": "hub-status",
        "allowed_space": ["10.0.0.0/8", "192.168.0.0/16"],
        "reserved_space": ["192.168.0.0/17"],
    }
    return {
        "tag": "hub",
        "hubs": {
            "weu": {"vnet": hub_id("weu"), **both},
            "neu": {"vnet": hub_id("neu"), **both, "forwarded_traffic": True},
        },
    }
