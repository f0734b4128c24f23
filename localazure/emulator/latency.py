"""How long operations take and what clients are told to wait: the modes none, fast and real."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How much like Azure the waiting is."""

    NONE = "none"
    FAST = "fast"
    REAL = "real"


class Conflict(StrEnum):
    """How a write to a resource in flight is answered."""

    ANOTHER_OPERATION = "AnotherOperationInProgress"
    RETRYABLE = "RetryableError"


class HalfHolds(StrEnum):
    """Which networks a half that is being written keeps busy: its own, or its hub's too."""

    OWN = "own"
    BOTH = "both"


class MoveEvents(StrEnum):
    """What is told of a move: the action on the group alone, or what becomes of each resource too."""

    GROUP = "group"
    RESOURCES = "resources"


class Work(StrEnum):
    """What takes its own time."""

    PEERING = "peering"
    NETWORK = "network"
    SUBNET = "subnet"
    GATEWAY = "gateway"
    PLAIN = "plain"
    GROUP = "group"
    MOVE = "move"
    VALIDATION = "validation"


# Seconds. The real ones follow the Date headers of the recordings: the first poll, 10 s after a peering was written,
# finds it done. A gateway takes half an hour or ten minutes.
_SECONDS = {
    Mode.NONE: dict.fromkeys(Work, 0.0),
    Mode.FAST: {
        Work.PEERING: 0.5,
        Work.NETWORK: 0.2,
        Work.SUBNET: 0.2,
        Work.GATEWAY: 1.0,
        Work.PLAIN: 0.2,
        Work.GROUP: 0.5,
        Work.MOVE: 1.0,
        Work.VALIDATION: 0.2,
    },
    Mode.REAL: {
        Work.PEERING: 9.5,
        Work.NETWORK: 4.0,
        Work.SUBNET: 4.0,
        Work.GATEWAY: 600.0,
        Work.PLAIN: 4.0,
        Work.GROUP: 180.0,
        Work.MOVE: 276.0,
        Work.VALIDATION: 30.0,
    },
}

# What real ARM says in Retry-After; a DELETE always says 10, the deletion of a group 15.
_RETRY_AFTER = {
    Work.PEERING: 10,
    Work.NETWORK: 3,
    Work.SUBNET: 3,
    Work.GATEWAY: 10,
    Work.PLAIN: 10,
    Work.GROUP: 15,
    Work.MOVE: 15,
    Work.VALIDATION: 15,
}
# And when it is asked how far an operation is (docs/facts/arm-operations.md, Retry-After).
POLL_RETRY_AFTER = 10
# How many things a list has on one page.
_PAGE = 1000

# Seconds until Resource Graph shows what has changed (docs/facts/resource-graph.md, Late).
_GRAPH_DELAY = {Mode.NONE: 0.0, Mode.FAST: 2.0, Mode.REAL: 10.0}


@dataclass
class Latency:
    """The settings in force; the control endpoint changes them while the emulator runs."""

    mode: Mode = Mode.FAST
    conflict: Conflict = Conflict.ANOTHER_OPERATION
    half_holds: HalfHolds = HalfHolds.OWN
    stale_seconds: float = 0.0
    graph_delay_seconds: float | None = None
    """None for what is usual in the mode."""
    page_size: int | None = None
    """None for what is usual."""
    move_events: MoveEvents = MoveEvents.GROUP

    @property
    def graph_delay(self) -> float:
        return _GRAPH_DELAY[self.mode] if self.graph_delay_seconds is None else self.graph_delay_seconds

    @property
    def throttles(self) -> bool:
        return self.mode is Mode.REAL

    @property
    def page(self) -> int:
        return _PAGE if self.page_size is None else self.page_size

    def seconds(self, work: Work) -> float:
        return _SECONDS[self.mode][work]

    def retry_after(self, work: Work, *, deleting: bool) -> int:
        """Seconds a client is told to wait in `real`; the other modes never use it."""
        return 10 if deleting and work is not Work.GROUP else _RETRY_AFTER[work]
