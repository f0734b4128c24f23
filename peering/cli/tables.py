"""How an answer looks to a person: tables, lists of what belongs together, and plain lines."""

import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
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


class Fields:
    """Names on the left, values beside them, broken between words: an id stays whole, so that it can be copied."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = {name: cell(value) for name, value in values.items() if value not in (None, "", [], {})}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(map(len, self._values), default=0) + 2
        for name, value in self._values.items():
            for number, part in enumerate(_broken(value.plain, options.max_width - room)):
                label = name if number == 0 else ""
                yield Text.assemble((label.ljust(room), "bold"), (part, value.style), no_wrap=True, overflow="ignore")


def _broken(text: str, width: int) -> list[str]:
    wide = max(width, 40)
    return [
        part
        for line in text.split("\n")
        for part in textwrap.wrap(line, wide, break_long_words=False, break_on_hyphens=False) or [""]
    ]


def fields(values: Mapping[str, object]) -> RenderableType:
    """What is absent is left out."""
    return Fields(values)


def lines(*texts: str) -> Text:
    """Broken between words only, as above."""
    return Text("\n".join(text.translate(_UNSAID) for text in texts), overflow="ignore")


def blocks(*parts: RenderableType) -> Group:
    """Each below the other, with an empty line between."""
    first, *others = parts
    return Group(first, *(each for part in others for each in ("", part)))


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


def counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def group(spoke: Any) -> str:  # noqa: ANN401 - as above
    """The resource group of a network, of its resource id."""
    return str(spoke).partition("/resourceGroups/")[2].partition("/")[0]


def network(spoke: Any) -> str:  # noqa: ANN401 - as above
    """The name of a network, of its resource id."""
    return str(spoke).rstrip("/").rpartition("/")[2]


def codes(record: Mapping[str, Any]) -> str:
    return ", ".join(str(finding.get("code", "")) for finding in record.get("findings") or ())
