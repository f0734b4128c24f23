"""A scenario made to measure: some hubs, and networks beside them that wait for a tag."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.e2e.town import HUBS

type Resource = dict[str, Any]

_TENANT, _SUBSCRIPTION = "99999999-9999-4999-8999-999999999999", "11111111-1111-4111-8111-111111111111"
_REGION = "westeurope"


def hub_id(name: str) -> str:
    return f"{HUBS}/virtualNetworks/hub-{name}"


def write_scenario(
    folder: Path,
    hubs: Mapping[str, str],
    networks: Mapping[str, str],
    more: Iterable[Resource] = (),
    *,
    gateways: bool = False,
    rules: Mapping[str, str] | None = None,
) -> Path:
    """A folder for `--scenario`: `hubs` by name and `networks` by id, each with its address space. No tag has grace.

    `rules` are more lines of the catalogue for some of the hubs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hubs.toml").write_text(
        'tag = "hub"\n' + "".join(_policy(name, (rules or {}).get(name, "")) for name in hubs), "utf-8"
    )
    resources = [resource for name, space in hubs.items() for resource in _hub(name, space, gateway=gateways)]
    resources += [_network(identity, space) for identity, space in networks.items()]
    groups = dict.fromkeys(resource["id"].split("/providers/", maxsplit=1)[0] for resource in resources)
    resources = [*({"id": group, "body": {"location": _REGION}} for group in groups), *resources, *more]
    document = {"tenant": _TENANT, "subscription": _SUBSCRIPTION, "resources": resources}
    (folder / "networks.json").write_text(json.dumps(document), "utf-8")
    return folder


def half(network: str, remote: str, name: str, **switches: bool) -> Resource:
    """A half that somebody made by hand."""
    properties: Resource = {"remoteVirtualNetwork": {"id": remote}, "allowVirtualNetworkAccess": True, **switches}
    return {"id": f"{network}/virtualNetworkPeerings/{name}", "body": {"properties": properties}}


def _policy(hub: str, more: str) -> str:
    lines = (
        f"[hubs.{hub}]",
        f'vnet = "{hub_id(hub)}"',
        "forwarded_traffic = true",
        'allowed_space = ["10.64.0.0/10"]',
        "grace_minutes = 0",
        'status_tag = "hub-status"',
        more,
    )
    return "\n".join(("", *lines, ""))


def _network(identity: str, space: str) -> Resource:
    return {"id": identity, "body": {"location": _REGION, "properties": {"addressSpace": {"addressPrefixes": [space]}}}}


def _hub(name: str, space: str, *, gateway: bool) -> Iterable[Resource]:
    network = _network(hub_id(name), space)
    yield network
    if not gateway:
        return
    # Its GatewaySubnet is the whole of the hub: nobody else wants a place in it.
    network["body"]["properties"]["subnets"] = [{"name": "GatewaySubnet", "properties": {"addressPrefix": space}}]
    address = f"{HUBS}/publicIPAddresses/pip-{name}"
    static = {"publicIPAllocationMethod": "Static"}
    yield {"id": address, "body": {"location": _REGION, "sku": {"name": "Standard"}, "properties": static}}
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
    yield {"id": f"{HUBS}/virtualNetworkGateways/vpn-{name}", "body": {"location": _REGION, "properties": properties}}
