"""`sweep`: the comparison of the whole estate with the records."""

from collections.abc import Iterator

import click
from rich.console import RenderableType

from peering.cli.app import App, Document
from peering.cli.asking import asks
from peering.cli.failures import Exit, Misused
from peering.cli.tables import Answer, blocks, fields, lines, shown_time
from peering.cli.waiting import wait_options, watched

_EVERY = 2.0  # seconds


@click.command("sweep")
@click.option("--start", is_flag=True, help="Begin one, or have the one go on that was interrupted.")
@click.option("--dry-run", is_flag=True, help="What one would come to, by the app; nothing is written.")
@wait_options
@asks
def sweep(app: App, *, start: bool, dry_run: bool, wait: bool, at_most: int) -> Answer:
    """Say how far the sweep has got, begin one, or say what it would come to."""
    if start and dry_run:
        raise Misused("--start or --dry-run: one of them.")
    if dry_run:
        return _dry_run(app.post("sweep", {"dryRun": True}))
    if not start:
        return _shown(app.get("sweep"), Exit.DONE)
    before = (app.get("sweep").get("latest") or {}) if wait else {}
    accepted = app.post("sweep", {})
    if not wait:
        return Answer(accepted, lines(f"Ordered. Its id is {accepted['id']}. See: autopeer sweep"))
    return _finished(app, before, at_most)


def _finished(app: App, before: Document, at_most: int) -> Answer:
    """The book once this sweep, or the one it has joined, is over."""

    def is_over(book: Document) -> bool:
        latest = book.get("latest") or {}
        return bool(latest.get("finished")) and latest != before

    book = watched(app, lambda: app.get("sweep"), _stands, is_over, at_most, _EVERY)
    return _shown(book, Exit.DONE if is_over(book) else Exit.WAITING)


def _stands(book: Document) -> str:
    latest = book.get("latest") or {}
    return f"{latest.get('hubs', 0)} hubs, {latest.get('networks', 0)} networks"


def _shown(book: Document, status: Exit) -> Answer:
    last = book.get("lastComplete")
    known = {"latest": book.get("latest") if book.get("latest") != last else None, "last complete": last}
    parts = [_report(name, found) for name, found in known.items() if found]
    none = lines("There was no sweep yet. Begin one: autopeer sweep --start")
    return Answer(book, blocks(*parts) if parts else none, status)


def _report(name: str, report: Document) -> RenderableType:
    found = ", ".join(f"{number} {kind}" for kind, number in (report.get("differences") or {}).items())
    return fields(
        {
            name: report["id"],
            "asked by": f"{report.get('who')}, by {report.get('door')}",
            "started": shown_time(report.get("started")),
            "finished": shown_time(report.get("finished")) or "is under way",
            "networks": report.get("networks"),
            "hubs": report.get("hubs"),
            "could not be read": report.get("unread") or None,
            "found": found or "no difference",
        }
    )


def _dry_run(preview: Document) -> Answer:
    told = [line for hub in preview["hubs"] for line in _hub(hub)]
    view = lines(f"{preview['networks']} networks. Nothing was written.", *told)
    if not preview.get("complete"):
        return Answer(preview, view, Exit.USAGE)
    writes = any(spoke.get("changes") for hub in preview["hubs"] for spoke in hub.get("spokes") or ())
    return Answer(preview, view, Exit.NO if writes else Exit.DONE)


def _hub(hub: Document) -> Iterator[str]:
    counts = ", ".join(f"{number} {word}" for word, number in (hub.get("counts") or {}).items() if number)
    yield from ("", f"{hub['hub']}: {hub.get('unread') or counts or 'no spokes'}")
    for spoke in hub.get("spokes") or ():
        yield f"  {spoke['fate']}: {spoke['spoke']}"
        yield from (f"      {change}" for change in spoke.get("changes") or ())
        yield from (f"      {each['code']}: {each['message']}" for each in spoke.get("findings") or ())
