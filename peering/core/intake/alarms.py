"""An alarm: the delayed message that stands for everything that is open at a hub."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from peering.core.intake.fields import InvalidRequest

KIND = "alarm"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Look at what is due at `hub`, the partition of its rows.

    `due` is the time it was armed for, and its identity: the hub's note says it too, and an alarm in hand must not
    count as one that is still to come. `poisoned` counts how often the host gave up on it.
    """

    hub: str
    due: datetime
    poisoned: int = 0

    def after_a_failure(self) -> "Alarm":
        """The same alarm once more. It keeps its time: that is long past, so that it never counts as one to come."""
        return replace(self, poisoned=self.poisoned + 1)

    def to_json(self) -> str:
        """One line of JSON."""
        fields = {"kind": KIND, "hub": self.hub, "due": self.due.isoformat(), "poisoned": self.poisoned}
        return json.dumps(fields)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raise InvalidRequest for anything else."""
        hub, due, poisoned = document.get("hub"), document.get("due"), document.get("poisoned", 0)
        if not isinstance(hub, str) or not hub or len(hub) > 100:
            raise InvalidRequest(f"the alarm's 'hub' should be a name, not {hub!r}.")
        if not isinstance(poisoned, int) or isinstance(poisoned, bool) or not 0 <= poisoned <= 1_000_000:
            raise InvalidRequest(f"the alarm's 'poisoned' should be a count, not {poisoned!r}.")
        try:
            when = datetime.fromisoformat(str(due))
        except ValueError as error:
            raise InvalidRequest(f"the alarm's 'due' should be a time, not {due!r}.") from error
        if when.utcoffset() is None:
            raise InvalidRequest("the alarm's 'due' has no offset from UTC.")
        return cls(hub, when.astimezone(UTC), poisoned)
