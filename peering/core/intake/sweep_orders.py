"""The order to sweep: compare the whole estate with the records. The timer gives it, or a person."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from peering.core.intake.requests import Door, InvalidRequest, likely_time

KIND = "sweep"
# As of a gateway's event (requests.py): a version from before there were sweeps lets it go.
_TO_AN_EARLIER_VERSION = {"eventType": "Autopeer.Sweep", "data": {}}
_LONGEST = 512  # characters of an id or a name
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepOrder:
    """Sweep, or go on with the sweep that is under way. The fields are those of a Request."""

    id: str
    door: Door
    who: str
    when: datetime
    attempt: int = 0

    def after_a_failure(self) -> "SweepOrder":
        """The same once more: something did not answer, or took too long."""
        return replace(self, attempt=self.attempt + 1)

    def to_json(self) -> str:
        """One line of JSON."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json.dumps(fields | {"when": self.when.isoformat(), "kind": KIND} | _TO_AN_EARLIER_VERSION)

    @classmethod
    def from_document(cls, document: dict[str, Any], now: datetime) -> Self:
        """Read what `to_json` wrote; raise InvalidRequest for anything else."""
        identity, who, attempt = document.get("id"), document.get("who"), document.get("attempt", 0)
        if not isinstance(identity, str) or not isinstance(who, str) or max(len(identity), len(who)) > _LONGEST:
            raise InvalidRequest("the order's 'id' and 'who' should be texts.")
        if not isinstance(attempt, int) or isinstance(attempt, bool) or attempt < 0:
            raise InvalidRequest(f"the order's 'attempt' should be a whole number, not {attempt!r}.")
        try:
            door, when = Door(str(document.get("door"))), datetime.fromisoformat(str(document.get("when")))
        except ValueError as error:
            raise InvalidRequest(f"the order to sweep cannot be read: {error}.") from error
        if when.utcoffset() is None:
            raise InvalidRequest("the order's 'when' has no offset from UTC.")
        return cls(id=identity, door=door, who=who, when=likely_time(when, now, earliest=_EARLIEST), attempt=attempt)
