"""What a row says of halves of ours on networks that were its hub's, and are to be let go of."""

from dataclasses import replace
from datetime import datetime

from peering.core.record.record import Record
from peering.core.record.telling import next_look


def lets_go_of(record: Record, half: str, now: datetime) -> Record:
    """That hub half lies on a former network of its hub: it is still to be let go of, under that network's lease."""
    former = tuple(dict.fromkeys((*record.found.former, half)))
    found = replace(record.found, former=former)
    return replace(record, found=found, progress=replace(record.progress, not_before=now))


def let_go(record: Record, half: str, note: str, now: datetime) -> Record:
    """That former half is settled; the row rests, unless there are more of them."""
    former = tuple(each for each in record.found.former if each != half)
    row = replace(record, found=replace(record.found, former=former, notes=(*record.found.notes, note)))
    again = now if former else next_look(row, now)
    return replace(row, progress=replace(row.progress, not_before=again, attempts=0, failing=None))


def held_on(record: Record, not_before: datetime) -> Record:
    """A former half could not be let go of yet."""
    attempts = record.progress.attempts + 1
    return replace(record, progress=replace(record.progress, not_before=not_before, attempts=attempts))
