"""`python -m peering plan --all`: what would happen at every hub if all were looked at now. Nothing is written."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from peering.cli.tools import TROUBLE, Tools
from peering.core.record.preview import Fate, HubPreview, Line, Preview, preview_body

_ORDER = tuple(Fate)
_WORDS = {Fate.LEAVES: "leaves later", Fate.STAYS: "stays as it is", Fate.UNREAD: "cannot be read"}
_WITHOUT_RECORDS = (
    "Without the app's records: halves that bear our mark count as ours, and pairs that were asked for by request, not "
    "by tag, show as ours by name alone. With --with-records the app's storage is read too."
)


def plan(tools: Tools, catalogue: Path | None, *, with_records: bool, as_json: bool) -> int:
    """Exit status 0: nothing would be written; 1: something would; 2: the plan is not complete."""
    found = tools.preview(catalogue, with_records=with_records)
    text = json.dumps(preview_body(found), indent=2) if as_json else shown(found)
    sys.stdout.write(f"{text}\n")
    if not found.is_complete:
        return TROUBLE
    return 1 if found.writes else 0


def shown(preview: Preview) -> str:
    """The whole plan, a block for each hub and a line for each write and each reason."""
    head = [f"{preview.networks} networks. Nothing was written."]
    head += [] if preview.with_records else [_WITHOUT_RECORDS]
    return "\n\n".join(["\n".join(head), *map(_hub, preview.hubs)])


def _hub(hub: HubPreview) -> str:
    where = f" ({hub.network.name} in {hub.network.group})" if hub.network else ", which is no hub of the catalogue"
    if hub.unread:
        return f"{hub.hub}{where}\n  cannot be read, and nothing is known of its spokes: {hub.unread}"
    counts = ", ".join(f"{number} {word}" for word, number in hub.counts.items() if number)
    lines = sorted(hub.lines, key=lambda line: _ORDER.index(line.fate))
    return "\n".join(
        (
            f"{hub.hub}{where}: {counts or 'no spokes'}",
            *(text for line in lines for text in _line(line)),
            *_by_name(hub),
        )
    )


def _line(line: Line) -> Iterator[str]:
    word = _WORDS.get(line.fate, str(line.fate))
    yield f"  {word}{f', withheld ({line.withheld})' if line.withheld else ''}: {line.spoke}"
    yield from (f"      {change}" for change in line.changes)
    yield from (f"      {finding.code}: {finding.message}" for finding in line.findings)
    yield from (f"      note: {note}" for note in line.notes)


def _by_name(hub: HubPreview) -> Iterator[str]:
    yield from (f"  ours by name alone, left as it is: {spoke}" for spoke in hub.by_name)
