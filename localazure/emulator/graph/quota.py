"""How many queries a user may ask: fifteen in five seconds (docs/facts/resource-graph.md, Quota)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

QUERIES, SECONDS = 15, 5.0


@dataclass(frozen=True)
class Standing:
    """What is left for a user, and the seconds until all of it is back. Less than nothing left: refused."""

    remaining: int
    resets_after: int

    def headers(self) -> dict[str, str]:
        left = str(max(0, self.remaining))
        return {
            "x-ms-user-quota-remaining": left,
            "x-ms-user-quota-resets-after": f"00:00:{self.resets_after:02}",
            "x-ms-ratelimit-remaining-tenant-resource-requests": left,
            "x-ms-resource-graph-request-duration": "0:00:00:00.01",
        }


UNTOUCHED = Standing(QUERIES - 1, round(SECONDS))


@dataclass
class Quota:
    """The windows of the users of one emulator: when one began, and how many queries it has seen."""

    clock: Callable[[], float]
    _windows: dict[str, tuple[float, int]] = field(default_factory=dict)

    def take(self, user: str) -> Standing:
        now = self.clock()
        began, used = self._windows.get(user, (now, 0))
        if now >= began + SECONDS:
            began, used = now, 0
        self._windows[user] = began, min(used + 1, QUERIES)
        return Standing(QUERIES - 1 - used, max(1, ceil(began + SECONDS - now)))
