"""Why resources cannot be moved. Which of the codes and texts are ours says coverage.md."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from localazure.emulator.errors import ArmError, group_not_found
from localazure.emulator.networks.refusals import Failure
from localazure.emulator.networks.resources import ResourceGroup, new_guid
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]


def target_not_found(target: str) -> ArmError:
    return group_not_found(target.rstrip("/").rpartition("/")[2])


def nowhere_to_go(group: str) -> ArmError:
    return ArmError(
        400,
        "InvalidResourceMoveTarget",
        f"The resources are in the resource group '{group}' already.",
    )


def not_of_this_group(resource: str, group: str) -> ArmError:
    return ArmError(
        400,
        "InvalidResourceMoveRequest",
        f"'{resource}' is not the id of a resource of the resource group '{group}' that can be moved by itself.",
    )


def validation_failed(now: float, source: ResourceGroup, found: list[Json]) -> Failure:
    stamp = f"{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}"
    message = (
        f"Resource move validation failed. Please see details. Diagnostic information: timestamp '{stamp}', "
        f"subscription id '{source.id.split('/')[2]}', tracking id '{new_guid()}', "
        f"request correlation id '{new_guid()}'."
    )
    return Failure("ResourceMoveProviderValidationFailed", message, tuple(found))


def has_peerings(network: ResourceId) -> Json:
    message = (
        f"Virtual network {network} has peerings and cannot be moved. Delete the peerings, move it, and create them "
        "again."
    )
    return _of(
        network,
        "CannotMoveResource",
        "One or more resources in the request cannot be moved. Please check details for information about each "
        "resource.",
        {"code": "VirtualNetworkHasPeerings", "message": message, "details": []},
    )


def not_succeeded(resource: ResourceId) -> Json:
    return _of(
        resource,
        "MoveCannotProceedWithResourcesNotInSucceededState",
        "One of the resources being migrated or its dependency is not in Succeeded state. Please check details for "
        "information about each resource/operation.",
        {"code": "ResourceNotInSucceededState", "message": f"{resource} is being written.", "details": []},
    )


def dependents_missing(resource: ResourceId, missing: list[str]) -> Json:
    return _of(
        resource,
        "MissingMoveDependentResources",
        "The move resources request does not contain all the dependent resources. Please check details for missing "
        "resource IDs.",
        *({"code": "MissingMoveDependentResource", "message": each, "details": []} for each in missing),
    )


def name_is_taken(resource: ResourceId, group: str) -> Json:
    return _of(
        resource,
        "MoveTargetResourceExists",
        f"The resource group '{group}' has a resource of this type with the name '{resource.name}'.",
    )


def _of(resource: ResourceId, code: str, message: str, *details: Json) -> Json:
    return {"code": code, "target": resource.type, "message": message, "details": list(details)}
