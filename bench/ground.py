"""The networks that are measured on: hubs of a catalogue, spokes that wait for a tag, and hubs of nobody's.

Those are where the bare script and the rivals write: no catalogue names them, so the app leaves them alone. Ten hubs
share a subscription, and a hundred spokes: ARM counts writes by subscription.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

type Resource = dict[str, Any]

TENANT = "99999999-9999-4999-8999-999999999999"
_HUBS = "11111111-1111-4111-8111-{}"
_SPOKES = "22222222-2222-4222-8222-222222222222"
_REGION = "westeurope"
BARE_SPOKES = 250
_BARE = 124  # of 10.x: behind the hubs and the spokes


def hub_name(number: int) -> str:
    return f"h{number:02}"


def hub_id(name: str) -> str:
    tens = int(name[1:]) // 10 if name[1:].isdigit() else 0
    return _network_id(_HUBS.format(111111111111 + tens), "rg-hubs", f"hub-{name}")


def spoke_id(number: int) -> str:
    hundreds = 222222222222 + number // 100
    return _network_id(f"{_SPOKES[:24]}{hundreds}", "rg-bench", f"spoke-{number:04}")


def quiet_id(number: int) -> str:
    """A network that nobody tags for a hub."""
    return _network_id(_SPOKES, "rg-bench", f"quiet-{number:04}")


def bare_id(number: int) -> str:
    return _network_id(_SPOKES, "rg-bench", f"bare-{number:04}")


def rival_hub(rival: str) -> str:
    return _network_id(SUBSCRIPTION, RIVALS, f"hub-{rival}")


def rival_spoke(rival: str, number: int) -> str:
    return _network_id(SUBSCRIPTION, RIVALS, f"{rival}-{number:04}")


def _network_id(subscription: str, group: str, name: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{name}"


SUBSCRIPTION, RIVALS = _HUBS.format(111111111111), "rg-rivals"
BARE = hub_id("bare")
WARM_UP = (_network_id(_SPOKES, "rg-bench", "warm"), "warm")
"""A spoke and its hub, for the first pair of all: it makes the app load what it needs."""


def write_scenario(
    folder: Path, hubs: int, spokes: int, quiet: int = 0, rivals: Mapping[str, int] | None = None
) -> Path:
    """A folder for `--scenario`. Every hub of the catalogue has a gateway, as hubs do; a rival has a hub and spokes."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [*(hub_name(number) for number in range(hubs)), WARM_UP[1]]
    (folder / "hubs.toml").write_text('tag = "hub"\n' + "".join(map(_policy, names)), "utf-8")
    resources: list[Resource] = []
    for number, name in enumerate(names):
        resources += _hub(hub_id(name), f"10.{number}.0.0/24")
    resources += [_network(BARE, f"10.{_BARE}.0.0/24"), _network(WARM_UP[0], f"10.{_BARE + 1}.0.0/24")]
    resources += [_network(spoke_id(each), f"10.{64 + each // 256}.{each % 256}.0/24") for each in range(spokes)]
    resources += [_network(bare_id(each), f"10.127.{each}.0/24") for each in range(BARE_SPOKES)]
    resources += [_network(quiet_id(each), f"10.126.{each}.0/24") for each in range(quiet)]
    for rival, count in (rivals or {}).items():
        resources.append(_network(rival_hub(rival), f"10.{_BARE}.0.0/24"))
        resources += [_network(rival_spoke(rival, each), f"10.64.{each}.0/24") for each in range(count)]
    groups = dict.fromkeys(each["id"].split("/providers/", maxsplit=1)[0] for each in resources)
    resources = [*({"id": group, "body": {"location": _REGION}} for group in groups), *resources]
    document = {"tenant": TENANT, "subscription": SUBSCRIPTION, "resources": resources}
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


def _hub(hub: str, space: str) -> list[Resource]:
    """A hub whose GatewaySubnet is the whole of it: nobody else wants a place there."""
    beside, _, name = hub.rpartition("/virtualNetworks/")
    address, static = f"{beside}/publicIPAddresses/pip-{name}", {"publicIPAllocationMethod": "Static"}
    configuration = {
        "privateIPAllocationMethod": "Dynamic",
        "subnet": {"id": f"{hub}/subnets/GatewaySubnet"},
        "publicIPAddress": {"id": address},
    }
    properties = {
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "sku": {"name": "VpnGw1", "tier": "VpnGw1"},
        "ipConfigurations": [{"name": "default", "properties": configuration}],
    }
    gateway = {"location": _REGION, "properties": properties}
    return [
        _network(hub, space, {"name": "GatewaySubnet", "properties": {"addressPrefix": space}}),
        {"id": address, "body": {"location": _REGION, "sku": {"name": "Standard"}, "properties": static}},
        {"id": f"{beside}/virtualNetworkGateways/vpn-{name}", "body": gateway},
    ]
