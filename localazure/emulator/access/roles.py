"""Role definitions and assignments, and the bodies in which ARM shows them (recordings of 2023 and 2024)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from localazure.emulator.access.scopes import allows

type Json = dict[str, Any]

DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions"
ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments"


@dataclass(kw_only=True)
class Definition:
    """A role: what it lets its holder do. Data actions are kept and never asked about."""

    guid: str
    name: str
    kind: str
    description: str | None
    assignable_scopes: list[str]
    actions: list[str]
    not_actions: list[str]
    data_actions: list[str] = field(default_factory=list)
    not_data_actions: list[str] = field(default_factory=list)
    created_on: str
    updated_on: str
    created_by: str | None = None
    updated_by: str | None = None

    def allows(self, action: str) -> bool:
        return allows(self.actions, self.not_actions, action)

    def id_in(self, subscription: str) -> str:
        """Its id as a subscription shows it; the tenant's own has no subscription in it."""
        return (f"/subscriptions/{subscription}" if subscription else "") + f"{DEFINITIONS}/{self.guid}"

    def body(self, subscription: str) -> Json:
        permission = {
            "actions": self.actions,
            "notActions": self.not_actions,
            "dataActions": self.data_actions,
            "notDataActions": self.not_data_actions,
        }
        properties: Json = {
            "roleName": self.name,
            "type": self.kind,
            "description": self.description,
            "assignableScopes": self.assignable_scopes,
            "permissions": [permission],
            "createdOn": self.created_on,
            "updatedOn": self.updated_on,
            "createdBy": self.created_by,
            "updatedBy": self.updated_by,
        }
        return {
            "properties": properties,
            "id": self.id_in(subscription),
            "type": "Microsoft.Authorization/roleDefinitions",
            "name": self.guid,
        }


@dataclass(kw_only=True)
class Assignment:
    """Who has which role where. `since` and `until`: seconds between which ARM's front ends know of it."""

    scope: str
    name: str
    definition: str
    """The id of the role as the client wrote it."""
    principal_id: str
    principal_type: str
    condition: str | None = None
    condition_version: str | None = None
    description: str | None = None
    created_on: str = ""
    updated_on: str = ""
    created_by: str | None = None
    updated_by: str | None = None
    since: float = 0.0
    until: float | None = None

    @property
    def id(self) -> str:
        return f"{self.scope}{ASSIGNMENTS}/{self.name}"

    @property
    def role(self) -> str:
        """The guid of its definition."""
        return self.definition.rpartition("/")[2].lower()

    def works_at(self, now: float) -> bool:
        return self.since <= now and (self.until is None or now < self.until)

    def body(self, *, just_written: bool = False) -> Json:
        """The answer to a PUT does not name who made it; every later one does."""
        properties: Json = {
            "roleDefinitionId": self.definition,
            "principalId": self.principal_id,
            "principalType": self.principal_type,
            "scope": self.scope,
            "condition": self.condition,
            "conditionVersion": self.condition_version,
            "createdOn": self.created_on,
            "updatedOn": self.updated_on,
            "createdBy": None if just_written else self.created_by,
            "updatedBy": self.updated_by,
            "delegatedManagedIdentityResourceId": None,
            "description": self.description,
        }
        return {
            "properties": properties,
            "id": self.id,
            "type": "Microsoft.Authorization/roleAssignments",
            "name": self.name,
        }
