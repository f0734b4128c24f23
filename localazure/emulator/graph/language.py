"""The query language, read into data: `Resources | where … | project … | order by … | limit …`.

Conditions may be joined with `and`; columns may be dotted or indexed (`tags['k']`, `properties.x[0]`) and renamed
in `project`. Anything else is a ParserFailure, as the service answers for what it cannot parse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<number>\d+)
    |(?P<mark>!in~|in~|=~|!~|==|!=|[|,()=.\[\]]|!in\b)
    |(?P<word>[A-Za-z_$][\w$]*)
    )""",
    re.VERBOSE,
)
_COMPARISONS = {"=~", "!~", "==", "!="}
_TESTS = {"isnotempty", "isempty", "isnotnull", "isnull"}


class ParserFailure(ValueError):
    """Where the text stops making sense; `position` counts characters from the start of the query."""

    def __init__(self, token: str, position: int) -> None:
        super().__init__(f"unexpected {token} at {position}")
        self.token = token
        self.position = position


type Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Condition:
    """`operator` compares the value at `path` with `values`; the tests (isempty …) have no values."""

    path: Path
    operator: str
    values: tuple[str, ...] = ()


@dataclass
class Query:
    """A query as data; `columns` None stands for all of them."""

    conditions: list[Condition] = field(default_factory=list)
    columns: list[tuple[str, Path]] | None = None
    order: list[tuple[Path, bool]] = field(default_factory=list)
    limit: int | None = None


@dataclass(frozen=True)
class _Token:
    """One word, mark, number or string, and where it stands in the text."""

    kind: str
    text: str
    position: int


def parse(text: str) -> Query:
    """Raises ParserFailure."""
    return _Parser(_tokens(text), len(text)).query()


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise ParserFailure(text[position:].strip()[0], position)
        token = match[match.lastgroup]
        if match.lastgroup == "string":
            token = re.sub(r"\\(.)", r"\1", token[1:-1])
        found.append(_Token(match.lastgroup, token, match.start(match.lastgroup)))
        position = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[_Token], length: int) -> None:
        self._tokens = tokens
        self._end = _Token("end", "<EOF>", length)
        self._at = 0

    def _peek(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else self._end

    def _next(self) -> _Token:
        token = self._peek()
        self._at += 1
        return token

    def _fail(self, token: _Token) -> ParserFailure:
        return ParserFailure(token.text, token.position)

    def _take(self, *texts: str) -> bool:
        if self._peek().kind in {"word", "mark"} and self._peek().text.lower() in texts:
            self._at += 1
            return True
        return False

    def _expect(self, *texts: str) -> None:
        if not self._take(*texts):
            raise self._fail(self._peek())

    def query(self) -> Query:
        query = Query()
        if self._take("resources"):
            if self._peek().kind == "end":
                return query
            self._expect("|")
        while True:
            self._operator(query)
            if self._peek().kind == "end":
                return query
            self._expect("|")

    def _operator(self, query: Query) -> None:
        if self._take("where"):
            query.conditions.append(self._condition())
            while self._take("and"):
                query.conditions.append(self._condition())
        elif self._take("project"):
            query.columns = [self._column()]
            while self._take(","):
                query.columns.append(self._column())
        elif self._take("order", "sort"):
            self._expect("by")
            query.order.append(self._ordering())
            while self._take(","):
                query.order.append(self._ordering())
        elif self._take("limit", "take"):
            query.limit = int(self._of_kind("number").text)
        else:
            raise self._fail(self._peek())

    def _of_kind(self, kind: str) -> _Token:
        token = self._next()
        if token.kind != kind:
            raise self._fail(token)
        return token

    def _condition(self) -> Condition:
        if self._peek().text.lower() in _TESTS and self._peek().kind == "word":
            test = self._next().text.lower()
            self._expect("(")
            path = self._path()
            self._expect(")")
            return Condition(path, test)
        path = self._path()
        token = self._next()
        operator = token.text.lower()
        if token.kind == "mark" and operator in _COMPARISONS:
            return Condition(path, operator, (self._of_kind("string").text,))
        if operator in {"in", "in~", "!in", "!in~"}:
            return Condition(path, operator, self._values())
        if token.kind == "word" and operator in {"contains", "startswith", "has"}:
            return Condition(path, operator, (self._of_kind("string").text,))
        raise self._fail(token)

    def _values(self) -> tuple[str, ...]:
        self._expect("(")
        values = [self._of_kind("string").text]
        while self._take(","):
            values.append(self._of_kind("string").text)
        self._expect(")")
        return tuple(values)

    def _column(self) -> tuple[str, Path]:
        if self._at + 1 < len(self._tokens) and self._tokens[self._at + 1].text == "=":
            name = self._of_kind("word").text
            self._expect("=")
            return name, self._path()
        path = self._path()
        return "_".join(str(part) for part in path), path

    def _ordering(self) -> tuple[Path, bool]:
        path = self._path()
        if self._take("asc"):
            return path, False
        self._take("desc")
        return path, True  # the language sorts downwards unless told otherwise

    def _path(self) -> Path:
        path: list[str | int] = [self._of_kind("word").text]
        while True:
            if self._take("."):
                path.append(self._of_kind("word").text)
            elif self._take("["):
                token = self._next()
                if token.kind not in {"string", "number"}:
                    raise self._fail(token)
                path.append(int(token.text) if token.kind == "number" else token.text)
                self._expect("]")
            else:
                return tuple(path)
