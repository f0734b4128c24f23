"""The time, as the commands see it: the real one, or one of a test's that jumps."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is (UTC), and how to let some seconds pass."""

    now: Callable[[], datetime]
    sleep: Callable[[float], object]


REAL = Clock(lambda: datetime.now(UTC), time.sleep)
