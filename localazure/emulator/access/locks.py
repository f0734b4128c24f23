"""Locks: they bind everybody, owners too, and all below their scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from localazure.emulator.access.scopes import covers, tidy

type Json = dict[str, Any]

LEVELS = ("NotSpecified", "CanNotDelete", "ReadOnly")
SUFFIX = "/providers/Microsoft.Authorization/locks"


@dataclass(kw_only=True)
class Lock:
    """`scope` is the id of what is locked, as whoever made the lock wrote it."""

    scope: str
    name: str
    level: str
    notes: str | None = None

    @property
    def id(self) -> str:
        return f"{self.scope}{SUFFIX}/{self.name}"

    def body(self) -> Json:
        properties = {"level": self.level} | ({"notes": self.notes} if self.notes is not None else {})
        return {"properties": properties, "id": self.id, "type": "Microsoft.Authorization/locks", "name": self.name}


def in_the_way(locks: Iterable[Lock], verb: str, target: str) -> list[str]:
    """The locked scopes that forbid it (docs/facts/arm-access.md, Locks).

    A deletion is also held back by a lock on anything below the target: never is only a part deleted.
    """
    target = tidy(target)
    if verb == "delete":
        held = (each for each in locks if each.level in {"CanNotDelete", "ReadOnly"})
        found = [each.scope for each in held if covers(each.scope, target) or covers(target, each.scope)]
    elif verb in {"write", "action"}:
        found = [each.scope for each in locks if each.level == "ReadOnly" and covers(each.scope, target)]
    else:
        return []
    return list({scope.lower(): scope for scope in found}.values())


def seen_from(locks: Iterable[Lock], scope: str) -> list[Lock]:
    """A list of locks: those of the scope, those it inherits, and those below it."""
    return [each for each in locks if covers(each.scope, scope) or covers(scope, each.scope)]
