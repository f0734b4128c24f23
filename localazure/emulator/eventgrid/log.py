"""The events a topic has seen, numbered from 0 for `?since=N`, and bounded."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localazure.emulator.eventgrid.delivery import Delivery
from localazure.emulator.eventgrid.schemas import utc_now

KEPT = 20_000
"""Older events are forgotten; their numbers are not given again."""


@dataclass(slots=True)
class Published:
    """An event, when it came, and its deliveries: one for each subscription that wanted it, more if doubled."""

    event: Mapping[str, Any]
    time: str = field(default_factory=utc_now)
    deliveries: list[Delivery] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The event's own properties, with `deliveries` beside them."""
        return {**self.event, "deliveries": [one.as_dict() for one in self.deliveries]}


class EventLog:
    """An append-only list that forgets its oldest entries."""

    def __init__(self) -> None:
        self._kept: deque[Published] = deque(maxlen=KEPT)
        self._next = 0

    def append(self, event: Mapping[str, Any]) -> Published:
        published = Published(event)
        self._kept.append(published)
        self._next += 1
        return published

    def since(self, number: int) -> dict[str, Any]:
        """Events from `number` on, and the number to ask for next."""
        skipped = self._next - len(self._kept)
        start = max(number - skipped, 0)
        return {"next": self._next, "events": [one.as_dict() for one in list(self._kept)[start:]]}

    def latest(self, count: int) -> list[dict[str, Any]]:
        """The newest first."""
        return [one.as_dict() for one in list(self._kept)[: -count - 1 : -1]]
