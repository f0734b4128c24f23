"""The hubs that this very process drains, or is about to: whoever comes to one of them need not ask storage for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count
from typing import Protocol

from peering.core.intake.alarms import Alarm


class Holder(Protocol):
    """Who drains a hub: a Watch."""

    hub: str

    def would_be_missed(self, in_hand: datetime | None) -> bool: ...


class Holdings:
    """One for each process. A hub is in it from when a death of its holder is covered until he is about to let go.

    Of many who come to a hub at once, one goes and asks for its lease. The others wait until he has begun, or is over.
    """

    def __init__(self) -> None:
        self._holders: dict[str, Holder] = {}
        self._asking: dict[str, asyncio.Event] = {}
        self._left: dict[str, int] = {}
        self._tries = count(1)

    def begin(self, holder: Holder) -> None:
        self._holders[holder.hub] = holder
        self._let_pass(holder.hub)

    def end(self, holder: Holder) -> None:
        """Before the release, and so before the look that follows it: that sees every row that was left to him."""
        if self._holders.get(holder.hub) is holder:
            del self._holders[holder.hub]

    async def left_to(self, hub: str, in_hand: Alarm | None, came: int) -> bool:
        """Whether somebody will see what is written now, and an alarm comes if he dies; waits for whoever is asking.

        The holder, who is here; or one elsewhere, who was found there by a try that began after `came`. Whoever has an
        alarm in hand asks himself: that one does not count any more.
        """
        while asking := self._asking.get(hub):
            await asking.wait()
        return self.looks_after(hub, in_hand) or (in_hand is None and self._left.get(hub, 0) > came)

    def looks_after(self, hub: str, in_hand: Alarm | None) -> bool:
        """Whether the holder is here and will see what is written now, and an alarm comes if this process dies."""
        holder = self._holders.get(hub)
        return holder is not None and holder.would_be_missed(in_hand.due if in_hand else None)

    def now(self) -> int:
        """A number below that of every try that begins from here on, and above those that have begun."""
        return next(self._tries)

    @asynccontextmanager
    async def asking(self, hub: str) -> AsyncIterator[int]:
        """For one try, whose number it gives. Whoever comes waits until it has begun to work, or until this is over."""
        mine = self._asking[hub] = asyncio.Event()
        try:
            yield next(self._tries)
        finally:
            if self._asking.get(hub) is mine:
                self._let_pass(hub)

    def leave(self, hub: str, number: int) -> None:
        """That try found somebody elsewhere who holds it, and an alarm of his is on its way."""
        self._left[hub] = number

    def _let_pass(self, hub: str) -> None:
        if asking := self._asking.pop(hub, None):
            asking.set()
