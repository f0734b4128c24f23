"""Lists of fault rules, whatever they are about: each rule counts what fits it, and knows when its turn is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

type Json = dict[str, Any]


class InvalidRule(ValueError):
    """A rule that cannot be understood; the message says which and why."""


@dataclass(kw_only=True)
class CountedRule:
    """`source` is the rule as it was given. `times` None means for ever; `after` is how many go by before the first."""

    source: Json
    times: int | None
    after: int
    seen: int = 0
    hits: int = 0

    def comes_up(self) -> bool:
        """Count one more that fits, and say whether it is the rule's turn. Who strikes then counts the hit."""
        self.seen += 1
        return self.seen > self.after and (self.times is None or self.hits < self.times)


@dataclass
class CountedRules[R: CountedRule](ABC):
    """Those in force, in order; the first that strikes decides."""

    rules: list[R] = field(default_factory=list)

    @abstractmethod
    def read(self, index: int, source: object) -> R:
        """The rule that stands at that place. Raises InvalidRule."""

    def load(self, source: object) -> None:
        """Replace them by a list or by {"rules": [...]}. Raises InvalidRule and changes nothing."""
        found = source.get("rules") if isinstance(source, dict) else source
        if not isinstance(found, list):
            raise InvalidRule('Fault rules are a JSON list of rules, or {"rules": [...]}.')
        self.rules = [self.read(index, each) for index, each in enumerate(found)]

    def add(self, source: object) -> None:
        """Put one more behind those in force, which go on counting. Raises InvalidRule and changes nothing."""
        self.rules.append(self.read(len(self.rules), source))

    def view(self) -> Json:
        return {"rules": [{**rule.source, "seen": rule.seen, "hits": rule.hits} for rule in self.rules]}
