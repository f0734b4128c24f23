"""Locks, roles and who has them, as a scenario puts them in place: by id, with the body of a PUT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localazure.emulator.access.locks import SUFFIX, Lock
from localazure.emulator.access.roles import ASSIGNMENTS, DEFINITIONS, Assignment, Definition
from localazure.emulator.access.state import Access

type Json = dict[str, Any]


def seed(access: Access, identifier: str, body: Json) -> bool:
    """Whether it was one of these. Nothing is checked: a scenario says what is."""
    for part, put in _PARTS.items():
        place = identifier.lower().rfind(part.lower() + "/")
        if place >= 0:
            name = identifier[place + len(part) + 1 :]
            put(access, identifier[:place], name, body.get("properties") or {})
            return True
    return False


def _lock(access: Access, scope: str, name: str, properties: Json) -> None:
    level = str(properties.get("level", "CanNotDelete"))
    lock = Lock(scope=scope, name=name, level=level, notes=properties.get("notes"))
    access.locks[lock.id.lower()] = lock


def _assignment(access: Access, scope: str, name: str, properties: Json) -> None:
    assignment = Assignment(
        scope=scope,
        name=name,
        definition=str(properties.get("roleDefinitionId", "")),
        principal_id=str(properties.get("principalId", "")),
        principal_type=str(properties.get("principalType", "ServicePrincipal")),
        condition=properties.get("condition"),
        condition_version=properties.get("conditionVersion"),
        description=properties.get("description"),
        created_on=str(properties.get("createdOn", "")),
        updated_on=str(properties.get("updatedOn", "")),
        created_by=properties.get("createdBy"),
        updated_by=properties.get("updatedBy"),
    )
    access.assignments[assignment.id.lower()] = assignment


def _definition(access: Access, scope: str, name: str, properties: Json) -> None:
    permission: Json = (properties.get("permissions") or [{}])[0]
    access.definitions[name.lower()] = Definition(
        guid=name.lower(),
        name=str(properties.get("roleName", name)),
        kind=str(properties.get("type", "CustomRole")),
        description=properties.get("description"),
        assignable_scopes=list(properties.get("assignableScopes") or [scope or "/"]),
        actions=list(permission.get("actions") or []),
        not_actions=list(permission.get("notActions") or []),
        created_on=str(properties.get("createdOn", "")),
        updated_on=str(properties.get("updatedOn", "")),
    )


_PARTS: dict[str, Callable[[Access, str, str, Json], None]] = {
    SUFFIX: _lock,
    ASSIGNMENTS: _assignment,
    DEFINITIONS: _definition,
}
