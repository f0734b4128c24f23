"""Two tables joined: each left row with the right rows whose keys are the same."""

from __future__ import annotations

from collections.abc import Mapping

from localazure.emulator.graph.functions import text
from localazure.emulator.graph.row import Row, Table
from localazure.emulator.graph.syntax import Expression, Join
from localazure.emulator.graph.values import value

type Key = tuple[str, ...]


def joined(join: Join, left: Table, right: Table) -> Table:
    """Columns of both; one of the right that the left has too gets a number behind its name."""
    names = _names(left.columns, right.columns)
    partners: dict[Key, list[Row]] = {}
    for row in right.rows:
        partners.setdefault(_key([each for _, each in join.on], row), []).append(row)
    keys = [each for each, _ in join.on]
    rows, seen = [], set()
    for row in left.rows:
        key = _key(keys, row)
        if join.kind == "innerunique" and key in seen:
            continue
        seen.add(key)
        found = partners.get(key, [])
        rows += [_pair(row, each, names) for each in found]
        if not found and join.kind == "leftouter":
            rows.append(_pair(row, Row(lambda _: None), names))
    return Table((*left.columns, *names), rows)


def _names(left: tuple[str, ...], right: tuple[str, ...]) -> dict[str, str]:
    """What the columns of the right side are called in the answer, and what they are called there."""
    taken = {name.lower() for name in left}
    names: dict[str, str] = {}
    for name in right:
        free, number = name, 0
        while free.lower() in taken:
            number += 1
            free = f"{name}{number}"
        taken.add(free.lower())
        names[free] = name
    return names


def _key(on: list[Expression], row: Row) -> Key:
    return tuple(text(value(each, row)) for each in on)


def _pair(left: Row, right: Row, names: Mapping[str, str]) -> Row:
    of_right = {free.lower(): name for free, name in names.items()}
    return Row(lambda name: right.cell(of_right[name]) if name in of_right else left.cell(name))
