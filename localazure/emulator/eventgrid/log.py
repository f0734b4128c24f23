"""The events a topic has seen, numbered from 0 for `?since=N`, and bounded."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
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
        self.count = 0
        """All that were ever appended, which is also the next one's number."""

    def append(self, event: Mapping[str, Any]) -> Published:
        published = Published(event)
        self._kept.append(published)
        self.count += 1
        return published

    def since(self, number: int) -> dict[str, Any]:
        """Events from `number` on, and the number to ask for next."""
        skipped = self.count - len(self._kept)
        start = max(number - skipped, 0)
        return {"next": self.count, "events": [one.as_dict() for one in islice(self._kept, start, None)]}

    def latest(self, count: int) -> list[dict[str, Any]]:
        """The newest first."""
        return [one.as_dict() for one in islice(reversed(self._kept), count)]
