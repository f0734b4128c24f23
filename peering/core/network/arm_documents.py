"""ARM's JSON and our model: the property names of Microsoft.Network stand here and nowhere else."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from peering.core.network.addresses import InvalidPrefix, Prefix
from peering.core.network.resource_ids import InvalidResourceId, VnetId
from peering.core.network.vnets import Flags, Half, SyncLevel, Vnet

type Document = Mapping[str, Any]

_FLAGS = {
    "allowVirtualNetworkAccess": "virtual_network_access",
    "allowForwardedTraffic": "forwarded_traffic",
    "allowGatewayTransit": "gateway_transit",
    "useRemoteGateways": "remote_gateways",
}

_CONFIGURATION = re.compile(r"/ipConfigurations/.*", re.IGNORECASE)  # some providers write ids in capitals
_GATEWAY_SUBNETS = {"gatewaysubnet": "/virtualnetworkgateways/", "routeserversubnet": "/virtualhubs/"}


def vnet_from_arm(document: Document) -> Vnet:
    """A VNet as `GET virtualNetworks/{name}` returns it, its peerings inline."""
    properties = document.get("properties") or {}
    return Vnet(
        id=VnetId.parse(document["id"]),
        location=(document.get("location") or "").lower(),
        prefixes=_prefixes(properties.get("addressSpace")),
        provisioning_state=properties.get("provisioningState") or "",
        tags=dict(document.get("tags") or {}),
        gateway=_gateway(properties.get("subnets") or ()),
        halves=tuple(half_from_arm(half) for half in properties.get("virtualNetworkPeerings") or ()),
    )


def half_from_arm(document: Document) -> Half:
    """A peering as `GET virtualNetworkPeerings/{name}` and the inline list return it.

    The remote prefixes are both the ones the half was made with and the remote VNet's current ones: until a sync
    has run either may be routed, so either can clash.
    """
    properties = document.get("properties") or {}
    spaces = ("remoteAddressSpace", "remoteVirtualNetworkAddressSpace")
    remote = {prefix for space in spaces for prefix in _prefixes(properties.get(space))}
    return Half(
        name=document["name"],
        remote=_vnet_id((properties.get("remoteVirtualNetwork") or {}).get("id")),
        state=properties.get("peeringState") or "",
        # Versions before 2020-11 do not report a level; a connected half of theirs has nothing to tell.
        sync_level=properties.get("peeringSyncLevel") or SyncLevel.FULLY_IN_SYNC,
        flags=Flags(
            **{ours: bool(properties.get(arm, arm == "allowVirtualNetworkAccess")) for arm, ours in _FLAGS.items()}
        ),
        remote_prefixes=tuple(sorted(remote)),
        provisioning_state=properties.get("provisioningState") or "",
    )


def half_to_arm(remote: VnetId, flags: Flags) -> dict[str, Any]:
    """The body of `PUT virtualNetworkPeerings/{name}`."""
    return {"properties": {**flags_to_arm(flags), "remoteVirtualNetwork": {"id": str(remote)}}}


def flags_to_arm(flags: Flags) -> dict[str, bool]:
    """The four switches under ARM's names."""
    return {arm: getattr(flags, ours) for arm, ours in _FLAGS.items()}


def _prefixes(space: Document | None) -> tuple[Prefix, ...]:
    found = []
    for text in (space or {}).get("addressPrefixes") or ():
        try:
            found.append(Prefix.parse(text))
        except InvalidPrefix:  # an IPAM pool reference, say: nothing that could be compared
            continue
    return tuple(found)


def _vnet_id(text: str | None) -> VnetId | None:
    try:
        return VnetId.parse(text or "")
    except InvalidResourceId:
        return None


def _gateway(subnets: Iterable[Document]) -> str | None:
    for subnet in subnets:
        marker = _GATEWAY_SUBNETS.get((subnet.get("name") or "").lower())
        for configuration in (subnet.get("properties") or {}).get("ipConfigurations") or ():
            if marker and marker in configuration["id"].lower():
                return _CONFIGURATION.sub("", configuration["id"])
    return None
