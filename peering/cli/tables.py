"""How an answer looks to a person: tables, lists of what belongs together, and plain lines."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from peering.cli.failures import Exit

_STYLES = {
    "Connected": "green",
    "ok": "green",
    "Refused": "red",
    "Failed": "red",
    "Abandoned": "red",
    "fail": "red",
    "Pending": "yellow",
    "AwaitingApproval": "yellow",
    "Leaving": "yellow",
    "warn": "yellow",
}
_UNSAID = {code: None for code in (*range(32), *range(127, 160)) if code != 10}  # nothing that a terminal would obey
_PIPED = 200  # columns where nobody looks: a line stays a line


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: the document for programs, the view for people, and the exit status."""

    document: object
    view: RenderableType
    status: Exit = Exit.DONE


def console(to: TextIO | None = None) -> Console:
    """Of the terminal's width, or wide where there is none; `COLUMNS` says otherwise."""
    one = Console(file=to or sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=False)
    if not one.is_terminal and one.width == 80:  # rich's guess
        one.width = _PIPED
    return one


def cell(value: object) -> Text:
    """One value; what is absent is a dash, and what a state is shows in its colour."""
    text = "-" if value is None or value == "" else str(value).translate(_UNSAID)
    return Text(text, _STYLES.get(text, ""))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> RenderableType:
    """One line for each row; `empty` is said where there is none."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        made.add_column(name, overflow="fold")
    for row in rows:
        made.add_row(*map(cell, row))
    return made if made.row_count else lines(empty)


def fields(values: Mapping[str, object]) -> RenderableType:
    """Names on the left, values beside them; what is absent is left out."""
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True, style="bold")
    made.add_column(overflow="fold")
    for name, value in values.items():
        if value not in (None, "", [], {}):
            made.add_row(name, cell(value))
    return made


def lines(*texts: str) -> Text:
    return Text("\n".join(text.translate(_UNSAID) for text in texts))


def blocks(*parts: RenderableType) -> Group:
    """Each below the other, with an empty line between."""
    return Group(*(each for part in parts for each in ("", part))) if parts else Group()


def shown_time(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON has there
    """A time of the API as a person reads it, in UTC and to the second; None for none."""
    when = parsed_time(value)
    return f"{when:%Y-%m-%d %H:%M:%S}Z" if when else None


def parsed_time(value: Any) -> datetime | None:  # noqa: ANN401 - as above
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return when.astimezone(UTC) if when and when.tzinfo else None


def span(seconds: float) -> str:
    """How long: in the largest unit of which there are two, or one."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def network(spoke: Any) -> str:  # noqa: ANN401 - as above
    """The name of a network, of its resource id."""
    return str(spoke).rstrip("/").rpartition("/")[2]


def codes(record: Mapping[str, Any]) -> str:
    return ", ".join(str(finding.get("code", "")) for finding in record.get("findings") or ())
