"""Reading the operators of a query, each by its name."""

from __future__ import annotations

from collections.abc import Callable

from localazure.emulator.graph import unserved
from localazure.emulator.graph.expressions import all_named, any_of, condition, name_of, named
from localazure.emulator.graph.reader import Reader
from localazure.emulator.graph.syntax import (
    Count,
    Distinct,
    Expand,
    Expression,
    Extend,
    Limit,
    Operator,
    Order,
    Project,
    ProjectAway,
    Summarize,
    Where,
)
from localazure.emulator.graph.tokens import NotServed, Token

ROWS_OF_A_ROW = 128
"""How many rows `mv-expand` makes of one unless told (docs/facts/resource-graph.md, Halves in it)."""


def _where(reader: Reader) -> list[Operator]:
    return [Where(condition(reader))]


def _project(reader: Reader) -> list[Operator]:
    return [Project(all_named(reader))]


def _project_away(reader: Reader) -> list[Operator]:
    names = [reader.of_kind("word").text]
    while reader.take(","):
        names.append(reader.of_kind("word").text)
    return [ProjectAway(tuple(names))]


def _extend(reader: Reader) -> list[Operator]:
    return [Extend(all_named(reader))]


def _order(reader: Reader) -> list[Operator]:
    reader.expect("by")
    return [_keys(reader)]


def _keys(reader: Reader) -> Order:
    keys = [_key(reader)]
    while reader.take(","):
        keys.append(_key(reader))
    return Order(tuple(keys))


def _key(reader: Reader) -> tuple[Expression, bool]:
    key = any_of(reader)
    downwards = reader.take("asc") is None  # the language sorts downwards unless told otherwise
    if downwards:
        reader.take("desc")
    if reader.peek().is_("nulls"):
        raise NotServed("the words nulls first and nulls last")
    return key, downwards


def _limit(reader: Reader) -> list[Operator]:
    return [Limit(_whole_number(reader))]


def _whole_number(reader: Reader) -> int:
    token = reader.of_kind("number")
    if not token.text.isdecimal():
        raise reader.failure(token)
    return int(token.text)


def _top(reader: Reader) -> list[Operator]:
    count = _whole_number(reader)
    reader.expect("by")
    return [_keys(reader), Limit(count)]


def _count(_reader: Reader) -> list[Operator]:
    return [Count()]


def _distinct(reader: Reader) -> list[Operator]:
    if reader.peek().is_("*"):
        raise NotServed("distinct *")
    return [Distinct(all_named(reader))]


def _summarize(reader: Reader) -> list[Operator]:
    counts = [_aggregate(reader, 0)]
    while reader.take(","):
        counts.append(_aggregate(reader, len(counts)))
    by = all_named(reader) if reader.take("by") else ()
    return [Summarize(tuple(counts), by)]


def _aggregate(reader: Reader, before: int) -> str:
    """The name of the column of a count, the one aggregate that is served."""
    name = f"count_{before or ''}"
    if reader.peek(1).is_("="):
        name = reader.of_kind("word").text
        reader.expect("=")
    token = reader.of_kind("word")
    reader.expect("(")
    if not token.is_("count"):
        raise NotServed(f"the aggregate {token.text.lower()}()")
    reader.expect(")")
    return name


def _expand(reader: Reader) -> list[Operator]:
    if reader.peek().is_("bagexpansion", "kind", "with_itemindex"):
        raise NotServed(f"mv-expand {reader.peek().text}")
    column = named(reader, 1)
    if reader.peek().is_("to", ","):
        raise NotServed("mv-expand of several columns" if reader.peek().is_(",") else "mv-expand to typeof()")
    limit = _whole_number(reader) if reader.take("limit") else ROWS_OF_A_ROW
    if not name_of(column[1]):
        raise NotServed("mv-expand of what is computed")
    return [Expand(column, limit)]


SERVED: dict[str, Callable[[Reader], list[Operator]]] = {
    "where": _where,
    "filter": _where,
    "project": _project,
    "project-away": _project_away,
    "extend": _extend,
    "order": _order,
    "sort": _order,
    "limit": _limit,
    "take": _limit,
    "top": _top,
    "count": _count,
    "distinct": _distinct,
    "summarize": _summarize,
    "mv-expand": _expand,
    "mvexpand": _expand,
}


def is_operator(token: Token) -> bool:
    """Whether a query may go on with this word."""
    return token.kind == "word" and (token.text.lower() in SERVED or token.is_("join", *unserved.OPERATORS))
