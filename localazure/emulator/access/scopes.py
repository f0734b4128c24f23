"""Scopes and actions as ARM compares them: paths without regard to case, actions with wildcards."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from localazure.emulator.resource_id import spell, spelled

_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
# What ARM serves to everybody who got in: where to poll, and what there is.
_OPEN = {"locations", "operationresults", "providers"}

spell(
    "Microsoft.Authorization",
    "Microsoft.Resources",
    "resourceGroups",
    "locks",
    "roleAssignments",
    "roleDefinitions",
    "routes",
)


@dataclass(frozen=True)
class Asked:
    """What a request asks for: an action such as `Microsoft.Network/virtualNetworks/read`, over a scope."""

    action: str
    scope: str

    @property
    def verb(self) -> str:
        """read, write, delete or action."""
        return self.action.rpartition("/")[2]


def tidy(path: str) -> str:
    """One slash between words and none at the end; the caller's own case."""
    return "/" + "/".join(word for word in path.split("/") if word)


def covers(scope: str, target: str) -> bool:
    """Whether a scope is the target or above it; `/` and a management group are above everything."""
    above, below = tidy(scope).lower(), tidy(target).lower()
    if above == "/" or above.startswith("/providers/microsoft.management/"):
        return True
    return below == above or below.startswith(above + "/")


def asked(method: str, path: str) -> Asked | None:
    """The action that ARM checks, and where. None for what needs no role: polls, catalogues, the tenant itself."""
    words = tidy(path).strip("/").split("/")
    lowered = [word.lower() for word in words]
    if lowered[0] != "subscriptions" or len(words) == 1:
        return None
    place = len(words) - 1 - lowered[::-1].index("providers") if "providers" in lowered else None
    head, namespace, rest = words, "Microsoft.Resources", words
    if place is not None:
        head, rest = words[:place], words[place + 2 :]
        namespace = spelled(words[place + 1]) if place + 1 < len(words) else ""
    if not rest or rest[0].lower() in _OPEN or (place is None and lowered[2:3] and lowered[2] in _OPEN):
        return None
    types = "/".join(spelled(word) for word in rest[::2])
    verb = "action" if method == "POST" else _VERBS.get(method, "read")
    inner = words if len(rest) % 2 == 0 else words[:-1] if len(rest) > 1 else head
    return Asked(f"{namespace}/{types}/{verb}", "/" + "/".join(inner))


@lru_cache(maxsize=4096)
def _pattern(action: str) -> re.Pattern[str]:
    return re.compile(re.escape(action).replace(r"\*", ".*"), re.IGNORECASE)


def allows(actions: Iterable[str], not_actions: Iterable[str], action: str) -> bool:
    """Whether one of `actions` is this action and none of `not_actions` is; `*` stands for anything."""
    if not any(_pattern(each).fullmatch(action) for each in actions):
        return False
    return not any(_pattern(each).fullmatch(action) for each in not_actions)
