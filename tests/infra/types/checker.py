"""What of a value its type does not allow.

Stricter than the compiler in one point: a list of values that is open to others is taken as closed.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.infra.types.type_files import Flag, Type
from tests.infra.types.values import Some, each

type Faults = Iterator[str]


def faults(kind: Type, value: object, path: str = "") -> Faults:
    """Sentences, each beginning with the path of the property it is about."""
    for one in each(value):
        yield from _CHECKS[kind.kind](kind, one, path)


def _object(kind: Type, value: object, path: str) -> Faults:
    if isinstance(value, dict):
        yield from _properties(kind, value, path, kind.entry.get("properties", {}))
    elif not _some(value, "object"):
        yield f"{path}: is no object"


def _properties(kind: Type, value: dict[str, Any], path: str, known: dict[str, Any]) -> Faults:
    others = kind.entry.get("additionalProperties")
    for name, inner in value.items():
        if name in known:
            yield from _property(kind, known[name], inner, f"{path}.{name}")
        elif others:
            yield from faults(kind.at(others), inner, f"{path}.{name}")
        else:
            yield f"{path}.{name}: is unknown"
    needed = (
        name for name, one in known.items() if Flag(one["flags"]) & (Flag.REQUIRED | Flag.READ_ONLY) == Flag.REQUIRED
    )
    yield from (f"{path}.{name}: is missing" for name in needed if name not in value)


def _property(kind: Type, known: dict[str, Any], value: object, path: str) -> Faults:
    flags = Flag(known["flags"])
    if Flag.READ_ONLY in flags:
        yield f"{path}: is read-only"
        return
    for one in each(value):
        if one is not None or Flag.REQUIRED in flags:  # null leaves an optional one out
            yield from faults(kind.at(known["type"]), one, path)


def _discriminated(kind: Type, value: object, path: str) -> Faults:
    if not isinstance(value, dict):
        yield from () if _some(value, "object") else (f"{path}: is no object",)
        return
    key, elements = kind.entry["discriminator"], kind.entry["elements"]
    if key not in value:
        yield f"{path}.{key}: is missing"
    for chosen in each(value.get(key)):
        if chosen in elements:
            element = kind.at(elements[chosen])
            yield from _properties(element, value, path, kind.entry["baseProperties"] | element.entry["properties"])
        elif key in value:
            yield f"{path}.{key}: is {chosen!r}, none of {', '.join(sorted(elements))}"


def _array(kind: Type, value: object, path: str) -> Faults:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from faults(kind.at(kind.entry["itemType"]), item, f"{path}[{index}]")
        yield from _within(kind, len(value), "Length", f"{path}: has {len(value)} items")
    elif not _some(value, "array"):
        yield f"{path}: is no array"


def _union(kind: Type, value: object, path: str) -> Faults:
    elements = [kind.at(one) for one in kind.entry["elements"]]
    literals = [one.entry["value"] for one in elements if one.kind == "StringLiteralType"]
    if isinstance(value, str) and literals:
        yield from () if value in literals else (f"{path}: is {value!r}, none of {', '.join(literals)}",)
    elif all(any(faults(one, value, path)) for one in elements):
        yield f"{path}: is {value!r}, none of its {len(elements)} kinds"


def _literal(kind: Type, value: object, path: str) -> Faults:
    if value != kind.entry["value"] and not _some(value, "string"):
        yield f"{path}: is {value!r}, not {kind.entry['value']}"


def _string(kind: Type, value: object, path: str) -> Faults:
    if isinstance(value, str):
        yield from _within(kind, len(value), "Length", f"{path}: has {len(value)} characters")
        if not re.search(kind.entry.get("pattern", ""), value):
            yield f"{path}: is {value!r}, not of the form {kind.entry['pattern']}"
    elif not _some(value, "string"):
        yield f"{path}: is no string"


def _integer(kind: Type, value: object, path: str) -> Faults:
    if isinstance(value, int) and not isinstance(value, bool):
        yield from _within(kind, value, "Value", f"{path}: is {value}")
    elif not _some(value, "int"):
        yield f"{path}: is no integer"


def _boolean(_: Type, value: object, path: str) -> Faults:
    if not isinstance(value, bool) and not _some(value, "bool"):
        yield f"{path}: is no boolean"


def _within(kind: Type, value: int, what: str, sentence: str) -> Faults:
    low, high = kind.entry.get(f"min{what}"), kind.entry.get(f"max{what}")
    if low is not None and value < low:
        yield f"{sentence}, and {low} is the least"
    if high is not None and value > high:
        yield f"{sentence}, and {high} is the most"


def _some(value: object, kind: str) -> bool:
    return isinstance(value, Some) and value.may_be(kind)


_CHECKS: dict[str, Callable[[Type, Any, str], Faults]] = {
    "AnyType": lambda *_: iter(()),
    "ArrayType": _array,
    "BooleanType": _boolean,
    "DiscriminatedObjectType": _discriminated,
    "IntegerType": _integer,
    "ObjectType": _object,
    "StringLiteralType": _literal,
    "StringType": _string,
    "UnionType": _union,
}
