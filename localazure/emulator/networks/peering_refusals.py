"""What the network resource provider refuses about peerings, word for word.

P is a peering, A its own virtual network and B the remote one; the sources stand in coverage.md.
"""

from __future__ import annotations

from localazure.emulator.errors import ArmError
from localazure.emulator.networks.refusals import refused
from localazure.emulator.resource_id import ResourceId

LIMIT = 500


def spaces_overlap(p: ResourceId, a: ResourceId, b: ResourceId, prefixes: list[str]) -> ArmError:
    return refused(
        "VnetAddressSpacesOverlap",
        f"Cannot create or update peering {p}. Virtual networks {a} and {b} cannot be peered because their address "
        f"spaces overlap. Overlapping address prefixes: {', '.join(prefixes)}",
    )


def overlaps_peered(
    p: ResourceId, pair: tuple[ResourceId, ResourceId], peered: ResourceId, prefixes: list[str]
) -> ArmError:
    """`pair`: the network whose space overlaps, then the one with which `peered` is already peered."""
    first, second = pair
    return refused(
        "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
        f"Cannot create or update peering {p}. Virtual networks {first} and {second} cannot be peered because "
        f"address space of the first virtual network overlaps with address space of virtual network {peered} "
        f"already peered with the second virtual network. Overlapping address prefixes: {', '.join(prefixes)}.",
    )


def growth_overlaps_peered(a: ResourceId, peered: ResourceId, prefixes: list[str]) -> ArmError:
    return refused(
        "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
        f"Address space of virtual network {a} overlaps with address space of virtual network {peered} already "
        f"peered with it. Overlapping address prefixes: {', '.join(prefixes)}.",
    )


def growth_overlaps_neighbour(a: ResourceId, peered: ResourceId, hub: ResourceId, prefixes: list[str]) -> ArmError:
    return refused(
        "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
        f"Address space of virtual network {a} overlaps with address space of virtual network {peered} already "
        f"peered with virtual network {hub}. Overlapping address prefixes: {', '.join(prefixes)}.",
    )


def already_references(existing: ResourceId, b: ResourceId) -> ArmError:
    return refused(
        "AnotherPeeringAlreadyReferencesRemoteVnet",
        f"Peering {existing} already references remote virtual network Id: {b}. Cannot add another peering "
        "referencing the same remote virtual network.",
    )


def remote_disconnected(p: ResourceId, remote_half: ResourceId, a: ResourceId) -> ArmError:
    return refused(
        "RemotePeeringIsDisconnected",
        f"Cannot create or update peering {p} because remote peering {remote_half} referencing parent virtual "
        f"network {a} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated "
        "state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.",
    )


def remote_cannot_change(p: ResourceId) -> ArmError:
    return refused(
        "ChangingRemoteVirtualNetworkNotAllowed",
        f"Changing remote virtual network of peering {p} is not allowed.",
    )


def remote_has_no_gateways(p: ResourceId, b: ResourceId) -> ArmError:
    return refused(
        "RemoteVnetHasNoGateways",
        f"Peering {p} cannot have UseRemoteGateway flag set to true because remote virtual network {b} referenced "
        "by the peering does not have any gateways.",
    )


def transit_not_allowed(p: ResourceId) -> ArmError:
    return refused(
        "RemotePeeringAllowGatewayTransitIsFalse",
        f"Peering {p} cannot have UseRemoteGateways flag set to true, because corresponding remote peering has "
        "AllowGatewayTransit flag set to false.",
    )


def transit_in_use(p: ResourceId, user: ResourceId) -> ArmError:
    return refused(
        "RemotePeeringUsesRemoteGateways",
        f"Peering {p} cannot have AllowGatewayTransit flag set to false, because corresponding remote peering {user} "
        "has UseRemoteGateways flag set to true.",
    )


def another_uses_remote_gateways(p: ResourceId, other: ResourceId) -> ArmError:
    return refused(
        "AnotherPeeringAlreadyUsesRemoteGateways",
        f"Peering {p} cannot have UseRemoteGateways flag set to true, because another peering {other} already has "
        "UseRemoteGateways flag set to true.",
    )


def local_has_gateway(p: ResourceId, a: ResourceId) -> ArmError:
    return refused(
        "LocalVnetHasGateways",
        f"Peering {p} cannot have UseRemoteGateways flag set to true, because virtual network {a} already has a "
        "gateway.",
    )


def both_gateway_flags(p: ResourceId) -> ArmError:
    return refused(
        "AllowGatewayTransitAndUseRemoteGatewaysBothTrue",
        f"Peering {p} cannot have both AllowGatewayTransit and UseRemoteGateways flags set to true.",
    )


def too_many(a: ResourceId) -> ArmError:
    return refused(
        "VnetPeeringLimitReached",
        f"Virtual network {a} already has {LIMIT} peerings, which is the limit.",
    )
