"""Deny assignments and policies: made by other services, so here by the control endpoint."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from localazure.emulator.access.refusals import PolicyViolation
from localazure.emulator.access.scopes import Asked, allows, covers

type Json = dict[str, Any]

_EFFECTS = {"write": "Deny", "delete": "DenyAction"}
"""The effect that refuses a verb."""
EFFECTS = ("Deny", "DenyAction", "Audit", "Disabled")


@dataclass(kw_only=True)
class DenyAssignment:
    """`principals` None is everybody; `excludePrincipals` are spared. Member names are ARM's own."""

    name: str
    scope: str
    actions: list[str]
    notActions: list[str] = field(default_factory=list)  # noqa: N815  as in ARM
    principals: list[str] | None = None
    excludePrincipals: list[str] = field(default_factory=list)  # noqa: N815  as in ARM

    @property
    def id(self) -> str:
        """As refusals print it: 32 digits without dashes."""
        return uuid5(NAMESPACE_URL, f"{self.scope}/{self.name}".lower()).hex

    def strikes(self, principal: str, action: str, scope: str) -> bool:
        hit = self.principals is None or principal in self.principals
        spared = principal in self.excludePrincipals
        return hit and not spared and covers(self.scope, scope) and allows(self.actions, self.notActions, action)


@dataclass(kw_only=True)
class Policy:
    """One assignment of a policy. `reason` is its message for those who do not comply, if it has one."""

    name: str
    scope: str
    actions: list[str]
    effect: str = "Deny"
    displayName: str = ""  # noqa: N815  as in ARM
    reason: str = ""

    def __post_init__(self) -> None:
        known = next((each for each in EFFECTS if each.lower() == self.effect.lower()), None)
        if known is None:
            raise ValueError(f"Policy '{self.name}': the effect is one of {', '.join(EFFECTS)}.")
        self.effect = known

    def refuses(self, asked: Asked) -> bool:
        strikes = _EFFECTS.get(asked.verb) == self.effect
        return strikes and covers(self.scope, asked.scope) and allows(self.actions, (), asked.action)

    def refusal(self, asked: Asked) -> PolicyViolation:
        name = asked.scope.rpartition("/")[2]
        if self.reason:
            message = (
                f"Resource '{name}' was disallowed by policy. Reasons: '{self.reason}'. See error details for policy "
                "resource IDs."
            )
        else:
            identifiers = json.dumps([self._identifier()], separators=(",", ":"))
            message = f"Resource '{name}' was disallowed by policy. Policy identifiers: '{identifiers}'."
        return PolicyViolation(name, message, self._info())

    @property
    def _title(self) -> str:
        return self.displayName or self.name

    @property
    def _assignment_id(self) -> str:
        return f"{self.scope.rstrip('/')}/providers/Microsoft.Authorization/policyAssignments/{self.name}"

    @property
    def _definition(self) -> str:
        return str(uuid5(NAMESPACE_URL, f"policy/{self.name}".lower()))

    @property
    def _definition_id(self) -> str:
        return f"/providers/Microsoft.Authorization/policyDefinitions/{self._definition}"

    def _identifier(self) -> Json:
        return {
            "policyAssignment": {"name": self._title, "id": self._assignment_id},
            "policyDefinition": {"name": self._title, "id": self._definition_id},
        }

    def _info(self) -> Json:
        evaluation: Json = {"evaluatedExpressions": []} | ({"reason": self.reason} if self.reason else {})
        return {
            "evaluationDetails": evaluation,
            "policyDefinitionId": self._definition_id,
            "policyDefinitionName": self._definition,
            "policyDefinitionDisplayName": self._title,
            "policyDefinitionEffect": self.effect,
            "policyAssignmentId": self._assignment_id,
            "policyAssignmentName": self.name,
            "policyAssignmentDisplayName": self._title,
            "policyAssignmentScope": self.scope,
            "policyAssignmentParameters": {},
            "policyExemptionIds": [],
        }
