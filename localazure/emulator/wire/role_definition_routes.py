"""Routes of role definitions: the tenant's own and those that clients make."""

from __future__ import annotations

from typing import Any

from localazure.emulator.access import refusals
from localazure.emulator.access.roles import DEFINITIONS, Definition
from localazure.emulator.activity_log import timestamp
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.refusals import invalid_format
from localazure.emulator.wire.access_scopes import scope_of
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.responses import announce_write
from localazure.emulator.wire.role_filters import definitions_at
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]
type Names = dict[str, str]

_ACTION = "Microsoft.Authorization/roleDefinitions/"


class RoleDefinitionRoutes:
    """What ARM serves below `providers/Microsoft.Authorization/roleDefinitions`."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        for scope in ("/{scope*}", ""):
            router.add("GET", scope + DEFINITIONS, self._list)
            router.add("GET", scope + DEFINITIONS + "/{name}", self._get)
        router.add("PUT", "/{scope*}" + DEFINITIONS + "/{name}", self._put)
        router.add("DELETE", "/{scope*}" + DEFINITIONS + "/{name}", self._delete)

    def _list(self, request: ArmRequest, _names: Names) -> ArmResponse:
        found = definitions_at(
            self._estate.access.all_definitions(),
            scope_of(request.path, DEFINITIONS) or "/",
            request.query.get("$filter", ""),
        )
        return ArmResponse(status=200, body={"value": [each.body(_subscription(request)) for each in found]})

    def _get(self, request: ArmRequest, names: Names) -> ArmResponse:
        found = self._estate.access.definition(names["name"])
        if found is None:
            raise refusals.definition_not_found(names["name"], 404)
        return ArmResponse(status=200, body=found.body(_subscription(request)))

    def _put(self, request: ArmRequest, names: Names) -> ArmResponse:
        made = self._read(request, names["name"].lower())
        for each in self._estate.access.all_definitions():
            if each.name.lower() == made.name.lower() and each.guid != made.guid:
                raise refusals.definition_name_taken(made.name)
        self._estate.access.definitions[made.guid] = made
        announce_write(self._estate, request, made.id_in(_subscription(request)), _ACTION + "write")
        return ArmResponse(status=201, body=made.body(_subscription(request)))

    def _read(self, request: ArmRequest, guid: str) -> Definition:
        sent = request.json().get("properties")
        if not isinstance(sent, dict) or not sent.get("roleName") or not sent.get("assignableScopes"):
            raise invalid_format("MissingJsonProperty", "Required properties roleName and assignableScopes not found.")
        existing = self._estate.access.definitions.get(guid)
        now, caller = timestamp(self._estate.clock()), request.caller.object_id
        permission: Json = (sent.get("permissions") or [{}])[0]
        return Definition(
            guid=guid,
            name=str(sent["roleName"]),
            kind=str(sent.get("type") or "CustomRole"),
            description=sent.get("description"),
            assignable_scopes=list(sent["assignableScopes"]),
            actions=list(permission.get("actions") or []),
            not_actions=list(permission.get("notActions") or []),
            data_actions=list(permission.get("dataActions") or []),
            not_data_actions=list(permission.get("notDataActions") or []),
            created_on=existing.created_on if existing else now,
            updated_on=now,
            created_by=existing.created_by if existing else caller,
            updated_by=caller,
        )

    def _delete(self, request: ArmRequest, names: Names) -> ArmResponse:
        guid = names["name"].lower()
        if any(each.role == guid for each in self._estate.access.assignments.values()):
            raise refusals.definition_in_use()
        gone = self._estate.access.definitions.pop(guid, None)
        if gone is None:
            return ArmResponse(status=204)
        announce_write(self._estate, request, gone.id_in(_subscription(request)), _ACTION + "delete")
        return ArmResponse(status=200, body=gone.body(_subscription(request)))


def _subscription(request: ArmRequest) -> str:
    """The subscription that the request was made in; none for the tenant's own list."""
    words = request.path.strip("/").split("/")
    return words[1] if words[0].lower() == "subscriptions" else ""
