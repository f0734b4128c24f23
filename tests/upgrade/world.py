"""The world of a dump: hubs, spokes and the rules of the hubs, and the networks as ARM would report them."""

from dataclasses import replace
from typing import Any

from tests.upgrade.names import (
    OTHER_SUBSCRIPTION,
    Half,
    Vnet,
    gateway_of,
    half,
    half_to_arm,
    vnet,
    vnet_from_arm,
    vnet_id,
)

WEU, NEU, SEA, OLD = (vnet_id(f"hub-{name}", "rg-hubs") for name in ("weu", "neu", "sea", "old"))

CATALOGUE = f"""\
tag = "hub"

[hubs.prod-weu]
vnet = "{WEU}"
forwarded_traffic = {{ hub = false, spoke = true }}
allowed_space = ["10.64.0.0/10", "fd00:64::/32"]
reserved_space = ["10.96.0.0/16"]
approval = [{{ decision = "hold", subscription = "{OTHER_SUBSCRIPTION}" }}]
status_tag = "hub-status"
grace_minutes = 15

[hubs.plain-neu]
vnet = "{NEU}"
existing = "refuse"
departure = "keep"
grace_minutes = 0

[hubs.busy-sea]
vnet = "{SEA}"
grace_minutes = 0
"""
RETIRED = f"""
[hubs.old]
vnet = "{OLD}"
"""


def networks() -> list[Vnet]:
    hand_made = (half(vnet_id("adopted"), "theirs"),)
    hubs = [
        vnet(WEU, "10.0.0.0/16", "fd00:0:1::/48", gateway=True, halves=hand_made),
        vnet(NEU, "10.1.0.0/16"),
        vnet(SEA, "10.2.0.0/16"),
        vnet(OLD, "10.3.0.0/16"),
    ]
    return [*hubs, *_of_weu(), *_of_others()]


def _of_weu() -> list[Vnet]:
    return [
        _spoke("shop", "prod-weu", "10.64.0.0/24"),
        _spoke("lake", None, "10.64.1.0/24", "fd00:64:0:1::/64"),
        _spoke("adopted", "prod-weu", "10.64.2.0/24", halves=(half(WEU, "mine"),)),
        _spoke("gateway", "PROD-WEU ", "10.64.3.0/24", gateway=True),
        _spoke("copycat", "prod-weu", "10.64.0.128/25", "172.16.0.0/24"),
        _spoke("grown", "prod-weu", "10.64.4.0/24"),
        _spoke("broken", "prod-weu", "10.64.5.0/24"),
        _spoke("left", "prod-weu", "10.64.6.0/24"),
        _spoke("moved", "prod-weu", "10.64.7.0/24"),
        _spoke("deleted", "prod-weu", "10.64.8.0/24"),
        replace(_spoke("asks", "prod-weu", "10.64.9.0/24"), id=vnet_id("asks", subscription=OTHER_SUBSCRIPTION)),
        _spoke("spent", "prod-weu", "10.64.10.0/24"),
        _spoke("tenant", "prod-weu", "10.64.11.0/24"),
        _spoke("unforeseen", "prod-weu", "10.64.12.0/24"),
        _spoke("graced", "prod-weu", "10.64.13.0/24"),
        _spoke("half-way", "prod-weu", "10.64.14.0/24"),
        _spoke("queued", "prod-weu", "10.64.15.0/24"),
        _spoke("moving", "prod-weu", "10.64.16.0/24"),
        _spoke("untagged", None, "10.64.17.0/24"),
    ]


def _of_others() -> list[Vnet]:
    return [
        _spoke("lost", "prod-wue", "10.64.20.0/24"),
        _spoke("empty", "", "10.64.21.0/24"),
        _spoke("unread", "prod-weu", "10.64.22.0/24"),
        _spoke("later", "prod-weu", "10.64.23.0/24"),
        _spoke("kept", "plain-neu", "10.65.0.0/24"),
        _spoke("by-hand", "plain-neu", "10.65.1.0/24", halves=(half(NEU, "somebodys"),)),
        _spoke("denied", "busy-sea", "10.66.0.0/24"),
        _spoke("clinging", "busy-sea", "10.66.1.0/24"),
        _spoke("waits", "busy-sea", "10.66.2.0/24"),
        _spoke("doubted", "plain-neu", "10.65.2.0/24"),
        _spoke("orphan", "old", "10.67.0.0/24"),
        _spoke("forsaken", "old", "10.67.1.0/24"),
    ]


def _spoke(name: str, tag: str | None, *prefixes: str, **rest: Any) -> Vnet:  # noqa: ANN401 - the fields of Vnet
    tags = {"owner": "contoso"} | ({"hub": tag} if tag is not None else {})
    return vnet(vnet_id(name), *prefixes, tags=tags, **rest)


def to_arm(network: Vnet) -> dict[str, Any]:
    """As `GET virtualNetworks/{name}` would return it, as far as the app reads it."""
    identity = str(network.id)
    document = {
        "id": identity,
        "name": network.id.name,
        "location": network.location,
        "tags": dict(network.tags),
        "properties": {
            "provisioningState": network.provisioning_state,
            "addressSpace": {"addressPrefixes": [str(prefix) for prefix in network.prefixes]},
            "subnets": [_gateway_subnet(network)] if network.gateway else [],
            "virtualNetworkPeerings": [_half(each, identity) for each in network.halves],
        },
    }
    assert vnet_from_arm(document) == network, document
    return document


def _half(half: Half, network: str) -> dict[str, Any]:
    assert half.remote
    space = {"addressPrefixes": [str(prefix) for prefix in half.remote_prefixes]}
    state = {"peeringState": str(half.state), "peeringSyncLevel": str(half.sync_level)}
    spaces = {"remoteAddressSpace": space, "remoteVirtualNetworkAddressSpace": space}
    properties = half_to_arm(half.remote, half.flags)["properties"] | state | spaces
    identity = f"{network}/virtualNetworkPeerings/{half.name}"
    return {"id": identity, "name": half.name, "properties": {"provisioningState": "Succeeded"} | properties}


def _gateway_subnet(network: Vnet) -> dict[str, Any]:
    configuration = {"id": f"{gateway_of(network.id)}/ipConfigurations/default"}
    return {"name": "GatewaySubnet", "properties": {"ipConfigurations": [configuration]}}
