"""How busy the machine was with something else: the processors' own count, less that of our processes.

Both are read from /proc. What ran under this process and has ended is in the count of whoever waited for it, so the
sum over our tree only grows.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.figure import Disturbance
from bench.processes import cpu_of_tree

_TOO_MUCH = 0.25
_IDLE, _WAITING = 3, 4


@dataclass(frozen=True, kw_only=True)
class Load:
    """Shares of all processors, from 0 to 1, over `seconds`."""

    seconds: float
    ours: float
    others: float

    @property
    def disturbance(self) -> Disturbance | None:
        """None where the machine was ours but for some housekeeping."""
        if self.others <= _TOO_MUCH:
            return None
        return Disturbance(f"load, others took {self.others:.0%} of the machine", 1 / max(0.1, 1 - self.others))

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s; of the machine, {self.ours:.0%} went to this and {self.others:.0%} to others"


@dataclass(frozen=True)
class Meter:
    """Started where a measurement begins."""

    began: float
    busy: int
    all: int
    ours: int

    @classmethod
    def start(cls) -> Self:
        return cls(time.monotonic(), *_processors(), cpu_of_tree(os.getpid()))

    def read(self) -> Load:
        now = Meter.start()
        ticks = max(1, now.all - self.all)
        ours = (now.ours - self.ours) / ticks
        busy = (now.busy - self.busy) / ticks
        return Load(seconds=now.began - self.began, ours=ours, others=max(0.0, busy - ours))


def _processors() -> tuple[int, int]:
    """Ticks that all processors have been busy, and all their ticks. Guests are counted in the first two already."""
    ticks = [int(each) for each in Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]]
    return sum(ticks) - ticks[_IDLE] - ticks[_WAITING], sum(ticks)
