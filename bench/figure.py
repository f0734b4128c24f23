"""A figure that was measured, the goal it is held against, and how both read in a table."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MISSED = "**no**"
_TIMED = {"ms", "s", "times"}


class Goal(StrEnum):
    """Which side of its goal a figure has to be on."""

    AT_MOST = "≤"
    AT_LEAST = "≥"
    EXACTLY = "="


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What else went on while it was measured, and how many times slower that alone can have made it."""

    what: str
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of docs/performance.md. `value` and `goal` in `unit`; no goal where the design sets none.

    `timed` says whether a neighbour on the machine can spoil it; without a word, its unit tells. A goal that is missed
    by no more than a disturbance can explain is not judged.
    """

    what: str
    value: float
    unit: str = ""
    goal: float | None = None
    goal_is: Goal = Goal.AT_MOST
    note: str = ""
    timed: bool | None = None
    disturbance: Disturbance | None = None

    @property
    def is_timed(self) -> bool:
        return self.unit in _TIMED if self.timed is None else self.timed

    @property
    def verdict(self) -> str:
        """`yes`, `**no**`, or `not judged: …`; nothing where there is no goal."""
        if self.goal is None:
            return ""
        if self._meets(self.goal, 1.0):
            return "yes"
        if self.is_timed and self.disturbance and self._meets(self.goal, self.disturbance.factor):
            return f"not judged: {self.disturbance.what}"
        return MISSED

    def _meets(self, goal: float, slower: float) -> bool:
        match self.goal_is:
            case Goal.AT_MOST:
                return self.value <= goal * slower
            case Goal.AT_LEAST:
                return self.value * slower >= goal
            case Goal.EXACTLY:
                return self.value == goal

    @property
    def row(self) -> str:
        goal = "" if self.goal is None else f"{self.goal_is} {self.goal:g} {self.unit}".strip()
        shown = f"{_number(self.value)} {self.unit}".strip()
        return f"| {self.what} | {shown} | {goal} | {self.verdict} | {self.note} |"


def _number(value: float) -> str:
    """Three figures, four just above 1, where a ratio's goal lies; a count as it is."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.4g}" if 1 <= value < 10 else f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


median = statistics.median
