"""What is looked at again when a person wants many looked at at once. Pure."""

from dataclasses import dataclass

from peering.core.record.record import Record, State

RETRIED = (State.FAILED, State.REFUSED, State.ABANDONED, State.PENDING)
"""The states that can be looked at again. Of what is `Pending` that is what waits for a time; who is held waits on."""
MOST = 200
"""Rows of one call: each costs a read or two of Azure's."""


@dataclass(frozen=True, slots=True)
class Retried:
    """What is looked at again; `more` says that there was more than one call takes."""

    rows: tuple[Record, ...]
    more: bool


def counts(row: Record, state: State | None) -> bool:
    """Whether the row is among those that are meant: in that state, or in any of them."""
    if not row.is_understood or row.state not in ((state,) if state else RETRIED):
        return False
    return row.state is not State.PENDING or (row.progress.not_before is not None and not row.is_held)
