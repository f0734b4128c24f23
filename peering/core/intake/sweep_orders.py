"""The order to sweep: compare the whole estate with the records. The timer gives it, or a person."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from peering.core.intake.fields import Fields
from peering.core.intake.requests import Door

KIND = "sweep"
# As of a gateway's event (requests.py): a version from before there were sweeps lets it go.
_TO_AN_EARLIER_VERSION = {"eventType": "Autopeer.Sweep", "data": {}}


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
        """Read what `to_json` wrote; raise InvalidRequest naming the field that is wrong."""
        read = Fields(document, "the order")
        return cls(
            id=read.short("id"),
            door=read.word("door", Door),
            who=read.short("who"),
            when=read.moment("when", now),
            attempt=read.count("attempt"),
        )
