"""The rows of the table `Resources`: one per resource, members made only when a query reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from localazure.emulator.graph.language import Condition, Path, Query
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.resources import AnyResource, VirtualNetwork
from localazure.emulator.wire.directory_routes import API_VERSIONS
from localazure.emulator.wire.network_bodies import network_body
from localazure.emulator.wire.plain_bodies import plain_body

COLUMNS = (
    "id",
    "name",
    "type",
    "tenantId",
    "kind",
    "location",
    "resourceGroup",
    "subscriptionId",
    "managedBy",
    "sku",
    "plan",
    "properties",
    "tags",
    "identity",
    "zones",
    "extendedLocation",
)  # fmt: skip  one table row


class Row:
    """One resource as Resource Graph shows it: type and group in lower case, ids as they are."""

    def __init__(self, estate: Estate, resource: AnyResource, tenant: str) -> None:
        self._estate = estate
        self.resource = resource
        self.tenant = tenant

    def at(self, path: Path) -> Any:  # noqa: ANN401  a row's values are JSON of any kind
        """The value at a path, None where there is none; names of columns and tags are case-insensitive."""
        value = self._column(str(path[0]))
        for part in path[1:]:
            value = _step(value, part)
        return value

    def _column(self, name: str) -> Any:  # noqa: ANN401  as above
        make = _MAKERS.get(name.lower())
        return make(self) if make else None

    def properties(self) -> Any:  # noqa: ANN401  as above
        if isinstance(self.resource, VirtualNetwork):
            return network_body(self._estate, self.resource, API_VERSIONS[0])["properties"]
        return plain_body(self._estate, self.resource, API_VERSIONS[0])["properties"]


_MAKERS: dict[str, Callable[[Row], Any]] = {
    "id": lambda row: row.resource.id.text,
    "name": lambda row: row.resource.id.name,
    "type": lambda row: row.resource.id.type.lower(),
    "tenantid": lambda row: row.tenant,
    "location": lambda row: row.resource.location,
    "resourcegroup": lambda row: row.resource.id.group.lower(),
    "subscriptionid": lambda row: row.resource.id.subscription,
    "tags": lambda row: row.resource.tags,
    "properties": Row.properties,
    "kind": lambda _row: "",
    "managedby": lambda _row: "",
}


def _step(value: Any, part: str | int) -> Any:  # noqa: ANN401  as above
    if isinstance(part, int):
        return value[part] if isinstance(value, list) and part < len(value) else None
    if not isinstance(value, dict):
        return None
    if part in value:
        return value[part]
    return next((value[key] for key in value if key.lower() == part.lower()), None)


def select(query: Query, rows: Iterator[Row]) -> list[Row]:
    """The rows a query asks for, in the order it names; otherwise in one that stays the same between pages."""
    found = [row for row in rows if all(_holds(row, each) for each in query.conditions)]
    for path, downwards in reversed(query.order):
        found.sort(key=partial(_sort_key, path), reverse=downwards)
    return found if query.limit is None else found[: query.limit]


def _sort_key(path: Path, row: Row) -> str:
    value = row.at(path)
    return "" if value is None else str(value).lower()


def _holds(row: Row, condition: Condition) -> bool:
    value = row.at(condition.path)
    if condition.operator in _TESTS:
        return _TESTS[condition.operator](value)
    text = "" if value is None else str(value)
    return _COMPARISONS[condition.operator](text, condition.values)


_TESTS: dict[str, Callable[[Any], bool]] = {
    "isnotempty": lambda value: value not in (None, ""),
    "isempty": lambda value: value in (None, ""),
    "isnotnull": lambda value: value is not None,
    "isnull": lambda value: value is None,
}


def _folded(values: tuple[str, ...]) -> list[str]:
    return [each.lower() for each in values]


_COMPARISONS: dict[str, Callable[[str, tuple[str, ...]], bool]] = {
    "==": lambda text, values: text == values[0],
    "!=": lambda text, values: text != values[0],
    "=~": lambda text, values: text.lower() == values[0].lower(),
    "!~": lambda text, values: text.lower() != values[0].lower(),
    "in": lambda text, values: text in values,
    "!in": lambda text, values: text not in values,
    "in~": lambda text, values: text.lower() in _folded(values),
    "!in~": lambda text, values: text.lower() not in _folded(values),
    "contains": lambda text, values: values[0].lower() in text.lower(),
    "startswith": lambda text, values: text.lower().startswith(values[0].lower()),
    "has": lambda text, values: values[0].lower() in text.lower().replace("/", " ").split(),
}
