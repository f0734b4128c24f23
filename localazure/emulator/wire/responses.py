"""The shapes in which ARM answers reads, writes and deletes."""

from __future__ import annotations

from typing import Any

from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Operation
from localazure.emulator.networks.resource_groups import find_group
from localazure.emulator.networks.resources import Resource
from localazure.emulator.resource_id import ResourceId
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.paging import listed

type Json = dict[str, Any]


def shown(body: Json, *, with_etag: bool = True) -> ArmResponse:
    """One resource. Its ETag header is its etag; gateways are shown without."""
    headers = {"ETag": str(body["etag"])} if with_etag else {}
    return ArmResponse(status=200, body=body, headers=headers, by_provider=True)


def listing(found: list[Json], link: str | None = None) -> ArmResponse:
    return ArmResponse(status=200, body=listed(found, link), by_provider=True)


def written(body: Json, operation: Operation, *, creates: bool) -> ArmResponse:
    return ArmResponse(status=201 if creates else 200, body=body, operation=operation, by_provider=True)


def deleted(operation: Operation | None) -> ArmResponse:
    """202 while the deletion runs; 204 from the gateway when there was nothing to delete."""
    if operation is None:
        return ArmResponse(status=204)
    return ArmResponse(status=202, operation=operation, by_provider=True)


def listing_order(resource: Resource) -> tuple[str, str, str]:
    """By group, region and name, as a listing of 2017 shows (recording VirtualNetworkApiTest, exchange 8)."""
    return resource.id.group.lower(), resource.location, resource.id.name.lower()


def group_listing(estate: Estate, names: dict[str, str]) -> str:
    """The key prefix of what is in a group. Raises ResourceGroupNotFound when there is no such group."""
    group_id = f"/subscriptions/{names['subscription']}/resourceGroups/{names['group']}"
    return find_group(estate, group_id, names["group"]).id.lower() + "/"


def announce_write(estate: Estate, request: ArmRequest, resource: str, action: str, *, creates: bool = False) -> None:
    """Tell of a write that succeeded at once, without an operation."""
    written = ResourceId.parse(resource)
    if written is not None:
        estate.stamp(written)
    if resource.lower().startswith("/subscriptions/"):  # what the tenant or a management group has is in no topic
        estate.announce(request.write().activity(resource, action, creates=creates))
