"""What the network resource provider refuses, word for word.

P is a peering, A its own virtual network and B the remote one; the sources stand in coverage.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from localazure.emulator.errors import ArmError
from localazure.emulator.networks.address_space import without_host_bits
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]


@dataclass(frozen=True)
class Failure:
    """Why an accepted operation ends Failed, or Canceled."""

    code: str
    message: str
    details: Sequence[Json] = ()
    status: str = "Failed"


def refused(code: str, message: str, status: int = 400) -> ArmError:
    return ArmError(status, code, message, details=[])


def not_found(resource: ResourceId) -> ArmError:
    return refused("NotFound", f"Resource {resource} not found.", 404)


def invalid_name(name: str) -> ArmError:
    return refused(
        "InvalidResourceName",
        f"Resource name {name} is invalid. The name can be up to 80 characters long. It must begin with a word "
        "character, and it must end with a word character or with '_'. The name may contain word characters or "
        "'.', '-', '_'.",
    )


def invalid_format(code: str, message: str) -> ArmError:
    return ArmError(
        400, "InvalidRequestFormat", "Cannot parse the request.", details=[{"code": code, "message": message}]
    )


def invalid_prefix(prefix: str, resource: ResourceId) -> ArmError:
    """No prefix at all, or one with bits set behind its length."""
    if meant := without_host_bits(prefix):
        return refused(
            "InvalidCIDRNotation",
            f"The address prefix {prefix} in resource {resource} has an invalid CIDR notation. For the given prefix "
            f"length, the address prefix should be {meant}.",
        )
    return refused(
        "InvalidAddressPrefixFormat",
        f"Address prefix {prefix} of resource {resource} is not formatted correctly. It should follow CIDR "
        "notation, for example 10.0.0.0/24.",
    )


def prefix_not_taken(code: str, prefix: str, network: ResourceId, why: str) -> ArmError:
    return refused(code, f"Address prefix {prefix} of virtual network {network} is not valid: {why}.")


def subnet_not_valid(subnet: str, network: str) -> ArmError:
    return refused("NetcfgInvalidSubnet", f"Subnet '{subnet}' is not valid in virtual network '{network}'.")


def encryption_half_given(network: ResourceId) -> ArmError:
    return refused(
        "MustSpecifyBothEncryptionIntentAndEnforcementPolicy",
        f"Cannot encrypt VirtualNetwork {network} unless both encryption intent (Enabled true or false) and "
        "enforcement policy (AllowUnencrypted or DropUnencrypted) are specified.",
    )


def reference_not_found(reference: str, resource: ResourceId) -> ArmError:
    return refused(
        "InvalidResourceReference",
        f"Resource {reference} referenced by resource {resource} was not found. Please make sure that the "
        "referenced resource exists, and that both resources are in the same region.",
    )


def reference_not_provisioned(reference: ResourceId, user: ResourceId, operation: str) -> ArmError:
    return refused(
        "ReferencedResourceNotProvisioned",
        f"Cannot proceed with operation because resource {reference} used by resource {user} is not in Succeeded "
        "state. Resource is in Updating state and the last operation that updated/is updating the resource is "
        f"{operation}.",
    )


def another_operation(uri: str) -> ArmError:
    return refused(
        "AnotherOperationInProgress",
        "Another operation on this or dependent resource is in progress. To retrieve status of the operation use "
        f"uri: {uri}.",
        409,
    )


def retryable(operation: str, operation_id: str, resource: str, seconds: int) -> ArmError:
    message = (
        f"Operation {operation} ({operation_id}) is updating resource {resource}. The call can be retried in "
        f"{seconds} seconds."
    )
    return ArmError(
        429,
        "RetryableError",
        "A retryable error occurred.",
        details=[{"code": "RetryableErrorDueToAnotherOperation", "message": message}],
        headers={"Retry-After": str(seconds)},
    )


def parent_failed(child: ResourceId, operation_id: str) -> ArmError:
    return refused(
        "ParentResourceIsInFailedState",
        f"PUT operation on child resource {child} is blocked because last operation ({operation_id}) on parent "
        "resource failed leaving it in failed state. Run PUT operation on the parent, then retry operation on the "
        "child.",
    )


def etag_mismatch(given: str, current: str, resource: ResourceId) -> ArmError:
    message = (
        f"Etag provided in if-match header {given} does not match etag {current} of resource {resource} in NRP "
        "data store."
    )
    return ArmError(
        412,
        "PreconditionFailed",
        "Precondition failed.",
        details=[{"code": "PreconditionFailedEtagMismatch", "message": message}],
    )


def location_differs(resource: ResourceId, existing: str, asked: str) -> ArmError:
    return ArmError(
        409,
        "InvalidResourceLocation",
        f"The resource '{resource.name}' already exists in location '{existing}' in resource group "
        f"'{resource.group}'. A resource with the same name cannot be created in location '{asked}'. Please "
        "select a new resource name.",
    )


def subnet_in_use(name: str, ip_configuration: str) -> ArmError:
    return refused(
        "InUseSubnetCannotBeDeleted",
        f"Subnet {name} is in use by {ip_configuration} and cannot be deleted. In order to delete the subnet, "
        "delete all the resources within the subnet. See aka.ms/deletesubnet.",
    )


def subnet_outside(subnet: str, network: str) -> ArmError:
    return refused(
        "NetcfgSubnetRangeOutsideVnet",
        f"Subnet '{subnet}' is not valid because its IP address range is outside the IP address range of virtual "
        f"network '{network}'.",
    )


def subnets_overlap(subnet: str, network: str) -> ArmError:
    return refused(
        "NetcfgSubnetRangesOverlap",
        f"Subnet '{subnet}' is not valid because its IP address range overlaps with that of an existing subnet in "
        f"virtual network '{network}'.",
    )


def route_table_in_use(table: str) -> ArmError:
    return refused("InUseRouteTableCannotBeDeleted", f"Route table {table} is in use and cannot be deleted.")


def security_group_in_use(group: ResourceId, users: list[str]) -> ArmError:
    return refused(
        "InUseNetworkSecurityGroupCannotBeDeleted",
        f"Network security group {group} cannot be deleted because it is in use by the following resources: "
        f"{', '.join(users)}. In order to delete the Network security group, remove the association with the "
        "resource(s). To learn how to do this, see aka.ms/deletensg.",
    )


def address_not_in_any_subnet(address: str, network: ResourceId) -> ArmError:
    return refused(
        "PrivateIPAddressNotInAnySubnet",
        f"Private static IP address {address} does not belong to the range of any subnet in the virtual network "
        f"{network}.",
    )


def gateway_beside_remote_one(gateway: ResourceId, peering: ResourceId) -> ArmError:
    return refused(
        "VnetUsesRemoteGateways",
        f"Virtual network gateway {gateway} cannot be created because peering {peering} of its virtual network has "
        "UseRemoteGateways flag set to true.",
    )


def prefix_in_use(prefix: str, subnet: str) -> ArmError:
    return refused(
        "InUsePrefixCannotBeDeleted",
        f"IpPrefix {prefix} on Subnet {subnet} has active allocations and cannot be deleted.",
    )


def gateway_in_use(gateway: ResourceId, peering: str, network: ResourceId) -> ArmError:
    return refused(
        "VirtualNetworkGatewayInUseByPeerings",
        f"Virtual network gateway {gateway} cannot be deleted because peering {peering} of virtual network {network} "
        "uses it as a remote gateway.",
    )
