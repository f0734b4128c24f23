"""The words of a query: names, numbers, strings and marks, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?:\s|//[^\n]*)*(?:
    (?P<string>@?'(?:[^'\\]|\\.)*'|@?"(?:[^"\\]|\\.)*")
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<mark>!in~|in~|=~|!~|==|!=|<=|>=|![A-Za-z]\w*|[|,()=.\[\]<>+*/%;-])
    |(?P<word>[A-Za-z_$][\w$]*)
    )""",
    re.VERBOSE,
)
_BLANK = re.compile(r"(?:\s|//[^\n]*)*")
_OPERATOR_END = re.compile(r"-[A-Za-z]+(?:-[A-Za-z]+)*")
_HYPHENATED = {"mv", "project", "make", "parse", "sample", "top", "graph", "partition"}


class InvalidQuery(ValueError):
    """A query that the service refuses too."""


class ParserFailure(InvalidQuery):
    """Where the text stops making sense; `position` counts characters from the start of the query."""

    def __init__(self, token: str, position: int) -> None:
        super().__init__(f"unexpected {token} at {position}")
        self.token = token
        self.position = position


class NotServed(Exception):
    """Something that the language has and this emulator does not; the text names it."""


@dataclass(frozen=True)
class Token:
    """One word, mark, number or string, and where it stands in the text."""

    kind: str
    text: str
    position: int

    def is_(self, *texts: str) -> bool:
        return self.kind in {"word", "mark"} and self.text.lower() in texts


def tokens(text: str) -> list[Token]:
    """All of them, and at the end one of the kind `end`. Raises ParserFailure at what is no token."""
    found: list[Token] = []
    position = _skip(text, 0)
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise ParserFailure(text[position], position)
        token = _token(text, match, match.lastgroup, found)
        found.append(token)
        longer = len(token.text) - (match.end() - match.start(match.lastgroup)) if token.kind == "word" else 0
        position = _skip(text, match.end() + longer)
    return [*found, Token("end", "<EOF>", len(text))]


def _skip(text: str, position: int) -> int:
    blank = _BLANK.match(text, position)
    return blank.end() if blank else position


def _token(text: str, match: re.Match[str], kind: str, before: list[Token]) -> Token:
    found = match[kind]
    if kind == "string":
        return Token(kind, _content(found), match.start(kind))
    starts_operator = not before or before[-1].is_("|", "(")
    if kind == "word" and starts_operator and found.lower() in _HYPHENATED:
        rest = _OPERATOR_END.match(text, match.end())
        return Token(kind, found + (rest[0] if rest else ""), match.start(kind))
    return Token(kind, found, match.start(kind))


def _content(quoted: str) -> str:
    """A string without its quotes; after an @ a backslash is nothing special."""
    if quoted.startswith("@"):
        return quoted[2:-1]
    return re.sub(r"\\(.)", r"\1", quoted[1:-1])
