"""What a person could release at a hub, as a list with a digest."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from peering.core.record.holding import waits_for_a_release
from peering.core.record.record import Record


@dataclass(frozen=True, slots=True)
class HeldList:
    """What the brake, or a later rule, would take away at a hub, longest asked for first.

    `digest` names the list: who releases it says that he has seen this one.
    """

    hub: str
    rows: tuple[Record, ...]

    @classmethod
    def of(cls, hub: str, rows: Iterable[Record]) -> Self:
        """Those of the hub's rows that wait for a person to let something go."""
        held = (row for row in rows if waits_for_a_release(row))
        return cls(hub, tuple(sorted(held, key=lambda row: (row.asked.requested, row.spoke.key))))

    @property
    def digest(self) -> str:
        keys = " ".join(sorted(row.spoke.key for row in self.rows))
        return hashlib.sha256(keys.encode()).hexdigest()[:16]
