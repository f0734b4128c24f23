"""Resource ids of virtual networks and their peerings, parsed strictly before they can become part of a URL.

ARM compares ids without regard to case and itself writes them in more than one (`resourcegroups`,
`resourceGroups`), so two ids are equal when they differ in case only.
"""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Self

_SHOWN = 200

_VNET_ID = re.compile(
    r"/subscriptions/(?P<subscription>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"/resourcegroups/(?P<group>(?u:[\w.()-]{0,89}[\w()-]))"  # the one part that may hold letters of any script
    r"/providers/microsoft\.(?P<classic>classic)?network"
    r"/virtualnetworks/(?P<name>[a-z0-9][a-z0-9_.-]{0,62}[a-z0-9_])",
    re.IGNORECASE | re.ASCII,  # without ASCII, "K" would match the Kelvin sign too, and "s" the long one
)


_GATEWAY_ID = re.compile(
    r"/subscriptions/(?P<subscription>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/resourcegroups/[^/]+"
    r"/providers/microsoft\.network/(?:virtualnetworkgateways/[^/]+|virtualhubs/[^/]+(?:/ipconfigurations/[^/]+)?)",
    re.IGNORECASE | re.ASCII,
)


class InvalidResourceId(ValueError):
    """The text is not the id of a virtual network; the message says why and what one looks like."""


class ClassicNetworkId(InvalidResourceId):
    """The id of a virtual network of the classic deployment model, which cannot be a spoke."""


@dataclass(frozen=True, slots=True, eq=False)
class VnetId:
    """The id of one virtual network: subscription GUID, resource group and name, in the case they came in."""

    subscription: str
    group: str
    name: str
    # What it is compared by, once: a verdict compares a spoke with every half of its hub.
    lowered: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lowered", str(self).lower())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a full resource id; raise InvalidResourceId for anything else, ClassicNetworkId for a classic one."""
        found = _VNET_ID.fullmatch(text)
        if not found:
            raise InvalidResourceId(
                f"{text[:_SHOWN]!r} is not the resource id of a virtual network. It should read "
                "/subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.Network/virtualNetworks/<name>."
            )
        if found["classic"]:
            raise ClassicNetworkId(f"{text[:_SHOWN]} is a classic virtual network.")
        return cls(found["subscription"], found["group"], found["name"])

    def __str__(self) -> str:
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
            f"/providers/Microsoft.Network/virtualNetworks/{self.name}"
        )

    @property
    def key(self) -> str:
        """The row key of the spoke: 32 hexadecimal digits of the SHA-256 of the lower-cased id."""
        return hashlib.sha256(self.lowered.encode()).hexdigest()[:32]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VnetId) and self.lowered == other.lowered

    def __hash__(self) -> int:
        return hash(self.lowered)


def peering_id(vnet: VnetId, name: str) -> str:
    """The resource id of the half called `name` on `vnet`."""
    return f"{vnet}/virtualNetworkPeerings/{name}"


def subscription_of_gateway(text: str) -> str | None:
    """The subscription of a gateway, a Route Server or the part that ties that to its network; None for another id.

    No such id names the network (docs/facts/event-grid.md, Events of a gateway).
    """
    found = _GATEWAY_ID.fullmatch(text)
    return found["subscription"] if found else None


def network_of(peering: str) -> VnetId | None:
    """The network that the half with that resource id lies on, None for what is no such id."""
    network, marker, name = peering.rpartition("/virtualNetworkPeerings/")
    try:
        return VnetId.parse(network) if marker and name else None
    except InvalidResourceId:
        return None


def lease_name(hub: VnetId | str) -> str:
    """The name of a hub's lease: the network's, whatever the catalogue calls it; its name's where nobody knows it."""
    text = hub.lowered if isinstance(hub, VnetId) else f"hub {hub}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]
