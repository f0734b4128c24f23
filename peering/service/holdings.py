"""The hubs that this very process is draining: whoever comes to one of them need not ask storage whether it is busy."""

from datetime import datetime
from typing import Protocol

from peering.core.intake.alarms import Alarm


class Holder(Protocol):
    """Who drains a hub: a Watch."""

    hub: str

    def would_be_missed(self, in_hand: datetime | None) -> bool: ...


class Holdings:
    """One for each process. A hub is in it from when a death of its holder is covered until he is about to let go."""

    def __init__(self) -> None:
        self._holders: dict[str, Holder] = {}

    def begin(self, holder: Holder) -> None:
        self._holders[holder.hub] = holder

    def end(self, holder: Holder) -> None:
        """Before the release, and so before the look that follows it: that sees every row that was left to him."""
        if self._holders.get(holder.hub) is holder:
            del self._holders[holder.hub]

    def looks_after(self, hub: str, in_hand: Alarm | None) -> bool:
        """Whether the holder is here and will see what is written now, and an alarm comes if this process dies."""
        holder = self._holders.get(hub)
        return holder is not None and holder.would_be_missed(in_hand.due if in_hand else None)
