"""Fault rules: what tests make Azure do wrong, and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from localazure.emulator.networks.refusals import Failure

type Json = dict[str, Any]

_KEYS = {"match", "times", "after", "answer", "fail", "delaySeconds", "durationSeconds", "drop"}


class InvalidRule(ValueError):
    """A rule that cannot be understood; the message says which and why."""


@dataclass(kw_only=True)
class Rule:
    """One rule and how often it has matched. `times` None means for ever."""

    source: Json
    method: str | None
    path: re.Pattern[str]
    times: int | None
    after: int
    answer: Json | None
    failure: Failure | None
    delay: float
    duration: float | None
    drop: str | None
    seen: int = 0
    hits: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether the rule strikes now; counts the requests it is asked about and fits."""
        if (self.method and self.method != method) or not self.path.search(path):
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.hits >= self.times):
            return False
        self.hits += 1
        return True


@dataclass
class Faults:
    """The rules in force, in order; the first that strikes decides."""

    rules: list[Rule] = field(default_factory=list)

    def load(self, source: object) -> None:
        """Replace the rules by a list of them or by {"rules": [...]}. Raises InvalidRule and changes nothing."""
        found = source.get("rules") if isinstance(source, dict) else source
        if not isinstance(found, list):
            raise InvalidRule('Fault rules are a JSON list of rules, or {"rules": [...]}.')
        self.rules = [_rule(index, each) for index, each in enumerate(found)]

    def strike(self, method: str, path: str) -> Rule | None:
        lowered = path.lower()
        return next((rule for rule in self.rules if rule.matches(method, lowered)), None)

    def view(self) -> Json:
        return {"rules": [{**rule.source, "seen": rule.seen, "hits": rule.hits} for rule in self.rules]}


def _rule(index: int, source: object) -> Rule:
    if not isinstance(source, dict):
        raise InvalidRule(f"Fault rule {index} is not an object.")
    unknown = set(source) - _KEYS - {"seen", "hits"}
    if unknown:
        raise InvalidRule(f"Fault rule {index} has unknown members: {', '.join(sorted(unknown))}.")
    if source.get("drop") not in {None, "before", "after"}:
        raise InvalidRule(f'Fault rule {index}: "drop" is "before" or "after".')
    if not _KEYS & set(source) - {"match", "times", "after"}:
        raise InvalidRule(f"Fault rule {index} says what to match and not what to do.")
    match = source.get("match") or {}
    if not isinstance(match, dict) or set(match) - {"method", "path"}:
        raise InvalidRule(f'Fault rule {index}: "match" is an object with "method", "path", or both.')
    times, after = source.get("times", 1), source.get("after", 0)
    if not isinstance(times, int | None) or not isinstance(after, int):
        raise InvalidRule(f'Fault rule {index}: "times" is a number or null, "after" is a number.')
    try:
        path = re.compile(str(match.get("path", "")), re.IGNORECASE)
    except re.error as error:
        raise InvalidRule(f"Fault rule {index}: the path is not a regular expression: {error}.") from error
    fail = source.get("fail")
    return Rule(
        source={key: value for key, value in source.items() if key in _KEYS},
        method=match.get("method"),
        path=path,
        times=times,
        after=after,
        answer=source.get("answer"),
        failure=Failure(fail.get("code", "InternalServerError"), fail.get("message", "")) if fail else None,
        delay=float(source.get("delaySeconds", 0)),
        duration=source.get("durationSeconds"),
        drop=source.get("drop"),
    )
