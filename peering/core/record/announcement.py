"""What is told to the outcome topic: events as CloudEvents 1.0 has them, without the wire. Pure.

docs/events.md tells of each type, and docs/events.schema.json describes their data; a test holds both to this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peering.core.catalogue.policy import HubPolicy
from peering.core.record.document import record_body, shown_time
from peering.core.record.record import Record
from peering.core.record.waiting import waiting

WAITING = "Autopeer.Spoke.Waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The attributes of one event, and its data as JSON has it.

    What is told twice has the same `id`; `time` (UTC) and `data` are then those of the second telling.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    data: Mapping[str, Any]


def of_spoke(row: Record, policy: HubPolicy | None, now: datetime) -> Announcement:
    """The outcome of a spoke, or that it waits: `Autopeer.Spoke.<State>`, `Autopeer.Spoke.Waiting` while it is open.

    The row has its event's id already (see telling.py).
    """
    time = None if row.is_open else row.progress.finished
    return Announcement(
        id=row.progress.event,
        type=WAITING if row.is_open else f"Autopeer.Spoke.{row.state}",
        source=source_of(row.hub),
        subject=str(row.spoke),
        time=time or now,
        data=record_body(row) | {"waiting": _waiting_body(row, policy)},
    )


def source_of(hub: str | None) -> str:
    """Where an event comes from: a hub, or the whole of Autopeer."""
    return f"/autopeer/hubs/{hub}" if hub else "/autopeer"


def _waiting_body(row: Record, policy: HubPolicy | None) -> dict[str, Any] | None:
    found = waiting(row, policy)
    if found is None:
        return None
    return {
        "for": found.reason,
        "code": found.code or None,
        "until": shown_time(found.until),
        "endedBy": found.ended_by,
        "remedy": found.remedy or None,
    }
