"""Fault rules of storage: which call of the app goes wrong, how, and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from localazure.emulator.counted_rules import CountedRule, CountedRules, InvalidRule
from localazure.emulator.storage.calls import SERVICES, Call

type Json = dict[str, Any]

_DOES = {"answer", "delaySeconds", "hang", "drop"}
_KEYS = {"match", "times", "after"} | _DOES
_MATCH = {"service", "method", "path", "name"}
_MOMENTS = {"hang": ("before", "after"), "drop": ("before", "during", "after")}


@dataclass(kw_only=True)
class Rule(CountedRule):
    """`hang` and `drop` say when: before Azurite sees the call, after it has answered, in the midst of the answer."""

    service: str | None
    method: str | None
    name: str | None
    path: re.Pattern[str]
    answer: Json | None
    delay: float
    hang: str | None
    drop: str | None

    @property
    def keeps_from_azurite(self) -> bool:
        return self.answer is not None or "before" in {self.hang, self.drop}

    def matches(self, call: Call) -> bool:
        """Whether the rule strikes now; counts the calls it is asked about and fits."""
        wanted = ((self.service, call.service), (self.method, call.method), (self.name, call.name))
        if any(mine not in {None, its} for mine, its in wanted):
            return False
        if not self.path.search(f"{call.path}?{call.query}".lower()):
            return False
        if not self.comes_up():
            return False
        self.hits += 1
        return True


class Rules(CountedRules[Rule]):
    """The rules of storage that are in force."""

    def read(self, index: int, source: object) -> Rule:
        return _rule(index, source)

    def strike(self, call: Call) -> Rule | None:
        return next((rule for rule in self.rules if rule.matches(call)), None)


def _rule(index: int, source: object) -> Rule:
    if (wrong := _fault_of(source)) or not isinstance(source, dict):
        raise InvalidRule(f"Storage rule {index}: {wrong}")
    match = source.get("match") or {}
    try:
        return Rule(
            source={key: value for key, value in source.items() if key in _KEYS},
            service=match.get("service"),
            method=match.get("method"),
            name=str(match["name"]).lower() if "name" in match else None,
            path=re.compile(str(match.get("path", "")), re.IGNORECASE),
            times=source.get("times", 1),
            after=source.get("after", 0),
            answer=source.get("answer"),
            delay=float(source.get("delaySeconds", 0)),
            hang=source.get("hang"),
            drop=source.get("drop"),
        )
    except (re.error, TypeError, ValueError) as error:
        raise InvalidRule(f"Storage rule {index}: {error}") from error


def _fault_of(source: object) -> str:
    """What is wrong with it; empty when nothing is."""
    if not isinstance(source, dict):
        return "an object is expected."
    if unknown := set(source) - _KEYS - {"seen", "hits"}:
        return f"unknown members: {', '.join(sorted(unknown))}."
    if not _DOES & set(source):
        return "it says what to match and not what to do."
    return _fault_of_match(source.get("match") or {}) or _fault_of_values(source)


def _fault_of_match(match: object) -> str:
    if not isinstance(match, dict) or set(match) - _MATCH:
        return f'"match" is an object with any of {", ".join(sorted(_MATCH))}.'
    known = match.get("service") in {None, *SERVICES}
    return "" if known else f'"service" is one of {", ".join(SERVICES)}.'


def _fault_of_values(source: Json) -> str:
    if not isinstance(source.get("times", 1), int | None) or not isinstance(source.get("after", 0), int):
        return '"times" is a number or null, "after" is a number.'
    if not isinstance(source.get("answer", {}), dict):
        return '"answer" is an object.'
    wrong = [key for key, moments in _MOMENTS.items() if source.get(key) not in {None, *moments}]
    return f'"{wrong[0]}" is one of {", ".join(_MOMENTS[wrong[0]])}.' if wrong else ""
