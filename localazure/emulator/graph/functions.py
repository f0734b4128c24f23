"""The functions of the language that are served."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

type Value = Any
"""What a cell holds: JSON of any kind."""


def text(value: Value) -> str:
    """As `tostring` gives it: nothing for null, JSON for what has members."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def number(value: Value) -> float | None:
    if isinstance(value, bool | int | float):
        return float(value)
    try:
        return float(text(value))
    except ValueError:
        return None


def _whole(value: Value) -> int | None:
    found = number(value)
    return None if found is None else int(found)


def truth(value: Value) -> bool | None:
    if isinstance(value, bool):
        return value
    found = number(value)
    return {"true": True, "false": False}.get(text(value).lower(), None if found is None else found != 0)


def _is_empty(value: Value) -> bool:
    return value in (None, "")


FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "tostring": text,
    "tolower": lambda value: text(value).lower(),
    "toupper": lambda value: text(value).upper(),
    "tobool": truth,
    "toint": _whole,
    "tolong": _whole,
    "isempty": _is_empty,
    "isnotempty": lambda value: not _is_empty(value),
    "isnull": lambda value: value is None,
    "isnotnull": lambda value: value is not None,
    "array_length": lambda value: len(value) if isinstance(value, list) else None,
    "not": lambda value: not truth(value),
}
