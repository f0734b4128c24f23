"""All that is known of who may do what, and the questions asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from localazure.emulator.access.builtin_roles import BUILT_IN
from localazure.emulator.access.denials import DenyAssignment, Policy
from localazure.emulator.access.locks import Lock
from localazure.emulator.access.roles import Assignment, Definition
from localazure.emulator.access.scopes import covers

type Json = dict[str, Any]

SETTINGS = ("owners", "principals", "roleDelaySeconds", "denyAssignments", "policies")
"""What the control endpoint shows and sets; the rest is ARM's to write."""


@dataclass(kw_only=True)
class Access:
    """Keys are lower-cased ids. `principals` None means that the directory knows everybody."""

    owners: list[str] = field(default_factory=list)
    """Object ids that may do everything, without an assignment that could be seen or taken away."""
    principals: list[str] | None = None
    role_delay: float = 0.0
    """Seconds until ARM's front ends know of a role that was given or taken."""
    locks: dict[str, Lock] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)
    taken: list[Assignment] = field(default_factory=list)
    """Assignments that were deleted and still work for a while."""
    deny_assignments: list[DenyAssignment] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)

    def definition(self, guid: str) -> Definition | None:
        return self.definitions.get(guid.lower()) or BUILT_IN.get(guid.lower())

    def all_definitions(self) -> Iterator[Definition]:
        yield from BUILT_IN.values()
        yield from self.definitions.values()

    def may(self, principal: str, action: str, scope: str, now: float) -> bool:
        """Whether an owner, or a role that has spread by now, allows it."""
        if principal in self.owners:
            return True
        for each in (*self.assignments.values(), *self.taken):
            role = self.definition(each.role)
            held = each.principal_id == principal and each.works_at(now) and covers(each.scope, scope)
            if held and role is not None and role.allows(action):
                return True
        return False

    def denial(self, principal: str, action: str, scope: str) -> DenyAssignment | None:
        return next((each for each in self.deny_assignments if each.strikes(principal, action, scope)), None)

    def knows(self, principal: str) -> bool:
        return self.principals is None or principal in self.principals

    def settings(self) -> Json:
        return {
            "owners": self.owners,
            "principals": self.principals,
            "roleDelaySeconds": self.role_delay,
            "denyAssignments": [asdict(each) for each in self.deny_assignments],
            "policies": [asdict(each) for each in self.policies],
        }

    def change(self, wanted: Json) -> None:
        """Replace the settings that are named. Raises ValueError or TypeError and changes nothing."""
        if unknown := set(wanted) - set(SETTINGS):
            raise ValueError(f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join(SETTINGS)}.")
        whole = self.settings() | wanted
        principals = whole["principals"]
        denials = [DenyAssignment(**each) for each in whole["denyAssignments"]]
        policies = [Policy(**each) for each in whole["policies"]]
        delay = float(whole["roleDelaySeconds"])
        self.owners = [str(each) for each in whole["owners"]]
        self.principals = None if principals is None else [str(each) for each in principals]
        self.role_delay, self.deny_assignments, self.policies = delay, denials, policies

    def save(self) -> Json:
        return self.settings() | {
            "locks": [asdict(each) for each in self.locks.values()],
            "definitions": [asdict(each) for each in self.definitions.values()],
            "assignments": [asdict(each) for each in self.assignments.values()],
            "taken": [asdict(each) for each in self.taken],
        }

    @classmethod
    def load(cls, saved: Json) -> Access:
        """What `save` gave. Raises KeyError, TypeError or ValueError."""
        locks = [Lock(**each) for each in saved["locks"]]
        assignments = [Assignment(**each) for each in saved["assignments"]]
        access = cls(
            locks={each.id.lower(): each for each in locks},
            definitions={each["guid"]: Definition(**each) for each in saved["definitions"]},
            assignments={each.id.lower(): each for each in assignments},
            taken=[Assignment(**each) for each in saved["taken"]],
        )
        access.change({name: saved[name] for name in SETTINGS})
        return access
