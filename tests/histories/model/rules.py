"""The catalogue as its owners wrote it, and what it says against a network: every reason that applies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.histories.model.estate import (
    ACCESS,
    FORWARDED,
    REMOTE,
    TRANSIT,
    Estate,
    Half,
    Network,
    Range,
    inside,
    overlap,
    ranges,
)

type Json = Mapping[str, Any]


@dataclass(frozen=True)
class Hub:
    """One hub of the catalogue, with what is said where nothing is written."""

    name: str
    vnet: str
    table: Json

    @property
    def gateway(self) -> str:
        return str(self.table.get("gateway", "auto"))

    @property
    def grace_minutes(self) -> int:
        return int(self.table["grace_minutes"])

    @property
    def keeps(self) -> bool:
        return str(self.table.get("departure")) == "keep"

    @property
    def adopts(self) -> bool:
        return str(self.table.get("existing", "adopt")) == "adopt"

    @property
    def status_tag(self) -> str | None:
        found = self.table.get("status_tag")
        return str(found) if found else None

    @property
    def most(self) -> int:
        return int(self.table.get("max_peerings", 500))

    def ranges(self, key: str) -> tuple[Range, ...]:
        return ranges(self.table.get(key))


@dataclass(frozen=True)
class Rules:
    """The whole catalogue."""

    tag: str
    hubs: Mapping[str, Hub]

    @classmethod
    def read(cls, document: Json) -> "Rules":
        hubs = {name: Hub(name, str(table["vnet"]).lower(), table) for name, table in document["hubs"].items()}
        return cls(str(document.get("tag", "hub")), hubs)

    def named(self, value: str | None) -> Hub | None:
        return self.hubs.get(value.strip().lower()) if value is not None else None

    def hub_of(self, vnet: str) -> Hub | None:
        return next((hub for hub in self.hubs.values() if hub.vnet == vnet), None)

    def wish(self, network: Network) -> str | None:
        """What its tag says, None where it has none."""
        return network.tag(self.tag)


def reasons(network: Network, hub: Hub, estate: Estate) -> set[str]:
    """Every refusal code that applies; empty when the pair is to stand, whole and in sync."""
    at = estate.networks.get(hub.vnet)
    if at is None:
        return {"HubNotFound"}
    if foreign := _of_another_kind(network, at):
        return foreign
    found = {*_permission(network, at, hub), *_gateways(network, at, hub), *_addresses(network, at, hub)}
    if at.to(network.key) is None and len(at.halves) >= hub.most:
        found.add("HubFull")
    if not hub.adopts and any(half and not half.bears_our_mark for half in estate.pair(hub.vnet, network.key)):
        found.add("PeeredByHand")
    if not found and _is_held(network, hub) and not is_routed(network, hub, estate):
        found.add("ApprovalNeeded")
    return found


def is_routed(network: Network, hub: Hub, estate: Estate) -> bool:
    """Whether a pair of ours routes all that the network has: what stands needs nobody's approval."""
    half, other = estate.pair(hub.vnet, network.key)
    if half is None or other is None or not (half.bears_our_mark and other.bears_our_mark and half.is_connected):
        return False
    return all(inside(prefix, half.routed) for prefix in network.space)


def _of_another_kind(network: Network, at: Network) -> set[str]:
    pair = (at.to(network.key), network.to(at.key))
    foreign = any(half is not None and half.is_of_another_kind for half in pair)
    return {"ManagedElsewhere"} if foreign else set()


def _permission(network: Network, at: Network, hub: Hub) -> Iterator[str]:
    if hub.table.get("regions") == "same" and network.region != at.region:
        yield "RegionNotAllowed"


def _gateways(network: Network, at: Network, hub: Hub) -> Iterator[str]:
    if hub.gateway != "required":
        return
    if not at.has_gateway:
        yield "NoHubGateway"
    elif network.has_gateway:
        yield "SpokeHasGateway"
    elif _uses_another(network, at):
        yield "SpokeUsesOtherGateway"


def _uses_another(network: Network, at: Network) -> bool:
    return any(half.switches[REMOTE] and half.remote != at.key for half in network.halves)


def _addresses(network: Network, at: Network, hub: Hub) -> Iterator[str]:
    own = at.to(network.key)
    others = (half for half in network.halves if half.remote != at.key and not half.bears_our_mark)
    if any(overlap(half.routed, at.space) for half in others):
        yield "OverlapsHub"  # a network cannot reach two that overlap
    for prefix in network.space:
        mine = (prefix,)
        rank = 3 if own is None or not inside(prefix, own.routed) else 1 if own.is_connected else 2
        if overlap(mine, at.space):
            yield "OverlapsHub"
        if rank == 3 and overlap(mine, hub.ranges("reserved_space")):
            yield "OverlapsReserved"
        if any(overlap(mine, half.routed) and _rank(half) < rank for half in at.halves if half.remote != network.key):
            yield "OverlapsSpoke"
        if (allowed := hub.ranges("allowed_space")) and not inside(prefix, allowed):
            yield "OutsideAllowedSpace"


def _rank(half: Half) -> int:
    return 1 if half.is_connected else 2


def _is_held(network: Network, hub: Hub) -> bool:
    rules = hub.table.get("approval", "none")
    return rules != "none" and any(rule.get("region") in (None, network.region) for rule in rules)


def wanted_switches(network: Network, hub: Hub, estate: Estate) -> tuple[dict[str, bool], dict[str, bool]]:
    """The catalogue's switches for the hub's half and for the spoke's."""
    at = estate.networks[hub.vnet]
    lends = at.has_gateway and hub.gateway != "never"
    forwarded = bool(hub.table.get("forwarded_traffic", False))
    both = {ACCESS: True, FORWARDED: forwarded, TRANSIT: False, REMOTE: False}
    uses = lends and not network.has_gateway and not _uses_another(network, at)
    return {**both, TRANSIT: lends}, {**both, REMOTE: uses}
