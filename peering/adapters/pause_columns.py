"""A pause as columns, for its row in the table and for its line in an export."""

from collections.abc import Mapping
from typing import Any

from peering.adapters.entities import moment
from peering.core.decision.pause import Pause
from peering.core.network.resource_ids import VnetId


def to_columns(pause: Pause) -> dict[str, Any]:
    """Every column, None in those that are empty."""
    return {
        "reason": pause.reason,
        "who": pause.who,
        "hub": pause.hub,
        "spoke": str(pause.spoke) if pause.spoke else None,
        "since": pause.since,
        "until": pause.until,
    }


def from_columns(columns: Mapping[str, Any]) -> Pause:
    """The pause; raises one of MALFORMED for columns that cannot be read, or that are not all there."""
    hub, spoke, until = (columns[name] for name in ("hub", "spoke", "until"))
    return Pause(
        reason=str(columns["reason"]),
        who=str(columns["who"]),
        since=moment(columns["since"]),
        hub=str(hub) if hub else None,
        spoke=VnetId.parse(spoke) if spoke else None,
        until=moment(until) if until else None,
    )
