"""How long an idle queue listener waits: RandomizedExponentialBackoffStrategy.cs."""

from random import Random

MINIMUM = 0.1
"""Seconds; QueuePollingIntervals.Minimum."""


class Backoff:
    """Grows from 100 ms by a doubling, randomised (0.8 to 1.2) step up to a maximum."""

    def __init__(self, maximum: float, random: Random | None = None) -> None:
        self._maximum = maximum
        self._random = random or Random()  # noqa: S311 - jitter, no secret
        self._exponent = 0

    def reset(self) -> None:
        self._exponent = 0

    def next(self) -> float:
        """Seconds to wait after one more poll that found nothing."""
        step = MINIMUM * self._random.uniform(0.8, 1.2) * (2.0**self._exponent - 1)
        wait = min(self._maximum, MINIMUM + step)
        if wait < self._maximum:
            self._exponent += 1
        return wait
