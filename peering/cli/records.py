"""`list` and `show`: the records, and one of them with its history."""

from typing import Any

import click

from peering.cli.app import App, Document
from peering.cli.asking import asks
from peering.cli.spokes import hub_option, pair_of, path_of, spoke_argument, spoke_id
from peering.cli.tables import Answer, blocks, codes, fields, group, lines, network, shown_time, table

STATES = ("Pending", "AwaitingApproval", "Connected", "Refused", "Failed", "Abandoned", "Leaving", "Removed")
COLUMNS = ("HUB", "SPOKE", "GROUP", "STATE", "CODE", "FINISHED")
_PAGE = 1000
_SHORT = ("Connected", "Removed")


@click.command("list")
@click.option("--hub", metavar="HUB", help="Those of one hub.")
@click.option(
    "--state", type=click.Choice(STATES, case_sensitive=False), metavar="STATE", help=f"One of {', '.join(STATES)}."
)
@click.option("--spoke", metavar="ID", help="Those of one network, by its resource id.")
@click.option("--code", metavar="CODE", help="Those with this finding, such as OverlapsHub.")
@click.option("--subscription", metavar="GUID", help="Those of networks in one subscription.")
@click.option("--since", metavar="TIME", help="Those that ended since then, such as 2026-11-26T08:00:00Z.")
@click.option("--sort", metavar="FIELD", help="spoke, finished, requested…; with a - in front the other way round.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many; all unless it is said.")
@asks
def list_(app: App, *, limit: int | None, spoke: str | None, **filters: str | None) -> Answer:
    """List the records. All filters apply together.

    `autopeer list --state Refused --hub prod-weu`
    """
    query = {**filters, "spoke": spoke_id(spoke) if spoke else None, "size": min(limit or _PAGE, _PAGE)}
    found = [record for record, _ in zip(app.pages("peerings", query), range(limit or 10**9), strict=False)]
    return Answer({"value": found}, table(COLUMNS, map(row, found), "No record fits."))


def row(record: Document) -> tuple[object, ...]:
    spoke, finished = record["spoke"], shown_time(record.get("finished"))
    return record["hub"], network(spoke), group(spoke), record["state"], codes(record), finished


@click.command("show")
@spoke_argument
@hub_option
@asks
def show_(app: App, spoke: str, hub: str | None) -> Answer:
    """Show one record and its history, newest first.

    SPOKE is a resource id, or a name or key that only one network has.
    """
    record = app.get(path_of(pair_of(app, spoke, hub)))
    past = table(("FINISHED", "STATE", "CODE", "DOOR", "WHO"), map(_entry, record.get("history") or ()), "No history.")
    return Answer(record, blocks(fields(facts(record)), *findings(record), past))


def _entry(entry: Document) -> tuple[object, ...]:
    return shown_time(entry.get("finished")), entry["state"], codes(entry), entry.get("door"), entry.get("who")


def facts(record: Document) -> dict[str, object]:
    """What a record says, in the order in which one asks."""
    return {
        "spoke": record["spoke"],
        "hub": record["hub"],
        "state": record["state"],
        "asked by": f"{record.get('who')}, by {record.get('door')}, {shown_time(record.get('requested'))}",
        "finished": shown_time(record.get("finished")),
        "next look": shown_time(record.get("notBefore")),
        "addresses": ", ".join(record.get("addressSpace") or ()),
        "region": record.get("location"),
        "gateway": record.get("gateway"),
        "hub's half": half(record.get("hubPeering")),
        "spoke's half": half(record.get("spokePeering")),
        "correlation": record.get("correlationId"),
        "key": record["key"],
    }


def half(found: Any) -> str:  # noqa: ANN401 - whatever JSON has there
    """A half by its name, with the switches that are on."""
    if not isinstance(found, dict):
        return "none of ours"
    on = ", ".join(name for name, value in found.items() if value is True) or "no switch on"
    return f"{network(found.get('id'))}: {on}"


def findings(record: Document) -> list[Any]:
    """Each finding with what to do about it, and the notes, as blocks."""
    told = [
        f"{finding.get('code')}: {finding.get('message')}"
        + (f"\n  Do: {remedy}" if (remedy := finding.get("remedy")) else "")
        for finding in record.get("findings") or ()
    ]
    told += [f"note: {note}" for note in record.get("notes") or ()]
    return [lines(*told)] if told else []
