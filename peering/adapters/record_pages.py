"""Pages of records: what a table can compare itself, and tokens that lead into the middle of one of its own pages."""

from datetime import datetime

from peering.adapters.table_rows import Query
from peering.core.record.selection import Selection

MOST_ROWS = 1000
"""Rows that Table storage gives in one answer (docs/facts/storage.md)."""
_PARTS = 4


def page_query(wanted: Selection, size: int, at: str | None) -> Query:
    """The question to the table; the answer still has rows that only the selection itself can tell apart."""
    given: dict[str, tuple[str, str | datetime | None]] = {
        "hub": ("PartitionKey eq @hub", wanted.hub),
        "state": ("state eq @state", wanted.state),
        "since": ("finished ge @since", wanted.since),
    }
    conditions = [condition for condition, value in given.values() if value is not None]
    parameters = {name: value for name, (_, value) in given.items() if value is not None}
    condition = " and ".join(conditions) or "PartitionKey ge ''"
    return Query(condition=condition, parameters=parameters, size=size, token=at)


def page_token(at: str | None, hub: str, key: str) -> str:
    """Leads behind one row of the page that begins at the storage's own token, by name: rows come and go."""
    return f"{at or '/'}/{hub}/{key}"


def page_place(token: str | None) -> tuple[str | None, tuple[str, str]]:
    """Where the storage's page begins, and behind which row (hub and key) of it to go on."""
    parts = (token or "").split("/")
    if len(parts) != _PARTS:
        return token, ("", "")
    partition, row, hub, key = parts
    return (f"{partition}/{row}" if partition or row else None), (hub, key)
