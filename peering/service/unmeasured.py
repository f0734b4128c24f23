"""Telemetry that goes nowhere: for an app without Application Insights, and for tests that do not look at it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from peering.core.records import Record, State


class Unmeasured:
    """Implements the port by doing nothing."""

    def outcome(self, record: Record) -> None:
        """Forget it."""

    def arm_answered(self, status: int) -> None:
        """Forget it."""

    def message_waited(self, wait: timedelta) -> None:
        """Forget it."""

    def hub_seen(self, hub: str, headroom: float) -> None:
        """Forget it."""

    counts_pairs = False

    def pairs(self, hub: str, states: Mapping[State, int]) -> None:
        """Forget it."""

    @contextmanager
    def step(self, name: str, attributes: dict[str, str]) -> Iterator[None]:  # noqa: ARG002 - the port's signature
        yield
