"""Reading expressions: conditions with `and`, `or` and comparisons, columns and what is inside of them, calls."""

from __future__ import annotations

from localazure.emulator.graph import unserved
from localazure.emulator.graph.functions import FUNCTIONS
from localazure.emulator.graph.reader import Reader
from localazure.emulator.graph.syntax import All, Call, Column, Comparison, Either, Expression, Literal, Member, Named
from localazure.emulator.graph.tokens import NotServed, Token
from localazure.emulator.graph.values import COMPARISONS, LISTS, NUMERIC

_ARITHMETIC = ("+", "-", "*", "/", "%")
# One argument, and its column is named after it when nobody names it.
_NAMED_AFTER_ARGUMENT = {"tostring", "tolower", "toupper", "tobool", "toint", "tolong"}


def condition(reader: Reader) -> Expression:
    """What `where` takes: a column alone is no condition."""
    found = any_of(reader)
    is_truth = isinstance(found, Literal) and isinstance(found.value, bool)
    if isinstance(found, Column | Member | Literal) and not is_truth:
        raise reader.failure()
    return found


def any_of(reader: Reader) -> Expression:
    parts = [_all_of(reader)]
    while reader.take("or"):
        parts.append(_all_of(reader))
    return parts[0] if len(parts) == 1 else Either(tuple(parts))


def _all_of(reader: Reader) -> Expression:
    parts = [_comparison(reader)]
    while reader.take("and"):
        parts.append(_comparison(reader))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _comparison(reader: Reader) -> Expression:
    left = _term(reader)
    token = reader.peek()
    operator = token.text.lower()
    if token.is_(*LISTS):
        reader.next()
        return Comparison(operator, left, _values(reader))
    if token.is_(*COMPARISONS):
        reader.next()
        return Comparison(operator, left, (_compared(reader, operator),))
    if token.is_(*unserved.WORDS):
        raise NotServed(f"the operator {operator}")
    return left


def _compared(reader: Reader, operator: str) -> Expression:
    """A text operator takes no number."""
    if reader.peek().kind == "number" and operator not in NUMERIC:
        raise reader.failure()
    return _term(reader)


def _values(reader: Reader) -> tuple[Expression, ...]:
    reader.expect("(")
    values = [_term(reader)]
    while reader.take(","):
        values.append(_term(reader))
    reader.expect(")")
    return tuple(values)


def _term(reader: Reader) -> Expression:
    found = _inside(reader, _primary(reader))
    if reader.peek().is_(*_ARITHMETIC):
        raise NotServed(f"the operator {reader.peek().text}")
    return found


def _primary(reader: Reader) -> Expression:
    token = reader.next()
    if token.kind == "string":
        return Literal(token.text)
    if token.kind == "number":
        return Literal(float(token.text) if "." in token.text else int(token.text))
    if token.is_("("):
        found = any_of(reader)
        reader.expect(")")
        return found
    if token.is_("["):
        return _quoted_column(reader)
    if token.kind != "word":
        raise reader.failure(token)
    if token.is_("true", "false"):
        return Literal(token.text.lower() == "true")
    return _call(reader, token) if reader.take("(") else Column(token.text)


def _quoted_column(reader: Reader) -> Expression:
    """`['a name with spaces']`."""
    name = reader.of_kind("string").text
    reader.expect("]")
    return Column(name)


def _call(reader: Reader, token: Token) -> Expression:
    name = token.text.lower()
    if name not in FUNCTIONS:
        kind = "aggregate" if name in unserved.AGGREGATES else "function"
        raise NotServed(f"the {kind} {name}()")
    arguments = [any_of(reader)]
    while reader.take(","):
        arguments.append(any_of(reader))
    reader.expect(")")
    if len(arguments) != 1:
        raise reader.failure(token)
    return Call(name, tuple(arguments))


def _inside(reader: Reader, found: Expression) -> Expression:
    while True:
        if reader.take("."):
            found = Member(found, reader.of_kind("word").text)
        elif reader.take("["):
            token = reader.next()
            if token.kind not in {"string", "number"}:
                raise reader.failure(token)
            found = Member(found, int(token.text) if token.kind == "number" else token.text)
            reader.expect("]")
        else:
            return found


def named(reader: Reader, place: int) -> Named:
    """`name = expression`, or an expression whose column gets the name that the service gives it."""
    if reader.peek().kind == "word" and reader.peek(1).is_("="):
        name = reader.next().text
        reader.expect("=")
        return name, any_of(reader)
    found = any_of(reader)
    return name_of(found) or f"Column{place}", found


def all_named(reader: Reader) -> tuple[Named, ...]:
    found = [named(reader, 1)]
    while reader.take(","):
        found.append(named(reader, len(found) + 1))
    return tuple(found)


def name_of(expression: Expression) -> str:
    """`properties_a_b` for `properties.a.b`; nothing for what is computed."""
    match expression:
        case Column(name):
            return name
        case Member(of, part):
            before = name_of(of)
            return f"{before}_{part}" if before else ""
        case Call(name, (argument,)) if name in _NAMED_AFTER_ARGUMENT:
            return name_of(argument)
        case _:
            return ""
