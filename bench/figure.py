"""A figure that was measured, the goal it is held against, and how both read in a table."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of docs/performance.md. `value` and `goal` in `unit`; no goal where the design sets none."""

    what: str
    value: float
    unit: str = ""
    goal: float | None = None
    note: str = ""

    @property
    def row(self) -> str:
        goal = "" if self.goal is None else f"≤ {self.goal:g} {self.unit}".strip()
        met = "" if self.goal is None else "yes" if self.value <= self.goal else "**no**"
        return f"| {self.what} | {self.value:.3g} {self.unit} | {goal} | {met} | {self.note} |"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


median = statistics.median
