"""The type files: a JSON list each, in which `{"$ref": "#/N"}` is the N-th entry.

Their form, and where they come from, stands in `../shared/bicep-types/SOURCES.txt`.
"""

import json
from dataclasses import dataclass
from enum import IntFlag
from functools import cache
from typing import Any

from tests import shared

FOLDER = "bicep-types"


class Flag(IntFlag):
    """What `flags` of a property says."""

    REQUIRED = 1
    READ_ONLY = 2
    WRITE_ONLY = 4
    AT_START = 8  # the name, for one: known before anything is deployed


class Scope(IntFlag):
    """Where resources of a type live, by the names that `targetScope` gives."""

    tenant = 1
    managementGroup = 2  # noqa: N815 - Bicep's word
    subscription = 4
    resourceGroup = 8  # noqa: N815 - Bicep's word
    extension = 16


@dataclass(frozen=True, eq=False)
class Type:
    """One entry of a file."""

    file: tuple[dict[str, Any], ...]
    index: int

    @property
    def entry(self) -> dict[str, Any]:
        return self.file[self.index]

    @property
    def kind(self) -> str:
        return str(self.entry["$type"])

    def at(self, reference: dict[str, str]) -> "Type":
        return Type(self.file, int(reference["$ref"].removeprefix("#/")))


@dataclass(frozen=True)
class Resource:
    """A resource type of one version."""

    body: Type
    readable: Scope
    writable: Scope


@cache
def known() -> dict[str, Resource]:
    """Every resource type, by `type@version` in small letters: ARM does not tell capitals apart."""
    found = {}
    for path in sorted(shared.folder(FOLDER).glob("*.json")):
        file = tuple(json.loads(path.read_text("utf-8")))
        for index, entry in enumerate(file):
            if entry["$type"] == "ResourceType":
                body = Type(file, index).at(entry["body"])
                scopes = Scope(entry["readableScopes"]), Scope(entry["writableScopes"])
                found[entry["name"].lower()] = Resource(body, *scopes)
    return found


def resource(kind: str) -> Resource | None:
    return known().get(kind.lower())
