"""The log of ARM requests served: what a test or a benchmark counts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

type Json = dict[str, Any]

KEPT = 200_000


@dataclass(frozen=True, kw_only=True)
class Served:
    """One request: `n` counts from 1 without gaps, `ms` is the time it took to answer."""

    n: int
    time: str
    method: str
    path: str
    query: str
    status: int
    caller: str
    correlationId: str  # noqa: N815  the member's name in the control endpoint's JSON
    ms: float


@dataclass
class RequestLog:
    """The last requests, oldest first; older ones than `KEPT` are forgotten."""

    _served: deque[Served] = field(default_factory=lambda: deque(maxlen=KEPT))
    _count: int = 0

    def next_number(self) -> int:
        return self._count + 1

    def add(self, served: Served) -> None:
        self._count = served.n
        self._served.append(served)

    def since(self, n: int) -> Json:
        """The requests after number `n`, and the number to ask with next time."""
        return {"next": self._count, "requests": self._after(n)}

    def last(self, count: int) -> list[Json]:
        return self._after(self._count - count)

    def _after(self, n: int) -> list[Json]:
        """Whoever watches a burst asks again and again, and most of what there is was told before."""
        forgotten = self._count - len(self._served)
        return [vars(each) for each in islice(self._served, max(0, n - forgotten), None)]
