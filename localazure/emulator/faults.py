"""Fault rules: what tests make Azure do wrong, and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

from localazure.emulator.busy import Busy, InvalidBusy
from localazure.emulator.counted_rules import CountedRule, CountedRules, InvalidRule
from localazure.emulator.networks.refusals import Failure

type Json = dict[str, Any]

_KEYS = {
    *("match", "times", "after", "share", "seed"),
    *("answer", "fail", "delaySeconds", "durationSeconds", "drop"),
    *("busy", "staleSeconds", "unchanged"),
}
_WHEN = {"match", "times", "after", "share", "seed"}


@dataclass(kw_only=True)
class Rule(CountedRule):
    """One rule: what it fits, and what goes wrong then."""

    method: str | None
    path: re.Pattern[str]
    answer: Json | None
    failure: Failure | None
    delay: float
    duration: float | None
    drop: str | None
    busy: Busy | None = None
    stale: float | None = None
    unchanged: bool = False
    share: float = 1.0
    """How many of those whose turn it is are struck, from above 0 to 1."""
    luck: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - chance that can be repeated

    def matches(self, method: str, path: str, now: float) -> bool:
        """Whether the rule strikes now; counts the requests it is asked about and fits."""
        if (self.method and self.method != method) or not self.path.search(path):
            return False
        if (self.stale is not None and method != "GET") or (self.busy is not None and not self.busy.refuses(method)):
            return False
        if not self.comes_up() or (self.busy is not None and not self.busy.lasts(now)):
            return False
        if self.luck.random() >= self.share:
            return False
        self.hits += 1
        return True


class Faults(CountedRules[Rule]):
    """The rules of ARM that are in force."""

    def read(self, index: int, source: object) -> Rule:
        return _rule(index, source)

    def strike(self, method: str, path: str, now: float) -> Rule | None:
        lowered = path.lower()
        return next((rule for rule in self.rules if rule.matches(method, lowered, now)), None)

    @property
    def oldest(self) -> float:
        """How many seconds back a rule may look; 0 where none does."""
        return max((rule.stale or 0.0 for rule in self.rules), default=0.0)


def _rule(index: int, source: object) -> Rule:
    if not isinstance(source, dict):
        raise InvalidRule(f"Fault rule {index} is not an object.")
    _check(index, source)
    match = source.get("match") or {}
    try:
        return Rule(
            source={key: value for key, value in source.items() if key in _KEYS},
            method=match.get("method"),
            path=re.compile(str(match.get("path", "")), re.IGNORECASE),
            times=source.get("times", None if source.keys() & {"busy", "share"} else 1),
            after=source.get("after", 0),
            answer=source.get("answer"),
            failure=_failure(source.get("fail")),
            delay=float(source.get("delaySeconds", 0)),
            duration=source.get("durationSeconds"),
            drop=source.get("drop"),
            busy=Busy.read(source["busy"]) if "busy" in source else None,
            stale=float(source["staleSeconds"]) if "staleSeconds" in source else None,
            unchanged=bool(source.get("unchanged")),
            share=_share(source.get("share", 1.0)),
            luck=Random(int(source.get("seed", index))),  # noqa: S311 - as above
        )
    except re.error as error:
        raise InvalidRule(f"Fault rule {index}: the path is not a regular expression: {error}.") from error
    except (InvalidBusy, TypeError, ValueError) as error:
        raise InvalidRule(f"Fault rule {index}: {error}") from error


def _check(index: int, source: Json) -> None:
    unknown = set(source) - _KEYS - {"seen", "hits"}
    if unknown:
        raise InvalidRule(f"Fault rule {index} has unknown members: {', '.join(sorted(unknown))}.")
    if source.get("drop") not in {None, "before", "after"}:
        raise InvalidRule(f'Fault rule {index}: "drop" is "before" or "after".')
    if not _KEYS & set(source) - _WHEN:
        raise InvalidRule(f"Fault rule {index} says what to match and not what to do.")
    match = source.get("match") or {}
    if not isinstance(match, dict) or set(match) - {"method", "path"}:
        raise InvalidRule(f'Fault rule {index}: "match" is an object with "method", "path", or both.')
    if not isinstance(source.get("times", 1), int | None) or not isinstance(source.get("after", 0), int):
        raise InvalidRule(f'Fault rule {index}: "times" is a number or null, "after" is a number.')


def _share(source: object) -> float:
    if isinstance(source, bool) or not isinstance(source, int | float) or not 0 < source <= 1:
        raise ValueError('"share" is a number above 0 and not above 1.')
    return float(source)


def _failure(source: Json | None) -> Failure | None:
    """How an operation ends. One that is canceled says so in Azure's words unless the rule has its own."""
    if not source:
        return None
    status = source.get("status", "Failed")
    if status not in {"Failed", "Canceled"}:
        raise ValueError('the "status" of "fail" is "Failed" or "Canceled".')
    canceled = status == "Canceled"
    return Failure(
        code=source.get("code", "Canceled" if canceled else "InternalServerError"),
        message=source.get("message", "Operation was canceled." if canceled else ""),
        details=list(source.get("details", [])),
        status=status,
    )
