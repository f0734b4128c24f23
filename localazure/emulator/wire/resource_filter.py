"""`$filter` of lists of resources and groups: what the Azure CLI and the SDK's documentation name, joined by `and`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from localazure.emulator.networks.resources import Resource, ResourceGroup

type Listed = Resource | ResourceGroup
type Test = Callable[[Listed], bool]

_VALUE = r"'(?P<value>(?:[^']|'')*)'"
_EQUALS = re.compile(rf"(?P<field>\w+)\s+(?P<operator>eq|ne)\s+{_VALUE}", re.IGNORECASE)
_STARTS = re.compile(rf"startswith\(\s*tagname\s*,\s*{_VALUE}\s*\)", re.IGNORECASE)
_CONTAINS = re.compile(rf"substringof\(\s*{_VALUE}\s*,\s*(?P<field>name|resourceGroup)\s*\)", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_FIELDS: dict[str, Callable[[Listed], str]] = {
    "name": lambda found: found.id.name if isinstance(found, Resource) else found.name,
    "location": lambda found: found.location,
    "resourcetype": lambda found: found.id.type if isinstance(found, Resource) else "",
    "resourcegroup": lambda found: found.id.group if isinstance(found, Resource) else found.name,
}


class NotServed(ValueError):
    """A filter that this emulator does not understand."""


@dataclass(frozen=True)
class Filter:
    """What is listed; `by_tag_value`: a tag's name and value were asked for, and the answer leaves tags out."""

    tests: tuple[Test, ...] = ()
    by_tag_value: bool = False

    def holds(self, found: Listed) -> bool:
        return all(test(found) for test in self.tests)


def parse(text: str) -> Filter:
    """Raises NotServed."""
    tests: list[Test] = []
    tag: dict[str, str] = {}
    position = 0
    while True:
        match = next((m for each in (_EQUALS, _STARTS, _CONTAINS) if (m := each.match(text, position))), None)
        if match is None:
            raise NotServed(text)
        tests += _test(match, tag)
        position = match.end()
        if not text[position:].strip():
            break
        joint = _AND.match(text, position)
        if joint is None:
            raise NotServed(text)
        position = joint.end()
    if tag:
        tests.append(_tagged(tag))
    return Filter(tuple(tests), by_tag_value=len(tag) > 1)


def _test(match: re.Match[str], tag: dict[str, str]) -> list[Test]:
    """The test that a part of the filter stands for; of the two about tags, which belong together, none yet."""
    value = match["value"].replace("''", "'")
    lowered = value.lower()
    if match.re is _STARTS:
        return [lambda found: any(name.lower().startswith(lowered) for name in found.tags or {})]
    field = match["field"].lower()
    if match.re is _CONTAINS:
        return [lambda found: lowered in _FIELDS[field](found).lower()]
    equals = match["operator"].lower() == "eq"
    if field in {"tagname", "tagvalue"} and equals:
        tag[field] = value
        return []
    if field not in _FIELDS:
        raise NotServed(match[0])
    return [lambda found: (_FIELDS[field](found).lower() == lowered) is equals]


def _tagged(tag: dict[str, str]) -> Test:
    """Names compare without case, values with (docs/facts/arm-networks.md, Tags)."""
    if "tagname" not in tag:
        raise NotServed("tagValue without tagName")
    wanted = tag["tagname"].lower()

    def holds(found: Listed) -> bool:
        values = [value for name, value in (found.tags or {}).items() if name.lower() == wanted]
        return bool(values) and tag.get("tagvalue", values[0]) == values[0]

    return holds
