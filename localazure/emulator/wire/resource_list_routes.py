"""The lists of resources of a subscription and of a group, and whether a resource exists."""

from __future__ import annotations

from typing import Any

from localazure.emulator.activity_log import timestamp
from localazure.emulator.errors import not_emulated
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.plain_types import plain_type
from localazure.emulator.networks.resource_groups import find_group
from localazure.emulator.networks.resources import PlainResource, Resource, VirtualNetwork
from localazure.emulator.resource_id import ResourceId
from localazure.emulator.wire import resource_filter
from localazure.emulator.wire.api_versions import NETWORK
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.paging import listed, paged, top
from localazure.emulator.wire.plain_bodies import plain_body
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]
type Names = dict[str, str]

_GROUP = "/subscriptions/{subscription}/resourcegroups/{group}"
_BESIDE = ("kind", "managedBy", "sku", "plan", "identity", "zones", "extendedLocation")


class ResourceListRoutes:
    """What ARM serves about resources of every type."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        router.add("GET", _GROUP + "/resources", self._in_group)
        router.add("GET", "/subscriptions/{subscription}/resources", self._in_subscription)
        router.add("HEAD", _GROUP + "/providers/{resource*}", self._exists)

    def _in_group(self, request: ArmRequest, names: Names) -> ArmResponse:
        group_id = f"/subscriptions/{names['subscription']}/resourceGroups/{names['group']}"
        return self._list(request, find_group(self._estate, group_id, names["group"]).id)

    def _in_subscription(self, request: ArmRequest, names: Names) -> ArmResponse:
        return self._list(request, f"/subscriptions/{names['subscription']}")

    def _list(self, request: ArmRequest, scope: str) -> ArmResponse:
        wanted = read_filter(request)
        prefix = scope.lower() + "/"
        found = [
            resource
            for resource in self._estate.all_resources()
            if resource.id.key.startswith(prefix) and wanted.holds(resource)
        ]
        page, link = paged(request, found, lambda each: (each.id.key,), top(request, self._estate.latency.page))
        expand = {each.strip().lower() for each in request.query.get("$expand", "").split(",")}
        rows = [self._row(each, expand, with_tags=not wanted.by_tag_value) for each in page]
        return ArmResponse(status=200, body=listed(rows, link))

    def _row(self, resource: Resource, expand: set[str], *, with_tags: bool) -> Json:
        row: Json = {
            "id": resource.id.text,
            "name": resource.id.name,
            "type": resource.id.type,
            **(_beside(self._estate, resource) if isinstance(resource, PlainResource) else {}),
            "location": resource.location,
        }
        if resource.tags is not None and with_tags:
            row["tags"] = resource.tags
        shown = {
            "createdTime": timestamp(resource.created),
            "changedTime": timestamp(resource.changed),
            "provisioningState": resource.provisioning_state,
        }
        return row | {name: value for name, value in shown.items() if name.lower() in expand}

    def _exists(self, request: ArmRequest, _names: Names) -> ArmResponse:
        """204 or 404, as of a group; what no client can make here may exist in Azure."""
        target = ResourceId.parse(request.path)
        if target is not None and self._estate.resource(target) is not None:
            return ArmResponse(status=204)
        if target is None or not (target.types[0] == "virtualNetworks" or plain_type(target)):
            raise not_emulated(request.method, request.path)
        return ArmResponse(status=204 if self._has_child(target) else 404)

    def _has_child(self, target: ResourceId) -> bool:
        network = self._estate.network(target.parent) if len(target.types) > 1 else None
        return network is not None and _child(network, target) is not None


def _child(network: VirtualNetwork, target: ResourceId) -> object:
    return network.subnet(target.name) if target.types[1] == "subnets" else network.peering(target.name)


def _beside(estate: Estate, resource: PlainResource) -> Json:
    body = plain_body(estate, resource, NETWORK[0])
    return {name: body[name] for name in _BESIDE if name in body}


def read_filter(request: ArmRequest) -> resource_filter.Filter:
    """Raises a 501 that names a filter which is not understood."""
    text = request.query.get("$filter", "")
    if not text.strip():
        return resource_filter.Filter()
    try:
        return resource_filter.parse(text.strip())
    except resource_filter.NotServed as error:
        raise not_emulated(request.method, f"{request.path} with $filter={text}") from error
