"""A pause: somebody wants nothing written, for everything, for one hub or for one spoke."""

from dataclasses import dataclass
from datetime import datetime

from peering.core.network.resource_ids import VnetId


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """No peering is written while it lasts. Without a hub it holds everywhere, without `until` until somebody ends it.

    A pause of one spoke is a hold: security has cut it off, and no door, sweep, repair or move may join it again.
    """

    reason: str
    who: str
    since: datetime
    hub: str | None = None
    spoke: VnetId | None = None
    until: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and self.until <= now

    def holds(self, hub: str, spoke: VnetId, now: datetime) -> bool:
        """Whether it withholds what is to be done about the spoke at the hub."""
        here = self.hub in (None, hub) and self.spoke in (None, spoke)
        return here and not self.is_over(now)

    @property
    def scope(self) -> str:
        """What it is for, in one word or two: one pause for each."""
        return f"spoke {self.spoke.key}" if self.spoke else f"hub {self.hub}" if self.hub else "everything"

    @property
    def remedy(self) -> str:
        when = f"It goes on by itself at {self.until:%Y-%m-%dT%H:%MZ}" if self.until else "It goes on when they end it"
        return f"Ask {self.who}. {when}."

    def __str__(self) -> str:
        what = "this network" if self.spoke else f"hub {self.hub!r}" if self.hub else "Autopeer"
        return f"{self.who} has paused {what}: {self.reason}"
