"""A figure that was measured, the goal it is held against, and how both read in a table."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_TIMED = {"ms", "s", "times"}


class Goal(StrEnum):
    """Which side of its goal a figure has to be on."""

    AT_MOST = "≤"
    AT_LEAST = "≥"
    EXACTLY = "="


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of docs/performance.md. `value` and `goal` in `unit`; no goal where the design sets none.

    `timed` says whether a neighbour on the machine can spoil it; without a word, its unit tells.
    `disturbed` is why a goal that was missed proves nothing: who else was busy.
    """

    what: str
    value: float
    unit: str = ""
    goal: float | None = None
    goal_is: Goal = Goal.AT_MOST
    note: str = ""
    timed: bool | None = None
    disturbed: str = ""

    @property
    def is_timed(self) -> bool:
        return self.unit in _TIMED if self.timed is None else self.timed

    @property
    def is_met(self) -> bool:
        """True too where there is no goal."""
        match self.goal, self.goal_is:
            case None, _:
                return True
            case float() | int() as goal, Goal.AT_MOST:
                return self.value <= goal
            case float() | int() as goal, Goal.AT_LEAST:
                return self.value >= goal
            case goal, _:
                return self.value == goal

    @property
    def verdict(self) -> str:
        """`yes`, `**no**`, or `not judged: …`; nothing where there is no goal."""
        if self.goal is None:
            return ""
        if self.is_met:
            return "yes"
        return f"not judged: {self.disturbed}" if self.is_timed and self.disturbed else "**no**"

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
