"""What a row remembers of a limit: what withholds it, that a person has let it go, and when it last lost something."""

from dataclasses import replace
from datetime import datetime

from peering.core.decision.findings import Code
from peering.core.decision.switches import Word
from peering.core.decision.withheld import Limit, Withheld
from peering.core.record.outcomes import as_it_was
from peering.core.record.record import RELEASED, Record, State
from peering.core.record.transitions import reopen


def withheld(record: Record, what: Withheld, now: datetime) -> Record:
    """A limit withholds it: the wish stays, and so does a pair that stood."""
    progress = replace(record.progress, held=str(what.limit), not_before=what.until, doubted=None)
    row = replace(record, progress=progress, found=replace(record.found, findings=(what.finding,)))
    return as_it_was(row, now) if row.state is State.PENDING and row.is_standing else row


def unheld(record: Record) -> Record:
    """It is looked at again: whether it is withheld still is decided anew. What a person has released stays so."""
    return replace(record, progress=replace(record.progress, held="")) if record.is_held else record


def waits_for_a_release(record: Record) -> bool:
    """Whether a person could let it go: what the brake holds, and switches that the catalogue wants off."""
    switched = record.state is State.CONNECTED and any(each.code == Code.LEFT_ON for each in record.found.findings)
    return record.progress.held == Limit.BRAKE or (switched and record.is_understood)


def released(record: Record) -> Record:
    """A person has looked at what was held back, and lets it go: that is a wish of his too."""
    row = reopen(record) if record.state is State.CONNECTED else record
    asked = replace(row.asked, word=max(row.asked.word, Word.LOOK))
    return replace(row, asked=asked, progress=replace(row.progress, held=RELEASED, not_before=None))


def resumed(record: Record) -> Record:
    """The pause that held it is over: it is looked at again at once."""
    row = reopen(record) if record.state is State.CONNECTED else record
    return replace(row, progress=replace(row.progress, held="", not_before=None))


def has_lost(record: Record, now: datetime) -> Record:
    """Something was taken away from a pair that stood: the brake counts it for a day."""
    return replace(record, progress=replace(record.progress, taken=now))


def remarked(record: Record, said: str) -> Record:
    """With a note of what a person has done to it, until the next look has its own to say."""
    return replace(record, found=replace(record.found, notes=(said,)))
