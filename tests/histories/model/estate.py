"""The estate as ARM shows it: networks, their halves and gateways, read from its documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

type Json = Mapping[str, Any]
type Range = IPv4Network | IPv6Network

ACCESS, FORWARDED, TRANSIT, REMOTE = (
    "allowVirtualNetworkAccess",
    "allowForwardedTraffic",
    "allowGatewayTransit",
    "useRemoteGateways",
)
SWITCHES = (ACCESS, FORWARDED, TRANSIT, REMOTE)
MARK = "autopeer-"
_AVNM = "anm_"


@dataclass(frozen=True)
class Half:
    """One half. `key` and `remote` are lower-cased ids; `routed` is what it routes to the other network."""

    key: str
    name: str
    network: str
    remote: str
    state: str
    level: str
    switches: Mapping[str, bool]
    routed: tuple[Range, ...]
    is_whole: bool

    @property
    def bears_our_mark(self) -> bool:
        return self.name.lower().startswith(MARK)

    @property
    def is_of_another_kind(self) -> bool:
        """Made by a tool that manages it, or of only some subnets: no business of ours, whatever a tag says."""
        return self.name.lower().startswith(_AVNM) or not self.is_whole

    @property
    def is_connected(self) -> bool:
        return self.state == "Connected"

    @property
    def is_settled(self) -> bool:
        return self.is_connected and self.level == "FullyInSync"


@dataclass(frozen=True)
class Network:
    """One network. `has_gateway`: one sits in its GatewaySubnet."""

    key: str
    guid: str
    region: str
    space: tuple[Range, ...]
    tags: Mapping[str, str]
    has_gateway: bool
    halves: tuple[Half, ...]

    def to(self, remote: str) -> Half | None:
        return next((half for half in self.halves if half.remote == remote), None)

    def tag(self, name: str) -> str | None:
        found = (value.strip() for key, value in self.tags.items() if key.lower() == name.lower())
        return next(found, None)


@dataclass(frozen=True)
class Estate:
    """All networks by their lower-cased ids."""

    networks: Mapping[str, Network]

    @classmethod
    def read(cls, documents: Mapping[str, Json]) -> "Estate":
        return cls({key.lower(): _network(document) for key, document in documents.items()})

    @property
    def halves(self) -> Iterator[Half]:
        for network in self.networks.values():
            yield from network.halves

    def half(self, key: str) -> Half | None:
        network = self.networks.get(key.partition("/virtualnetworkpeerings/")[0])
        return next((half for half in network.halves if half.key == key), None) if network else None

    def pair(self, hub: str, spoke: str) -> tuple[Half | None, Half | None]:
        """The hub's half and the spoke's."""
        at_hub, at_spoke = self.networks.get(hub), self.networks.get(spoke)
        return (at_hub.to(spoke) if at_hub else None, at_spoke.to(hub) if at_spoke else None)

    def stands(self, hub: str, spoke: str) -> bool:
        return all(half is not None and half.is_connected for half in self.pair(hub, spoke))


def overlap(some: tuple[Range, ...], others: tuple[Range, ...]) -> bool:
    return any(one.version == other.version and one.overlaps(other) for one in some for other in others)


def inside(one: Range, others: tuple[Range, ...]) -> bool:
    return any(one.version == other.version and one.subnet_of(other) for other in others)  # type: ignore[arg-type]


def ranges(texts: Any) -> tuple[Range, ...]:  # noqa: ANN401 - a list out of JSON
    return tuple(ip_network(text) for text in texts or ())


def _network(document: Json) -> Network:
    properties, key = document["properties"], str(document["id"]).lower()
    users = [
        str(user["id"]).lower()
        for subnet in properties.get("subnets") or ()
        if subnet["name"] == "GatewaySubnet"
        for user in subnet["properties"].get("ipConfigurations") or ()
    ]
    return Network(
        key=key,
        guid=properties["resourceGuid"],
        region=document["location"],
        space=ranges(properties["addressSpace"]["addressPrefixes"]),
        tags=document.get("tags") or {},
        has_gateway=any("/virtualnetworkgateways/" in user for user in users),
        halves=tuple(_half(key, each) for each in properties.get("virtualNetworkPeerings") or ()),
    )


def _half(network: str, document: Json) -> Half:
    properties = document["properties"]
    return Half(
        key=str(document["id"]).lower(),
        name=document["name"],
        network=network,
        remote=str(properties["remoteVirtualNetwork"]["id"]).lower(),
        state=properties["peeringState"],
        level=properties["peeringSyncLevel"],
        switches={name: bool(properties.get(name)) for name in SWITCHES},
        routed=ranges(properties["remoteAddressSpace"]["addressPrefixes"]),
        is_whole=bool(properties.get("peerCompleteVnets", True)),
    )
