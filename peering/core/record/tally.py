"""What a hub's rows come to, counted from three of their columns. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """`states` counts the rows by state, `held` those that a limit withholds by that limit.

    `written` is when a half was last written to because of any of them, None where nobody knows of a write.
    """

    states: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    written: datetime | None = None


def tally_of(rows: Iterable[tuple[str, str, datetime | None]]) -> Tally:
    """From the state of each row, the limit that withholds it (empty for none), and when it was last written for."""
    states, held, times = Counter[str](), Counter[str](), list[datetime]()
    for state, limit, written in rows:
        states[state] += 1
        if limit:
            held[limit] += 1
        if written:
            times.append(written)
    return Tally(states=dict(states), held=dict(held), written=max(times, default=None))
