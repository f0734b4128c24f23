"""Counts the ARM requests that are spent on a spoke, across whatever tasks serve it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Meter:
    """ARM requests so far."""

    calls: int = 0


_current: ContextVar[Meter | None] = ContextVar("arm_calls", default=None)


@contextmanager
def metered(meter: Meter) -> Iterator[None]:
    """Charge every ARM request made inside the block to the meter."""
    token = _current.set(meter)
    try:
        yield
    finally:
        _current.reset(token)


def count_call() -> None:
    """Called by the adapter for each request it sends."""
    if meter := _current.get():
        meter.calls += 1
