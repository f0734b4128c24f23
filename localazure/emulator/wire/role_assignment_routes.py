"""Routes of role assignments, on anything (recordings of 2023 and 2024)."""

from __future__ import annotations

from typing import Any

from localazure.emulator.access import refusals
from localazure.emulator.access.roles import ASSIGNMENTS, Assignment
from localazure.emulator.activity_log import timestamp
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.refusals import invalid_format
from localazure.emulator.wire.access_scopes import check_exists, key_of, scope_of
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.responses import announce_write
from localazure.emulator.wire.role_filters import assignments_at
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]
type Names = dict[str, str]

_ACTION = "Microsoft.Authorization/roleAssignments/"


class RoleAssignmentRoutes:
    """What ARM serves below `providers/Microsoft.Authorization/roleAssignments`."""

    def __init__(self, estate: Estate, tenant: str) -> None:
        self._estate = estate
        self._tenant = tenant
        self._moments = 0

    def add_to(self, router: Router) -> None:
        one = "/{scope*}" + ASSIGNMENTS + "/{name}"
        router.add("GET", "/{scope*}" + ASSIGNMENTS, self._list)
        router.add("GET", one, self._get)
        router.add("PUT", one, self._put)
        router.add("DELETE", one, self._delete)

    def _list(self, request: ArmRequest, _names: Names) -> ArmResponse:
        scope, text = scope_of(request.path, ASSIGNMENTS), request.query.get("$filter", "")
        found = assignments_at(self._estate.access.assignments.values(), scope, text)
        return ArmResponse(status=200, body={"value": [each.body() for each in found]})

    def _get(self, request: ArmRequest, names: Names) -> ArmResponse:
        found = self._estate.access.assignments.get(key_of(request.path, ASSIGNMENTS, names["name"]))
        if found is None:
            raise refusals.assignment_not_found(names["name"])
        return ArmResponse(status=200, body=found.body())

    def _put(self, request: ArmRequest, names: Names) -> ArmResponse:
        """201 for an update too. The answer's createdOn is its own moment; later reads show the first updatedOn."""
        access, scope = self._estate.access, scope_of(request.path, ASSIGNMENTS)
        check_exists(self._estate, scope)
        sent = _read(request)
        existing = access.assignments.get(key_of(request.path, ASSIGNMENTS, names["name"]))
        self._check(sent, scope, existing)
        asked, done = self._moment(), self._moment()
        made = Assignment(
            scope=existing.scope if existing else scope,
            name=names["name"],
            definition=str(sent["roleDefinitionId"]),
            principal_id=str(sent["principalId"]),
            principal_type=str(sent.get("principalType") or "ServicePrincipal"),
            condition=sent.get("condition"),
            condition_version=sent.get("conditionVersion"),
            description=sent.get("description"),
            created_on=existing.created_on if existing else done,
            updated_on=done,
            created_by=existing.created_by if existing else request.caller.object_id,
            updated_by=request.caller.object_id,
            since=existing.since if existing else self._spread(),
        )
        access.assignments[made.id.lower()] = made
        announce_write(self._estate, request, made.id, _ACTION + "write", creates=existing is None)
        body = made.body(just_written=True)
        body["properties"]["createdOn"] = asked
        return ArmResponse(status=201, body=body)

    def _check(self, sent: Json, scope: str, existing: Assignment | None) -> None:
        access = self._estate.access
        guid, principal = str(sent["roleDefinitionId"]).rpartition("/")[2].lower(), str(sent["principalId"])
        if access.definition(guid) is None:
            raise refusals.definition_not_found(guid, 400)
        if existing is not None and (existing.principal_id, existing.role) != (principal, guid):
            raise refusals.assignment_fixed()
        if not sent.get("principalType") and not access.knows(principal):
            raise refusals.principal_not_found(principal, self._tenant)
        for each in access.assignments.values():
            same = (each.principal_id, each.role, each.scope.lower()) == (principal, guid, scope.lower())
            if same and each is not existing:
                raise refusals.assignment_exists()

    def _delete(self, request: ArmRequest, names: Names) -> ArmResponse:
        """The answer holds what was deleted, with the moment of that as updatedOn."""
        access = self._estate.access
        gone = access.assignments.pop(key_of(request.path, ASSIGNMENTS, names["name"]), None)
        if gone is None:
            return ArmResponse(status=204)
        gone.updated_on = self._moment()
        gone.until = self._spread()
        now = self._estate.clock()
        access.taken = [each for each in (*access.taken, gone) if each.works_at(now)]
        announce_write(self._estate, request, gone.id, _ACTION + "delete")
        return ArmResponse(status=200, body=gone.body())

    def _spread(self) -> float:
        """When ARM's front ends will know."""
        return self._estate.clock() + self._estate.access.role_delay

    def _moment(self) -> str:
        """Now, never the same twice."""
        self._moments += 1
        return timestamp(self._estate.clock() + self._moments * 1e-6)


def _read(request: ArmRequest) -> Json:
    sent = request.json().get("properties")
    if not isinstance(sent, dict) or not sent.get("roleDefinitionId") or not sent.get("principalId"):
        raise invalid_format("MissingJsonProperty", "Required properties roleDefinitionId and principalId not found.")
    return sent
