"""Asynchronous operations: accepted now, ended by the clock, never by the number of polls."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from enum import StrEnum

from localazure.emulator.callers import Activity
from localazure.emulator.networks.refusals import Failure

KEPT = 20_000
"""Finished operations that can still be asked for; Azure forgets them after a day."""


class Kind(StrEnum):
    """The names ARM gives its operations, as they occur in its error texts."""

    PUT_NETWORK = "PutVirtualNetworkOperation"
    DELETE_NETWORK = "DeleteVirtualNetworkOperation"
    PUT_SUBNET = "PutSubnetOperation"
    DELETE_SUBNET = "DeleteSubnetOperation"
    PUT_PEERING = "PutVirtualNetworkPeeringOperation"
    DELETE_PEERING = "DeleteVirtualNetworkPeeringOperation"
    PUT_ROUTE = "PutRouteOperation"
    DELETE_ROUTE = "DeleteRouteOperation"
    PUT_PLAIN = "PutResourceOperation"
    DELETE_PLAIN = "DeleteResourceOperation"
    DELETE_GROUP = "DeleteResourceGroupOperation"
    MOVE = "MoveResourcesOperation"
    VALIDATE_MOVE = "ValidateMoveResourcesOperation"


JOBS = {Kind.DELETE_GROUP, Kind.MOVE, Kind.VALIDATE_MOVE}
"""Operations of ARM itself, on a group."""


@dataclass(kw_only=True)
class Operation:
    """One operation. `locks` is the key of the resource that is in flight while it runs.

    `also_locks`: another resource that is in flight with it, if any. `unchanged`: it ends well and has done nothing.
    `instant`: it ends before any client can poll. `retry_after`: seconds that real ARM tells clients to wait.
    """

    id: str
    kind: Kind
    target: str
    locks: str
    also_locks: str = ""
    subscription: str
    location: str
    api_version: str
    ends: float
    activity: Activity
    retry_after: int = 0
    instant: bool = False
    failure: Failure | None = None
    unchanged: bool = False
    status: str = "InProgress"
    moving: list[str] = field(default_factory=list)
    """The ids of what a move takes to the group `to`."""
    to: str = ""

    @property
    def running(self) -> bool:
        return self.status == "InProgress"


@dataclass
class Ledger:
    """Every operation ever accepted, those that run in order of their end, and what each of them locks."""

    by_id: dict[str, Operation] = field(default_factory=dict)
    _running: list[tuple[float, int, str]] = field(default_factory=list)
    _locks: dict[str, str] = field(default_factory=dict)
    _sequence: int = 0

    def add(self, operation: Operation) -> None:
        self.by_id[operation.id] = operation
        self._forget_the_oldest()
        if not operation.running:
            return
        self._sequence += 1
        heapq.heappush(self._running, (operation.ends, self._sequence, operation.id))
        self._locks[operation.locks] = operation.id
        if operation.also_locks:
            self.hold_too(operation, operation.also_locks)

    def hold_too(self, operation: Operation, key: str) -> None:
        """Another resource is in flight as long as the operation runs."""
        operation.also_locks = key
        self._locks[key] = operation.id

    def holding(self, key: str) -> Operation | None:
        """The operation that has the resource with this key in flight."""
        held = self._locks.get(key)
        return self.by_id[held] if held is not None else None

    def next_end(self) -> float | None:
        return self._running[0][0] if self._running else None

    def last_end(self) -> float:
        """When everything accepted so far has ended; 0 when nothing was."""
        return max((operation.ends for operation in self.by_id.values()), default=0.0)

    def take_due(self, now: float) -> list[Operation]:
        """The operations that have ended by `now`, unlocked, in the order in which they ended."""
        due = []
        while self._running and self._running[0][0] <= now:
            operation = self.by_id[heapq.heappop(self._running)[2]]
            if operation.running:
                self._unlock(operation)
                due.append(operation)
        return due

    def cancel_under(self, prefix: str) -> None:
        """Cancel what runs on resources whose ids begin so: they are gone."""
        for _, _, identifier in self._running:
            operation = self.by_id[identifier]
            if operation.running and operation.target.lower().startswith(prefix.lower()):
                operation.status = "Canceled"
                self._unlock(operation)

    def _unlock(self, operation: Operation) -> None:
        for key in (operation.locks, operation.also_locks):
            if self._locks.get(key) == operation.id:
                del self._locks[key]

    def _forget_the_oldest(self) -> None:
        oldest = next(iter(self.by_id.values()))
        if len(self.by_id) > KEPT and not oldest.running:
            del self.by_id[oldest.id]
