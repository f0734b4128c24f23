"""ARM's token buckets: per subscription, caller and kind of request, refilled by the second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil


@dataclass(frozen=True)
class Limit:
    """`size` tokens at most, `refill` of them back per second."""

    size: int
    refill: float


# https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling, since 2024.
LIMITS = {"reads": Limit(250, 25), "writes": Limit(200, 10), "deletes": Limit(200, 10)}
GLOBAL_FACTOR = 15


def kind_of(method: str) -> str:
    return {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}.get(method, "writes")


@dataclass
class Throttle:
    """The buckets of one emulator; a bucket not seen before is full."""

    clock: Callable[[], float]
    _buckets: dict[tuple[str, ...], tuple[float, float]] = field(default_factory=dict)

    def take(self, limit: Limit, *key: str) -> int:
        """Take a token. Returns how many remain, or -seconds until there is one when there is none."""
        now = self.clock()
        tokens, since = self._buckets.get(key, (float(limit.size), now))
        tokens = min(limit.size, tokens + (now - since) * limit.refill)
        if tokens < 1:
            self._buckets[key] = (tokens, now)
            return -max(1, ceil((1 - tokens) / limit.refill))
        self._buckets[key] = (tokens - 1, now)
        return int(tokens - 1)
