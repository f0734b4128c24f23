"""ARM's JSON and our model: the property names of Microsoft.Network stand here and nowhere else."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from peering.core.network.addresses import InvalidPrefix, Prefix
from peering.core.network.json_parts import (
    Document,
    UnexpectedDocument,
    as_text,
    flag_of,
    kind_of,
    list_of,
    object_of,
    required_object,
    required_text,
    sendable,
    text_of,
)
from peering.core.network.resource_ids import InvalidResourceId, VnetId
from peering.core.network.vnets import Flags, Half, SyncLevel, Vnet

_FLAGS = {
    "allowVirtualNetworkAccess": "virtual_network_access",
    "allowForwardedTraffic": "forwarded_traffic",
    "allowGatewayTransit": "gateway_transit",
    "useRemoteGateways": "remote_gateways",
}

_SET_BY_AZURE = {
    "provisioningState",
    "resourceGuid",
    "peeringState",
    "peeringSyncLevel",
    "localAddressSpace",
    "localVirtualNetworkAddressSpace",
    "remoteAddressSpace",
    "remoteVirtualNetworkAddressSpace",
    "remoteVirtualNetworkEncryption",
    "remoteBgpCommunities",
    "remoteGateways",
    "routeServiceVips",
}

_CONFIGURATION = re.compile(r"/ipConfigurations/.*", re.IGNORECASE)  # some providers write ids in capitals
_GATEWAY_SUBNETS = {"gatewaysubnet": "/virtualnetworkgateways/", "routeserversubnet": "/virtualhubs/"}


def vnet_from_arm(document: object) -> Vnet:
    """A VNet as `GET virtualNetworks/{name}` returns it, its peerings inline.

    It cannot be read without its id and its properties. What else is missing, or null, reads as none. What is there in
    another form than ARM's is an error and never "none": tags that nobody can read are no tag that was taken away, and
    subnets that nobody can read are no gateway that is gone.
    """
    network = required_object(document, "the network")
    properties = required_object(network.get("properties"), "properties")
    return Vnet(
        id=_id(network.get("id")),
        location=text_of(network, "location").lower(),
        prefixes=_prefixes(properties, "addressSpace"),
        provisioning_state=text_of(properties, "provisioningState"),
        tags=_tags(object_of(network, "tags")),
        gateway=_gateway(list_of(properties, "subnets")),
        halves=_halves(list_of(properties, "virtualNetworkPeerings")),
        guid=text_of(properties, "resourceGuid").lower(),
        summarized=_prefixes(properties, "summarizedGatewayPrefixes"),
    )


def half_from_arm(document: object) -> Half:
    """A peering as `GET virtualNetworkPeerings/{name}` and the inline list return it.

    It cannot be read without its name and its properties. A remote network whose id is not one of ours to read is
    None. What an older version of the API leaves out is as it was then: all of both networks, and in step.
    """
    half = required_object(document, "the half")
    properties = required_object(half.get("properties"), "properties")
    return Half(
        name=required_text(half, "name"),
        remote=_vnet_id(text_of(object_of(properties, "remoteVirtualNetwork"), "id")),
        state=text_of(properties, "peeringState"),
        # Versions before 2020-11 do not report a level; a connected half of theirs has nothing to tell.
        sync_level=text_of(properties, "peeringSyncLevel") or SyncLevel.FULLY_IN_SYNC,
        flags=Flags(
            **{
                ours: flag_of(properties, arm, default=arm == "allowVirtualNetworkAccess")
                for arm, ours in _FLAGS.items()
            }
        ),
        remote_prefixes=_prefixes(properties, "remoteAddressSpace"),
        provisioning_state=properties.get("provisioningState") or "",
        is_complete=flag_of(properties, "peerCompleteVnets", default=True),
        is_ipv6_only=flag_of(properties, "enableOnlyIPv6Peering", default=False),
        rest={name: sendable(value, name) for name, value in properties.items() if name not in _KNOWN},
    )


_KNOWN = {*_FLAGS, *_SET_BY_AZURE, "remoteVirtualNetwork"}


def half_to_arm(remote: VnetId, flags: Flags, rest: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The body of `PUT virtualNetworkPeerings/{name}`; what it leaves out ARM sets back, so `rest` is sent too."""
    return {"properties": {**(rest or {}), **flags_to_arm(flags), "remoteVirtualNetwork": {"id": str(remote)}}}


def flags_to_arm(flags: Flags) -> dict[str, bool]:
    """The four switches under ARM's names."""
    return {arm: getattr(flags, ours) for arm, ours in _FLAGS.items()}


def arm_name(flag: str) -> str:
    """What ARM calls one of our four switches."""
    return next(arm for arm, ours in _FLAGS.items() if ours == flag)


def _id(value: object) -> VnetId:
    try:
        return VnetId.parse(value if isinstance(value, str) else "")
    except InvalidResourceId as error:
        raise UnexpectedDocument(f"id should be that of a virtual network, and is {kind_of(value)}") from error


def _halves(documents: Sequence[object]) -> tuple[Half, ...]:
    halves = []
    for index, document in enumerate(documents):
        try:
            halves.append(half_from_arm(document))
        except UnexpectedDocument as error:
            raise UnexpectedDocument(f"virtualNetworkPeerings[{index}]: {error}") from error
    return tuple(halves)


def tags_from_arm(document: object) -> dict[str, str]:
    """The tags of a subscription or a resource group. Raises UnexpectedDocument, as `vnet_from_arm`."""
    return _tags(object_of(required_object(document, "the answer"), "tags"))


def _tags(tags: Document) -> dict[str, str]:
    """A tag whose value is null is there, and empty."""
    return {as_text(name, "a tag's name"): text_of(tags, name) for name in tags}


def _prefixes(properties: Document, space: str) -> tuple[Prefix, ...]:
    found = []
    for text in list_of(object_of(properties, space), "addressPrefixes"):
        try:
            found.append(Prefix.parse(text if isinstance(text, str) else ""))
        except InvalidPrefix:  # an IPAM pool reference, say: nothing that could be compared
            continue
    return tuple(found)


def _vnet_id(text: str) -> VnetId | None:
    try:
        return VnetId.parse(text)
    except InvalidResourceId:
        return None


def _gateway(subnets: Sequence[object]) -> str | None:
    for each in subnets:
        subnet = required_object(each, "a subnet")
        marker = _GATEWAY_SUBNETS.get(text_of(subnet, "name").lower())
        if marker is None:  # what else lies in other subnets is nothing to us
            continue
        for configuration in list_of(object_of(subnet, "properties"), "ipConfigurations"):
            name = required_text(required_object(configuration, "an ipConfiguration"), "id")
            if marker in name.lower():
                return _CONFIGURATION.sub("", name)
    return None
