"""A row of a table: its cells are made when somebody reads them, and once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Row:
    """`make` gives the cell of a column, which it is asked for in lower case."""

    __slots__ = ("_cells", "_make")

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._cells: dict[str, Any] = {}

    def cell(self, name: str) -> Any:  # noqa: ANN401  JSON of any kind
        """None where there is nothing."""
        key = name.lower()
        if key not in self._cells:
            self._cells[key] = self._make(key)
        return self._cells[key]


@dataclass(frozen=True)
class Table:
    """Columns as they are spelled, and rows in their order."""

    columns: tuple[str, ...]
    rows: list[Row]

    def with_rows(self, rows: list[Row]) -> Table:
        return Table(self.columns, rows)
