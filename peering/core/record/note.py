"""The note on a hub's lease: what its next holder has to know, and what only the holder may write."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from peering.core.network.failures import AzureFailure, Backoff

_TIMES = {
    "alarm": "alarm",
    "notbefore": "not_before",
    "busysince": "busy_since",
    "missing": "missing",
    "onebyone": "one_by_one",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Metadata of the lease's blob. Times are UTC.

    `alarm` is when the next alarm is due: invisible messages cannot be listed, so this stands for them. `not_before`
    binds every door: the hub is busy until then; `busy_since` and `refusals` say since when and how often it said so
    in a row. `missing` is since when the hub itself reads 404. `turn` are the rows that are being worked on, by the
    first digits of their keys: whoever finds some there knows that their holder died over them. `catalogue` is the
    digest of the rules that hold at the hub, empty where nobody has said. `one_by_one` is until when it is taken for
    granted that Azure takes one write at a time at this hub. `unknown` is what a later version wrote.
    """

    alarm: datetime | None = None
    not_before: datetime | None = None
    busy_since: datetime | None = None
    refusals: int = 0
    missing: datetime | None = None
    one_by_one: datetime | None = None
    turn: tuple[str, ...] = ()
    catalogue: str = ""
    unknown: Mapping[str, str] = field(default_factory=dict)

    def covers(self, due: datetime, now: datetime, in_hand: datetime | None) -> bool:
        """Whether an alarm is on its way that comes not after `due`. The one in hand does not count."""
        return self.alarm is not None and self.alarm != in_hand and now < self.alarm <= due

    def blocks(self, now: datetime) -> bool:
        """Whether the hub is to be left in peace for now."""
        return self.not_before is not None and now < self.not_before

    def refused(self, failure: AzureFailure, backoff: Backoff, now: datetime, chance: float) -> "Note":
        """The hub said that it is busy, or did not answer: nobody writes to it for a while."""
        wait = backoff.pause(failure, self.refusals + 1, chance)
        since = self.busy_since or now
        return replace(self, not_before=now + wait, busy_since=since, refusals=self.refusals + 1)

    def answered(self) -> "Note":
        """The hub took a write, or has nothing to say against one."""
        return replace(self, not_before=None, busy_since=None, refusals=0, missing=None)

    def found(self) -> "Note":
        """The hub was read: it does not read 404 any more."""
        return replace(self, missing=None)

    def to_metadata(self) -> dict[str, str]:
        """Texts only, under names that HTTP headers can bear."""
        times = {name: getattr(self, ours) for name, ours in _TIMES.items()}
        known = {name: when.isoformat() for name, when in times.items() if when}
        if self.refusals:
            known["refusals"] = str(self.refusals)
        if self.turn:
            known["turn"] = " ".join(self.turn)
        if self.catalogue:
            known["catalogue"] = self.catalogue
        return {**self.unknown, **known}

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> Self:
        """What stands there; what cannot be read counts as not there, so that a note never stops its hub."""
        found = {name.lower(): value for name, value in metadata.items()}
        times = {ours: _time(found.pop(name, "")) for name, ours in _TIMES.items()}
        refusals, turn = found.pop("refusals", ""), found.pop("turn", "")
        return cls(
            **times,
            refusals=int(refusals) if refusals.isascii() and refusals.isdecimal() and len(refusals) < 9 else 0,
            turn=tuple(turn.split()),
            catalogue=found.pop("catalogue", ""),
            unknown=found,
        )


def _time(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when.astimezone(UTC) if when.utcoffset() is not None else None


MARGIN = timedelta(seconds=2)
"""By which an alarm comes after the lease has lapsed, so that it can be taken."""
