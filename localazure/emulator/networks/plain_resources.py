"""Plain resources: stored, shown, and little more. What sets their types apart is in plain_types."""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import location_required
from localazure.emulator.networks import refusals
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Kind, Operation
from localazure.emulator.networks.peering_rules import check_name
from localazure.emulator.networks.plain_types import PlainType, plain_type
from localazure.emulator.networks.resources import PlainResource, new_guid
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

_BESIDE_PROPERTIES = ("sku", "zones", "kind", "identity", "extendedLocation")


def put_plain(estate: Estate, target: ResourceId, body: Json, write: Write) -> tuple[Operation, bool]:
    """Create or replace a resource as a whole. Returns the operation and whether it is new."""
    type_ = _type_of(target)
    estate.group(target)
    check_name(target.name)
    existing = estate.plain.get(target.key)
    estate.refuse_if_in_flight(target, write)
    location = str(body.get("location", "")).replace(" ", "").lower()
    if not location:
        raise location_required()
    if existing is not None and existing.location != location:
        raise refusals.location_differs(target, existing.location, location)
    resource = PlainResource(
        id=existing.id if existing else target,
        location=location,
        tags=body.get("tags"),
        guid=existing.guid if existing else new_guid(),
        created=existing.created if existing else 0.0,
        properties=dict(body.get("properties") or {}),
        provisioning_state="Updating",
        top_level={name: body[name] for name in _BESIDE_PROPERTIES if name in body},
    )
    type_.check_put(estate, resource)
    estate.plain[target.key] = resource
    creates = existing is None
    operation = estate.accept(write, Kind.PUT_PLAIN, type_.work, resource.id, location, creates=creates)
    return operation, creates


def delete_plain(estate: Estate, target: ResourceId, write: Write) -> Operation | None:
    resource = estate.plain.get(target.key)
    if resource is None:
        return None
    estate.refuse_if_in_flight(target, write)
    type_ = _type_of(target)
    type_.check_delete(estate, resource)
    resource.move_to("Deleting")
    return estate.accept(write, Kind.DELETE_PLAIN, type_.work, resource.id, resource.location, creates=False)


def finish(estate: Estate, operation: Operation, target: ResourceId) -> None:
    if operation.kind is Kind.DELETE_PLAIN:
        remove_plain(estate, target)
        return
    resource = estate.plain[target.key]
    resource.move_to("Succeeded")
    _came_or_went(estate, resource)


def remove_plain(estate: Estate, target: ResourceId) -> None:
    _came_or_went(estate, estate.plain.pop(target.key))


def fail(estate: Estate, operation: Operation, target: ResourceId) -> None:
    estate.plain[target.key].move_to(operation.status)


def _came_or_went(estate: Estate, resource: PlainResource) -> None:
    if known := plain_type(resource.id):
        known.came_or_went(estate, resource)


def _type_of(target: ResourceId) -> PlainType:
    """The type of what a client may write; only those have routes."""
    known = plain_type(target)
    if known is None:
        raise ValueError(f"{target} is written as a plain resource, and its type is none of them")
    return known
