"""Routes of resource groups and of the list of resources."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from typing import Any

from localazure.emulator.errors import ArmError, not_emulated
from localazure.emulator.networks import resource_groups
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Kind, Operation
from localazure.emulator.networks.resources import Resource, ResourceGroup
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.responses import announce_write
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]
type Names = dict[str, str]

_GROUPS = "/subscriptions/{subscription}/resourcegroups"
_ACTION = "Microsoft.Resources/subscriptions/resourceGroups/write"
_TYPED_SINCE = "2019-08-01"
_CLAUSE = re.compile(r"\s*(resourceType|resourceGroup|name)\s+eq\s+'([^']*)'\s*", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


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
        router.add("GET", _GROUPS + "/{group}/resources", self._resources)
        router.add("GET", "/subscriptions/{subscription}/resources", self._resources)
        router.add("GET", "/subscriptions/{subscription}/operationresults/{job}", self._result)

    def _list(self, request: ArmRequest, names: Names) -> ArmResponse:
        prefix = f"/subscriptions/{names['subscription']}/".lower()
        found = [
            group_body(group, request.api_version)
            for key, group in self._estate.groups.items()
            if key.startswith(prefix)
        ]
        return ArmResponse(status=200, body={"value": found})

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
        group.tags = request.json().get("tags", group.tags)
        announce_write(self._estate, request, group.id, _ACTION)
        return ArmResponse(status=200, body=group_body(group, request.api_version))

    def _delete(self, request: ArmRequest, names: Names) -> ArmResponse:
        operation = resource_groups.delete_group(self._estate, self._find(names), request.write())
        return self._accepted(request, operation)

    def _accepted(self, request: ArmRequest, operation: Operation) -> ArmResponse:
        location = (
            f"{request.endpoint}/subscriptions/{operation.subscription}/operationresults/{_job(operation)}"
            f"?api-version={operation.api_version}"
        )
        return ArmResponse(status=202, headers={"Location": location}, operation=operation)

    def _result(self, request: ArmRequest, names: Names) -> ArmResponse:
        operation = next(
            (
                each
                for each in reversed(self._estate.ledger.by_id.values())
                if each.kind is Kind.DELETE_GROUP and _job(each) == names["job"]
            ),
            None,
        )
        if operation is None:
            raise ArmError(404, "JobNotFound", f"The job '{names['job']}' could not be found.")
        if operation.running:
            return self._accepted(request, operation)
        if operation.failure is not None:
            raise ArmError(409, operation.failure.code, operation.failure.message)
        return ArmResponse(status=200)

    def _resources(self, request: ArmRequest, names: Names) -> ArmResponse:
        """All resources, or those of one type, group or name: the filters that clients of networks use."""
        wanted = _wanted(request)
        prefix = request.path.rstrip("/").rpartition("/")[0].lower() + "/"
        expand = request.query.get("$expand", "").lower()
        found = [
            _resource_row(resource, with_state="provisioningstate" in expand)
            for resource in self._estate.all_resources()
            if resource.id.key.startswith(prefix) and wanted.items() <= _filterable(resource).items()
        ]
        if "group" in names:
            self._find(names)
        return ArmResponse(status=200, body={"value": found})


def _wanted(request: ArmRequest) -> dict[str, str]:
    """What the filter asks for, lower-cased. Raises NotEmulated for any that has more than `eq` and `and`."""
    text = request.query.get("$filter")
    if text is None:
        return {}
    clauses = [_CLAUSE.fullmatch(part) for part in _AND.split(text)]
    if not all(clauses):
        raise not_emulated(request.method, f"{request.path} with $filter={text}")
    return {match[1].lower(): match[2].lower() for match in clauses if match}


def _filterable(resource: Resource) -> dict[str, str]:
    found = {"resourcetype": resource.id.type, "resourcegroup": resource.id.group, "name": resource.id.name}
    return {name: value.lower() for name, value in found.items()}


def group_body(group: ResourceGroup, version: str) -> Json:
    body: Json = {"id": group.id, "name": group.name}
    if version >= _TYPED_SINCE:
        body["type"] = "Microsoft.Resources/resourceGroups"
    body["location"] = group.location
    if group.tags is not None:
        body["tags"] = group.tags
    body["properties"] = {"provisioningState": group.provisioning_state}
    return body


def _resource_row(resource: Resource, *, with_state: bool) -> Json:
    row: Json = {
        "id": resource.id.text,
        "name": resource.id.name,
        "type": resource.id.type,
        "location": resource.location,
    }
    if resource.tags is not None:
        row["tags"] = resource.tags
    if with_state:
        row["provisioningState"] = resource.provisioning_state
    return row


def _job(operation: Operation) -> str:
    """The job id in the poll URL, as ARM makes it: base64 of JSON with the group's name in it."""
    group = operation.target.rpartition("/")[2].upper().replace("-", ":2D").replace("_", ":5F")
    job = f"RESOURCEGROUPDELETIONJOB-{group}-{operation.location.upper()}"
    text = f'{{"jobId":"{job}","jobLocation":"{operation.location}"}}'
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")
