"""A person has a spoke leave a hub at once, without grace: whether it may, and the row that says so. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from peering.core.catalogue.policy import Catalogue
from peering.core.decision.moves import Kept
from peering.core.decision.switches import Word
from peering.core.intake.requests import Door
from peering.core.network.vnets import Vnet
from peering.core.record.record import Record, State
from peering.core.record.staying import reason_to_stay
from peering.core.record.transitions import leave, opened


def reason_against(row: Record, spoke: Vnet | None, rows: Sequence[Record], catalogue: Catalogue) -> str | None:
    """Why the spoke cannot leave the hub so, and what to do about it; None where it can, or is gone.

    What a tag wants is not taken away by hand, for the next look would bring it back. What stays although its tag does
    not name the hub (a typo, a move that is under way) is left to the same rules as at any other look. `rows` are all
    rows of the spoke.
    """
    if spoke is None:
        return None
    tag = catalogue.tag_value(spoke.tags)
    named = catalogue.hub(tag) if tag is not None else None
    if tag is not None and (named is None or named.name == row.hub):
        said = f"says {tag!r}" if named else f"says {tag!r}, which names no hub, and that starts no departure"
        return f"The tag {catalogue.tag!r} of {spoke.id.name} {said}: remove the tag, and it leaves by itself."
    stays = reason_to_stay(row, spoke, catalogue, rows)
    if stays is None:
        return None
    said = stays.notes[0] if isinstance(stays, Kept) and stays.notes else ""
    return _sentence(" ".join(finding.message for finding in stays.findings) or said, spoke, row)


def _sentence(said: str, spoke: Vnet, row: Record) -> str:
    return f"{spoke.id.name} cannot leave hub {row.hub!r} by hand: {said or 'its pair stays'}".rstrip(".") + "."


def leaving_at_once(record: Record, who: str, correlation: str, now: datetime) -> Record:
    """The row on its way out, because of whoever asked; as it is, where nothing of it is left to leave."""
    if record.state is State.REMOVED or not record.is_understood:
        return record
    asked = replace(record.asked, door=Door.HTTP, who=who, correlation=correlation, requested=now, word=Word.LOOK)
    return leave(replace(opened(record), asked=asked), None)
