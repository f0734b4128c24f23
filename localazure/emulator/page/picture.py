"""From ARM's bodies to what the page draws: networks in short, and peerings as pairs of halves, hub first."""

from collections.abc import Iterable, Mapping
from typing import Any

type Json = dict[str, Any]
type Body = Mapping[str, Any]

_FLAGS = {
    "allowGatewayTransit": "offers its gateway",
    "useRemoteGateways": "uses the other's gateway",
    "allowForwardedTraffic": "takes forwarded traffic",
}


def networks(bodies: Iterable[Body]) -> list[Json]:
    """Each network in short, hubs first, then by name."""
    found = [_network(body) for body in bodies]
    return sorted(found, key=lambda one: (not one["hub"], one["name"].lower(), one["id"].lower()))


def pairs(bodies: Iterable[Body]) -> list[Json]:
    """Each peering once: `{"hub", "spoke", "hubHalf", "spokeHalf"}`, a half that is missing is null.

    Of two networks the hub is the one that offers its gateway, else the one with more peerings.
    """
    halves: dict[tuple[str, str], Json] = {}
    ranks: dict[str, tuple[bool, int]] = {}
    ids: dict[str, str] = {}
    for body in bodies:
        near = body["id"].lower()
        ids[near] = body["id"]
        own = [_half(one) for one in _properties(body).get("virtualNetworkPeerings") or ()]
        ranks[near] = (_is_hub(body), len(own))
        for half in own:
            far = half["remote"].lower()
            ids.setdefault(far, half["remote"])
            halves[near, far] = half
    drawn = {_hub_first(pair, ranks) for pair in halves}
    return [
        {
            "hub": ids[hub],
            "spoke": ids[spoke],
            "hubHalf": halves.get((hub, spoke)),
            "spokeHalf": halves.get((spoke, hub)),
        }
        for hub, spoke in sorted(drawn)
    ]


def _hub_first(pair: tuple[str, str], ranks: Mapping[str, tuple[bool, int]]) -> tuple[str, str]:
    one, other = sorted(pair)
    nobody = (False, -1)
    return (other, one) if ranks.get(other, nobody) > ranks.get(one, nobody) else (one, other)


def _network(body: Body) -> Json:
    properties = _properties(body)
    parts = body["id"].split("/")
    return {
        "id": body["id"],
        "name": parts[-1],
        "subscription": parts[2],
        "group": parts[4],
        "location": body.get("location", ""),
        "prefixes": properties.get("addressSpace", {}).get("addressPrefixes") or [],
        "tags": body.get("tags") or {},
        "state": properties.get("provisioningState", ""),
        "gateway": _gateway(properties),
        "hub": _is_hub(body),
        "peerings": [_half(one) for one in properties.get("virtualNetworkPeerings") or ()],
    }


def _is_hub(body: Body) -> bool:
    """It has a gateway, offers one, or is in the middle of several peerings."""
    peerings = _properties(body).get("virtualNetworkPeerings") or ()
    offers = any(_properties(one).get("allowGatewayTransit") for one in peerings)
    return bool(_gateway(_properties(body))) or offers or len(peerings) > 1


def _gateway(properties: Body) -> str | None:
    """The name of the gateway whose ip configuration stands in a subnet, if there is one."""
    for subnet in properties.get("subnets") or ():
        for configuration in _properties(subnet).get("ipConfigurations") or ():
            parts = str(configuration.get("id", "")).split("/")
            if "virtualnetworkgateways" in [part.lower() for part in parts]:
                return parts[-3]
    return None


def _half(body: Body) -> Json:
    properties = _properties(body)
    return {
        "name": body["name"],
        "remote": properties["remoteVirtualNetwork"]["id"],
        "state": properties.get("peeringState", ""),
        "sync": properties.get("peeringSyncLevel", ""),
        "provisioning": properties.get("provisioningState", ""),
        "flags": [words for flag, words in _FLAGS.items() if properties.get(flag)],
    }


def _properties(body: Body) -> Json:
    found: Json = body.get("properties") or {}
    return found
