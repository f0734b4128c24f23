"""Carrying out a query: from a table, operator by operator, to the table that is the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from localazure.emulator.graph import joins
from localazure.emulator.graph.functions import text
from localazure.emulator.graph.row import Row, Table
from localazure.emulator.graph.syntax import (
    Count,
    Distinct,
    Expand,
    Expression,
    Extend,
    Join,
    Limit,
    Named,
    Operator,
    Order,
    Project,
    ProjectAway,
    Query,
    Summarize,
    Where,
)
from localazure.emulator.graph.tokens import InvalidQuery
from localazure.emulator.graph.values import columns_of, value

type Tables = Callable[[str], Table]


class UnknownColumn(InvalidQuery):
    """A column that the table does not have there."""


def select(query: Query, tables: Tables) -> Table:
    """Raises UnknownColumn. Rows keep their order where nobody sorts them, so pages fit together."""
    found = tables(query.table)
    for operator in query.operators:
        found = _apply(operator, found, tables)
    return found


def _apply(operator: Operator, table: Table, tables: Tables) -> Table:  # noqa: C901, PLR0911  one case for each
    match operator:
        case Where(condition):
            _check(table, [condition])
            return table.with_rows([row for row in table.rows if value(condition, row)])
        case Project(columns):
            return _projected(table, columns)
        case ProjectAway(names):
            return Table(_without(table.columns, names), table.rows)
        case Extend(columns):
            return _extended(table, columns)
        case Order(keys):
            return _ordered(table, keys)
        case Limit(count):
            return table.with_rows(table.rows[:count])
        case Count():
            return Table(("Count",), [_fixed({"count": len(table.rows)})])
        case Distinct(columns):
            return _distinct(_projected(table, columns))
        case Summarize(counts, by):
            return _summarized(table, counts, by)
        case Expand(column, limit):
            return _expanded(table, column, limit)
        case Join():
            right = select(operator.right, tables)
            _check(table, [left for left, _ in operator.on])
            _check(right, [each for _, each in operator.on])
            return joins.joined(operator, table, right)


def _check(table: Table, expressions: Iterable[Expression]) -> None:
    known = {name.lower() for name in table.columns}
    for name in (name for each in expressions for name in columns_of(each)):
        if name not in known:
            raise UnknownColumn(name)


def _fixed(cells: dict[str, Any]) -> Row:
    """Cells by names in lower case."""
    return Row(cells.get)


def _without(columns: tuple[str, ...], names: Iterable[str]) -> tuple[str, ...]:
    gone = {name.lower() for name in names}
    return tuple(each for each in columns if each.lower() not in gone)


def _projected(table: Table, columns: tuple[Named, ...]) -> Table:
    _check(table, [each for _, each in columns])
    made = {name.lower(): each for name, each in columns}
    return Table(tuple(name for name, _ in columns), [Row(partial(_computed, made, row)) for row in table.rows])


def _computed(made: dict[str, Expression], row: Row, name: str) -> Any:  # noqa: ANN401  JSON of any kind
    return value(made[name], row) if name in made else None


def _extended(table: Table, columns: tuple[Named, ...]) -> Table:
    _check(table, [each for _, each in columns])
    made = {name.lower(): each for name, each in columns}
    names = tuple(name for name, _ in columns)
    return Table((*_without(table.columns, names), *names), [Row(partial(_over, made, row)) for row in table.rows])


def _over(made: dict[str, Expression], row: Row, name: str) -> Any:  # noqa: ANN401  as above
    return value(made[name], row) if name in made else row.cell(name)


def _ordered(table: Table, keys: tuple[tuple[Expression, bool], ...]) -> Table:
    _check(table, [key for key, _ in keys])
    rows = list(table.rows)
    for key, downwards in reversed(keys):
        rows.sort(key=partial(_sort_key, key), reverse=downwards)
    return table.with_rows(rows)


def _sort_key(key: Expression, row: Row) -> tuple[int, float, str]:
    """Nothing before numbers, numbers before text."""
    found = value(key, row)
    if found is None:
        return 0, 0, ""
    if isinstance(found, int | float):
        return 1, found, ""
    return 2, 0, text(found).lower()


def _distinct(table: Table) -> Table:
    seen = {tuple(text(row.cell(name)) for name in table.columns): row for row in reversed(table.rows)}
    return table.with_rows(list(reversed(seen.values())))


def _summarized(table: Table, counts: tuple[str, ...], by: tuple[Named, ...]) -> Table:
    _check(table, [each for _, each in by])
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in table.rows:
        groups.setdefault(tuple(text(value(each, row)) for _, each in by), []).append(row)
    if not by:
        groups = {(): table.rows}
    rows = [_fixed(_group(rows, counts, by)) for rows in groups.values()]
    return Table((*(name for name, _ in by), *counts), rows)


def _group(rows: list[Row], counts: tuple[str, ...], by: tuple[Named, ...]) -> dict[str, Any]:
    keys = {name.lower(): value(each, rows[0]) for name, each in by}
    return keys | {name.lower(): len(rows) for name in counts}


def _expanded(table: Table, column: Named, limit: int) -> Table:
    """A row for each element; none for an empty list, and one for what is no list."""
    name, expression = column
    _check(table, [expression])
    rows = []
    for row in table.rows:
        found = value(expression, row)
        elements = found[:limit] if isinstance(found, list) else [found]
        rows += [_replaced(row, name.lower(), each) for each in elements]
    known = {each.lower() for each in table.columns}
    return Table(table.columns if name.lower() in known else (*table.columns, name), rows)


def _replaced(row: Row, name: str, element: object) -> Row:
    return Row(lambda asked: element if asked == name else row.cell(asked))
