"""A query as data: expressions over the columns of a row, and the operators that follow one another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column by its name, which is compared without case."""

    name: str


@dataclass(frozen=True)
class Member:
    """`of.part`, `of['part']` or `of[0]`."""

    of: Expression
    part: str | int


@dataclass(frozen=True)
class Literal:
    """A string, a number or a truth that stands in the query."""

    value: str | int | float | bool


@dataclass(frozen=True)
class Call:
    """A function of one argument."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Comparison:
    """`operator` compares `left` with one value, or with several for `in` and its kin."""

    operator: str
    left: Expression
    values: tuple[Expression, ...]


@dataclass(frozen=True)
class All:
    """`and`."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Either:
    """`or`."""

    parts: tuple[Expression, ...]


type Expression = Column | Member | Literal | Call | Comparison | All | Either
type Named = tuple[str, Expression]


@dataclass(frozen=True)
class Where:
    """Only the rows of which the condition is true."""

    condition: Expression


@dataclass(frozen=True)
class Project:
    """These columns and no others."""

    columns: tuple[Named, ...]


@dataclass(frozen=True)
class ProjectAway:
    """All columns but these."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Extend:
    """More columns, or other values for some."""

    columns: tuple[Named, ...]


@dataclass(frozen=True)
class Order:
    """Each key with whether it goes downwards."""

    keys: tuple[tuple[Expression, bool], ...]


@dataclass(frozen=True)
class Limit:
    """At most so many rows, the first ones."""

    count: int


@dataclass(frozen=True)
class Count:
    """How many rows there are, as a row."""


@dataclass(frozen=True)
class Distinct:
    """Rows of these columns, each once."""

    columns: tuple[Named, ...]


@dataclass(frozen=True)
class Summarize:
    """The names of the counts, and what is counted by."""

    counts: tuple[str, ...]
    by: tuple[Named, ...]


@dataclass(frozen=True)
class Expand:
    """`mv-expand`: at most `limit` rows of each row."""

    column: Named
    limit: int


@dataclass(frozen=True)
class Join:
    """`on`: the expression of the left side and that of the right."""

    kind: str
    right: Query
    on: tuple[tuple[Expression, Expression], ...]


type Operator = Where | Project | ProjectAway | Extend | Order | Limit | Count | Distinct | Summarize | Expand | Join


@dataclass(frozen=True)
class Query:
    """`table` in lower case."""

    table: str
    operators: tuple[Operator, ...]

    @property
    def limited(self) -> bool:
        return any(isinstance(each, Limit) for each in self.operators)
