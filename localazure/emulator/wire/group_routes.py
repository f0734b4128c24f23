"""Routes of resource groups."""

from __future__ import annotations

from typing import Any

from localazure.emulator.networks import resource_groups
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.resources import ResourceGroup
from localazure.emulator.wire.job_routes import accepted
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.paging import listed, paged, top
from localazure.emulator.wire.resource_list_routes import read_filter
from localazure.emulator.wire.responses import announce_write
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]
type Names = dict[str, str]

_GROUPS = "/subscriptions/{subscription}/resourcegroups"
_ACTION = "Microsoft.Resources/subscriptions/resourceGroups/write"
_TYPED_SINCE = "2019-08-01"


class GroupRoutes:
    """What ARM serves for resource groups."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        router.add("GET", _GROUPS, self._list)
        router.add("GET", _GROUPS + "/{group}", self._get)
        router.add("HEAD", _GROUPS + "/{group}", self._head)
        router.add("PUT", _GROUPS + "/{group}", self._put)
        router.add("PATCH", _GROUPS + "/{group}", self._patch)
        router.add("DELETE", _GROUPS + "/{group}", self._delete)

    def _list(self, request: ArmRequest, names: Names) -> ArmResponse:
        prefix = f"/subscriptions/{names['subscription']}/".lower()
        wanted = read_filter(request)
        found = [each for key, each in self._estate.groups.items() if key.startswith(prefix) and wanted.holds(each)]
        page, link = paged(request, found, lambda each: (each.name.lower(),), top(request, self._estate.latency.page))
        return ArmResponse(status=200, body=listed([group_body(each, request.api_version) for each in page], link))

    def _find(self, names: Names) -> ResourceGroup:
        group_id = f"/subscriptions/{names['subscription']}/resourceGroups/{names['group']}"
        return resource_groups.find_group(self._estate, group_id, names["group"])

    def _get(self, request: ArmRequest, names: Names) -> ArmResponse:
        return ArmResponse(status=200, body=group_body(self._find(names), request.api_version))

    def _head(self, _request: ArmRequest, names: Names) -> ArmResponse:
        group_id = f"/subscriptions/{names['subscription']}/resourcegroups/{names['group']}"
        return ArmResponse(status=204 if group_id.lower() in self._estate.groups else 404)

    def _put(self, request: ArmRequest, names: Names) -> ArmResponse:
        group, creates = resource_groups.put_group(self._estate, names["subscription"], names["group"], request.json())
        announce_write(self._estate, request, group.id, _ACTION, creates=creates)
        return ArmResponse(status=201 if creates else 200, body=group_body(group, request.api_version))

    def _patch(self, request: ArmRequest, names: Names) -> ArmResponse:
        group = self._find(names)
        self._estate.writable(group)
        group.tags = request.json().get("tags", group.tags)
        announce_write(self._estate, request, group.id, _ACTION)
        return ArmResponse(status=200, body=group_body(group, request.api_version))

    def _delete(self, request: ArmRequest, names: Names) -> ArmResponse:
        operation = resource_groups.delete_group(self._estate, self._find(names), request.write())
        return accepted(request, operation)


def group_body(group: ResourceGroup, version: str) -> Json:
    body: Json = {"id": group.id, "name": group.name}
    if version >= _TYPED_SINCE:
        body["type"] = "Microsoft.Resources/resourceGroups"
    body["location"] = group.location
    if group.tags is not None:
        body["tags"] = group.tags
    body["properties"] = {"provisioningState": group.provisioning_state}
    return body
