"""Reading a list of tokens, one after another."""

from __future__ import annotations

from localazure.emulator.graph.tokens import ParserFailure, Token


class Reader:
    """Where one is in the tokens of a query; what comes next is looked at, taken, or expected."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self, ahead: int = 0) -> Token:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def next(self) -> Token:
        token = self.peek()
        self._at += 1
        return token

    def take(self, *texts: str) -> Token | None:
        """The next token if it is one of these words or marks."""
        return self.next() if self.peek().is_(*texts) else None

    def expect(self, *texts: str) -> None:
        if self.take(*texts) is None:
            raise self.failure()

    def of_kind(self, kind: str) -> Token:
        token = self.next()
        if token.kind != kind:
            raise self.failure(token)
        return token

    def failure(self, token: Token | None = None) -> ParserFailure:
        """The refusal of a token, of the next one unless told."""
        refused = token or self.peek()
        return ParserFailure(refused.text, refused.position)
