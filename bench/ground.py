"""The networks that are measured on: hubs of a catalogue, spokes that wait for a tag, and a hub of nobody's.

The last one, `bare`, is where the bare script writes: no catalogue names it, so the app leaves it alone.
"""

import json
from pathlib import Path
from typing import Any

type Resource = dict[str, Any]

TENANT = "99999999-9999-4999-8999-999999999999"
_HUBS = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-hubs"
_SPOKES = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-bench"
_NETWORKS = "providers/Microsoft.Network/virtualNetworks"
_REGION = "westeurope"
BARE_SPOKES = 250
_BARE = 124  # of 10.x: behind the hubs and the spokes


def hub_name(number: int) -> str:
    return f"h{number:02}"


def hub_id(name: str) -> str:
    return f"{_HUBS}/{_NETWORKS}/hub-{name}"


def spoke_id(number: int) -> str:
    return f"{_SPOKES}/{_NETWORKS}/spoke-{number:04}"


def quiet_id(number: int) -> str:
    """A network that nobody tags for a hub."""
    return f"{_SPOKES}/{_NETWORKS}/quiet-{number:04}"


def bare_id(number: int) -> str:
    return f"{_SPOKES}/{_NETWORKS}/bare-{number:04}"


BARE = hub_id("bare")
WARM_UP = (f"{_SPOKES}/{_NETWORKS}/warm", "warm")
"""A spoke and its hub, for the first pair of all: it makes the app load what it needs."""


def write_scenario(folder: Path, hubs: int, spokes: int, quiet: int = 0) -> Path:
    """A folder for `--scenario`. Every hub of the catalogue has a gateway, as hubs do."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [*(hub_name(number) for number in range(hubs)), WARM_UP[1]]
    (folder / "hubs.toml").write_text('tag = "hub"\n' + "".join(map(_policy, names)), "utf-8")
    resources: list[Resource] = [{"id": group, "body": {"location": _REGION}} for group in (_HUBS, _SPOKES)]
    for number, name in enumerate(names):
        resources += _hub(name, f"10.{number}.0.0/24")
    resources += [_network(BARE, f"10.{_BARE}.0.0/24"), _network(WARM_UP[0], f"10.{_BARE + 1}.0.0/24")]
    resources += [_network(spoke_id(each), f"10.{64 + each // 256}.{each % 256}.0/24") for each in range(spokes)]
    resources += [_network(bare_id(each), f"10.127.{each}.0/24") for each in range(BARE_SPOKES)]
    resources += [_network(quiet_id(each), f"10.126.{each}.0/24") for each in range(quiet)]
    document = {"tenant": TENANT, "subscription": _HUBS.split("/")[2], "resources": resources}
    (folder / "networks.json").write_text(json.dumps(document), "utf-8")
    return folder


def _policy(name: str) -> str:
    lines = (
        f"[hubs.{name}]",
        f'vnet = "{hub_id(name)}"',
        "forwarded_traffic = true",
        'allowed_space = ["10.64.0.0/10"]',
        "grace_minutes = 0",
    )
    return "\n".join(("", *lines, ""))


def _network(identity: str, space: str, *subnets: Resource) -> Resource:
    properties = {"addressSpace": {"addressPrefixes": [space]}, "subnets": list(subnets)}
    return {"id": identity, "body": {"location": _REGION, "properties": properties}}


def _hub(name: str, space: str) -> list[Resource]:
    """A hub whose GatewaySubnet is the whole of it: nobody else wants a place there."""
    address = f"{_HUBS}/providers/Microsoft.Network/publicIPAddresses/pip-{name}"
    static = {"publicIPAllocationMethod": "Static"}
    configuration = {
        "privateIPAllocationMethod": "Dynamic",
        "subnet": {"id": f"{hub_id(name)}/subnets/GatewaySubnet"},
        "publicIPAddress": {"id": address},
    }
    properties = {
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "sku": {"name": "VpnGw1", "tier": "VpnGw1"},
        "ipConfigurations": [{"name": "default", "properties": configuration}],
    }
    gateway = f"{_HUBS}/providers/Microsoft.Network/virtualNetworkGateways/vpn-{name}"
    return [
        _network(hub_id(name), space, {"name": "GatewaySubnet", "properties": {"addressPrefix": space}}),
        {"id": address, "body": {"location": _REGION, "sku": {"name": "Standard"}, "properties": static}},
        {"id": gateway, "body": {"location": _REGION, "properties": properties}},
    ]
