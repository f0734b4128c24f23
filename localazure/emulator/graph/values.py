"""What an expression is worth in a row."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from localazure.emulator.graph.functions import FUNCTIONS, Value, number, text, truth
from localazure.emulator.graph.row import Row
from localazure.emulator.graph.syntax import All, Call, Column, Comparison, Either, Expression, Literal, Member


def value(expression: Expression, row: Row) -> Value:  # noqa: PLR0911  one case for each
    match expression:
        case Column(name):
            return row.cell(name)
        case Member(of, part):
            return _member(value(of, row), part)
        case Literal():
            return expression.value
        case Call(name, (argument,)):
            return FUNCTIONS[name](value(argument, row))
        case Comparison():
            return _compare(expression, row)
        case All(parts):
            return all(truth(value(each, row)) for each in parts)
        case Either(parts):
            return any(truth(value(each, row)) for each in parts)
        case _:
            raise ValueError(f"{expression} has no value")


def columns_of(expression: Expression) -> set[str]:
    """The columns that an expression reads, in lower case."""
    match expression:
        case Column(name):
            return {name.lower()}
        case Member(of, _):
            return columns_of(of)
        case Literal():
            return set()
        case Call(_, inner) | All(inner) | Either(inner):
            return {name for each in inner for name in columns_of(each)}
        case Comparison(_, left, values):
            return columns_of(left) | {name for each in values for name in columns_of(each)}


def _member(found: Value, part: str | int) -> Value:
    """None where there is none; names compare without case, so that tags do."""
    if isinstance(part, int):
        return found[part] if isinstance(found, list) and part < len(found) else None
    if not isinstance(found, dict):
        return None
    if part in found:
        return found[part]
    return next((found[key] for key in found if key.lower() == part.lower()), None)


def _compare(comparison: Comparison, row: Row) -> bool:
    left = value(comparison.left, row)
    operator = comparison.operator
    if operator in LISTS:
        return LISTS[operator](text(left), [text(value(each, row)) for each in comparison.values])
    right = value(comparison.values[0], row)
    if operator in NUMERIC and _is_number(right):
        one, other = number(left), number(right)
        return one is not None and other is not None and NUMERIC[operator](one, other)
    return COMPARISONS[operator](text(left), text(right))


def _is_number(found: Value) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


def _has(found: str, term: str) -> bool:
    """A whole word of it, as letters and digits make words."""
    return re.search(rf"(?<![^\W_]){re.escape(term)}(?![^\W_])", found, re.IGNORECASE) is not None


def _folded(values: list[str]) -> list[str]:
    return [each.lower() for each in values]


LISTS: dict[str, Callable[[str, list[str]], bool]] = {
    "in": lambda found, values: found in values,
    "!in": lambda found, values: found not in values,
    "in~": lambda found, values: found.lower() in _folded(values),
    "!in~": lambda found, values: found.lower() not in _folded(values),
}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
NUMERIC: dict[str, Callable[[float, float], bool]] = _ORDER
COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    **_ORDER,
    "=~": lambda one, other: one.lower() == other.lower(),
    "!~": lambda one, other: one.lower() != other.lower(),
    "has": _has,
    "!has": lambda one, other: not _has(one, other),
    "contains": lambda one, other: other.lower() in one.lower(),
    "!contains": lambda one, other: other.lower() not in one.lower(),
    "startswith": lambda one, other: one.lower().startswith(other.lower()),
    "!startswith": lambda one, other: not one.lower().startswith(other.lower()),
    "endswith": lambda one, other: one.lower().endswith(other.lower()),
    "!endswith": lambda one, other: not one.lower().endswith(other.lower()),
}
