"""The filters that clients put to roles: what `az role` asks, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from localazure.emulator.access.roles import Assignment, Definition
from localazure.emulator.access.scopes import covers
from localazure.emulator.errors import not_emulated

_TERM = re.compile(
    r"\s*(?:(?P<call>atScope|assignedTo)\((?:'(?P<to>[^']*)')?\)|(?P<member>\w+)\s+eq\s+'(?P<is>[^']*)')\s*"
)


def _terms(text: str) -> list[re.Match[str]]:
    """Raises 501 for a filter that is not understood."""
    found = [_TERM.fullmatch(each) for each in re.split(r"\s+and\s+", text)] if text.strip() else []
    terms = [each for each in found if each is not None]
    if len(terms) != len(found):
        raise not_emulated("GET", f"roles with $filter={text}")
    return terms


def assignments_at(found: Iterable[Assignment], scope: str, text: str) -> list[Assignment]:
    """Those at, above and below a scope; `atScope()` leaves out what is below."""
    kept = [each for each in found if covers(each.scope, scope) or covers(scope, each.scope)]
    for term in _terms(text):
        if term["call"] == "atScope":
            kept = [each for each in kept if covers(each.scope, scope)]
        elif term["call"] == "assignedTo" or term["member"] == "principalId":
            wanted = (term["to"] or term["is"] or "").lower()
            kept = [each for each in kept if each.principal_id.lower() == wanted]
        else:
            raise not_emulated("GET", f"role assignments with $filter={text}")
    return kept


def definitions_at(found: Iterable[Definition], scope: str, text: str) -> list[Definition]:
    """Those that may be assigned at a scope."""
    kept = [each for each in found if any(covers(one, scope) or covers(scope, one) for one in each.assignable_scopes)]
    for term in _terms(text):
        wanted = (term["is"] or "").lower()
        if term["member"] == "roleName":
            kept = [each for each in kept if each.name.lower() == wanted]
        elif term["member"] == "type":
            kept = [each for each in kept if each.kind.lower() == wanted]
        elif term["call"] != "atScope":
            raise not_emulated("GET", f"role definitions with $filter={text}")
    return kept
