"""JSON schemas in one line each (JSON Schema 2020-12, as OpenAPI 3.1 has it)."""

from collections.abc import Iterable, Mapping
from typing import Any

type Schema = dict[str, Any]
"""A JSON schema, or a part of the document."""

SHOP = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shop"
    "/providers/Microsoft.Network/virtualNetworks/shop"
)
"""The network of the examples."""


def text(says: str = "", **more: object) -> Schema:
    return _said("string", says, more)


def word(words: Iterable[str], says: str = "") -> Schema:
    """One of so many."""
    return text(says, enum=[str(each) for each in words])


def moment(says: str = "") -> Schema:
    """ISO 8601 with its offset."""
    return text(says, format="date-time")


def number(says: str = "", **more: object) -> Schema:
    """A whole number."""
    return _said("integer", says, {"minimum": 0} | more)


def truth(says: str = "", **more: object) -> Schema:
    return _said("boolean", says, more)


def network(says: str = "") -> Schema:
    """The resource id of a virtual network."""
    return text(says, examples=[SHOP])


def rows(items: Schema, says: str = "", **more: object) -> Schema:
    return _said("array", says, {"items": items} | more)


def ref(name: str) -> Schema:
    """A schema of the document, by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    nullable = schema | {"type": [schema["type"], "null"]}
    return nullable | {"enum": [*schema["enum"], None]} if "enum" in schema else nullable


def thing(says: str, fields: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object; what is not optional is always there. A later version may have more."""
    both = dict(fields) | dict(optional or {})
    return _said("object", says, {"required": list(fields), "properties": both} if fields else {"properties": both})


def tally(says: str) -> Schema:
    """An object that counts by word."""
    return _said("object", says, {"additionalProperties": {"type": "integer", "minimum": 0}})


def _said(kind: str, says: str, more: Mapping[str, object]) -> Schema:
    return {"type": kind} | ({"description": says} if says else {}) | dict(more)
