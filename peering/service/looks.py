"""What one process remembers of the looks at each network. Where it is gone, or another is asked, it costs a read."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from peering.core.intake.coalescing import Known, newer
from peering.core.intake.requests import Request
from peering.core.network.resource_ids import VnetId

_MOST = 5_000  # networks that are remembered: a few MB
_FORGOTTEN = timedelta(minutes=1)  # well after the second look at the last event


@dataclass(slots=True)
class Remembered:
    """Of one network: what is known, and the newest of the events that the look which was sent for later stands for.

    `asked` is when an event about it was last let onto the queue itself, to be looked at at once. Who decides by all
    this holds `turn` until what he has decided is done and noted: nobody shall count on a message that was not sent.
    """

    touched: datetime
    known: Known = field(default_factory=Known)
    newest: Request | None = None
    asked: datetime | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def begin(self, now: datetime) -> None:
        """A look begins. Noted before it reads: what comes from here on has not been seen by it."""
        self.known = Known(now, self.known.due)

    def failed(self, began: datetime) -> None:
        """That look came to nothing: its message comes again, and must not be taken for one that has been looked at."""
        if self.known.began == began:
            self.known = Known(None, self.known.due)

    def stands_for(self, event: Request, now: datetime) -> Request:
        """The newest event for which the look that is coming stands, this one among them."""
        self.newest = newer(self.newest if self.known.is_coming(now, now) else None, event)
        return self.newest


class Looks:
    """The networks of which a look has begun, or was sent for later: some thousand of them, for a minute."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: OrderedDict[VnetId, Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def at(self, network: VnetId, now: datetime) -> Remembered:
        """What there is of the network; nothing, for one that was not heard of for long."""
        while self._kept and next(iter(self._kept.values())).touched < now - _FORGOTTEN:
            self._kept.popitem(last=False)
        kept = self._kept.setdefault(network, Remembered(now))
        kept.touched = now
        self._kept.move_to_end(network)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return kept
