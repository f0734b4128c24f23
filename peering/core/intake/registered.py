"""What is kept of a request by HTTP from the moment it is asked, and of the key under which it may be sent again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from peering.core.intake.callers import Caller
from peering.core.intake.requests import Door, Request
from peering.core.network.resource_ids import VnetId

KEPT = timedelta(days=7)
"""For how long both are kept. Who sends a request again does so within a day at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A request that somebody made by HTTP: its id, which is the correlation of all that comes of it, who, when.

    `looked` is when the network was looked at because of it, None while it is on the queue. What it came to is in the
    records.
    """

    id: str
    spoke: VnetId
    who: str
    when: datetime
    hub: str | None = None
    restore: bool = False
    looked: datetime | None = None

    def as_request(self) -> Request:
        """What goes on the queue."""
        return Request(
            id=self.id,
            spoke=self.spoke,
            door=Door.HTTP,
            who=self.who,
            when=self.when,
            correlation=self.id,
            hub=self.hub,
            restore=self.restore,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An Idempotency-Key that somebody has used: for which request, and what it asked for.

    `name` stands for the caller and his key, `digest` for what he asked; nothing can be read back from either.
    """

    name: str
    digest: str
    request: str
    when: datetime


def name_of(caller: Caller, key: str) -> str:
    """Of whoever uses the key. All callers by function key are one, for nobody can tell them apart."""
    return _digest([caller.kind, caller.name.lower(), key])


def digest_of(what: str, asked: Mapping[str, object]) -> str:
    """Of what is asked, however it was written: the operation, and its fields as they were read."""
    return _digest([what, dict(sorted(asked.items()))])


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
