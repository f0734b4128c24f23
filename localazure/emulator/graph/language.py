"""The query language, read into data: `Resources | where … | project … | order by … | limit …`.

What the language does not have is an InvalidQuery, as the service answers. What it has and this emulator does not
serve is NotServed, by name. docs/decisions/0018-a-parser-for-the-graph.md says why the parser is ours.
"""

from __future__ import annotations

from localazure.emulator.graph import unserved
from localazure.emulator.graph.expressions import any_of
from localazure.emulator.graph.operators import SERVED, is_operator
from localazure.emulator.graph.reader import Reader
from localazure.emulator.graph.syntax import Column, Comparison, Expand, Expression, Join, Member, Operator, Query
from localazure.emulator.graph.tables import COLUMNS
from localazure.emulator.graph.tokens import InvalidQuery, NotServed, ParserFailure, tokens

__all__ = ["InvalidQuery", "NotServed", "ParserFailure", "UnknownTable", "parse"]

_JOINS = {"leftouter", "inner", "innerunique"}
_MOST_OF_A_KIND = 3


class UnknownTable(InvalidQuery):
    """A table that Resource Graph does not have."""


def parse(text: str) -> Query:
    """Raises InvalidQuery or NotServed. No text at all stands for all resources, as Cloud Custodian sends it."""
    reader = Reader(tokens(text))
    if reader.peek().kind == "end":
        return Query("resources", ())
    found = _query(reader)
    if reader.peek().kind != "end":
        raise reader.failure()
    return found


def _query(reader: Reader) -> Query:
    """As far as it goes: to the end, or to the bracket that closes it."""
    table = _table(reader)
    operators: list[Operator] = []
    if table is not None and reader.take("|") is None:
        return Query(table, ())
    operators += _operator(reader, operators)
    while reader.take("|"):
        operators += _operator(reader, operators)
    return Query(table or "resources", tuple(operators))


def _table(reader: Reader) -> str | None:
    """The table that a query begins with; one may be left out, for the operators of `Resources`."""
    token, after = reader.peek(), reader.peek(1)
    if token.kind != "word" or is_operator(token):
        return None
    if after.kind != "end" and not after.is_("|", ")", "on"):
        raise reader.failure(token if not _is_known(token.text) else after)
    reader.next()
    if token.text.lower() in unserved.TABLES:
        raise NotServed(f"the table {token.text}")
    if token.text.lower() not in COLUMNS:
        raise UnknownTable(token.text)
    return token.text.lower()


def _is_known(table: str) -> bool:
    return table.lower() in COLUMNS or table.lower() in unserved.TABLES


def _operator(reader: Reader, before: list[Operator]) -> list[Operator]:
    token = reader.next()
    name = token.text.lower()
    if token.is_(*unserved.OPERATORS):
        raise NotServed(f"the operator {name}")
    if token.is_("join"):
        found: list[Operator] = [_join(reader)]
    elif token.kind == "word" and name in SERVED:
        found = SERVED[name](reader)
    else:
        raise reader.failure(token)
    if isinstance(found[0], Join | Expand):
        kind = type(found[0])
        if sum(isinstance(each, kind) for each in before) == _MOST_OF_A_KIND:
            raise reader.failure(token)
    return found


def _join(reader: Reader) -> Join:
    kind = "innerunique"
    while reader.peek(1).is_("=") or reader.peek(1).is_("."):
        kind = _parameter(reader, kind)
    if reader.take("("):
        right = _query(reader)
        reader.expect(")")
    else:
        right = Query(_table(reader) or "resources", ())
    reader.expect("on")
    on = [_pair(reader)]
    while reader.take(","):
        on.append(_pair(reader))
    return Join(kind, right, tuple(on))


def _parameter(reader: Reader, kind: str) -> str:
    """`kind=…`, or a hint, which changes nothing."""
    name = reader.of_kind("word")
    while reader.take("."):
        reader.of_kind("word")
    reader.expect("=")
    token = reader.of_kind("word")
    if not name.is_("kind"):
        return kind
    if token.is_(*unserved.JOINS):
        raise NotServed(f"join kind={token.text}")
    if not token.is_(*_JOINS):
        raise reader.failure(token)
    return token.text.lower()


def _pair(reader: Reader) -> tuple[Expression, Expression]:
    """`key`, or `$left.a == $right.b`."""
    found = any_of(reader)
    match found:
        case Column():
            return found, found
        case Comparison("==", Member(Column("$left"), str(left)), (Member(Column("$right"), str(right)),)):
            return Column(left), Column(right)
        case Comparison("==", Member(Column("$right"), str(right)), (Member(Column("$left"), str(left)),)):
            return Column(left), Column(right)
        case _:
            raise reader.failure()
