"""`why SPOKE`: why a network is where it is, in a few lines, for whoever is asked about it."""

from datetime import datetime

import click
from rich.console import RenderableType

from peering.cli.app import App, Document
from peering.cli.asking import asks
from peering.cli.failures import Exit
from peering.cli.records import findings, half
from peering.cli.spokes import hub_option, path_of, records_of, spoke_argument, spoke_id
from peering.cli.tables import Answer, blocks, codes, lines, network, parsed_time, shown_time, span
from peering.cli.verdicts import verdict

_PAST = 5
_MEANS = {
    "Pending": "It is being worked on, or waits.",
    "AwaitingApproval": "A person has to decide: `autopeer approve` or `autopeer refuse`.",
    "Connected": "It is peered, both ways.",
    "Refused": "A rule speaks against it; it is looked at again when it, or its hub, changes.",
    "Failed": "Azure said no; it is tried again once a day.",
    "Abandoned": "Autopeer itself failed at it; whoever operates it has to look (docs/operate.md, autopeer-abandoned).",
    "Leaving": "It is about to leave its hub.",
    "Removed": "It has left its hub.",
}
_BAD = ("Refused", "Failed", "Abandoned")


@click.command("why")
@spoke_argument
@hub_option
@asks
def why(app: App, spoke: str, hub: str | None) -> Answer:
    """Say why a network is, or is not, peered: findings, what it waits for, its halves, its past.

    SPOKE is a resource id, or a name or key that only one network has. Of a network without a record it says what
    would become of it.
    """
    found = [app.get(path_of(record)) for record in records_of(app, spoke, hub)]
    if not found:
        return _unheard(app, spoke_id(spoke), hub)
    bad = any(record["state"] in _BAD for record in found)
    document = found[0] if len(found) == 1 else {"value": found}
    return Answer(document, blocks(*(told(each, app.clock.now()) for each in found)), Exit.NO if bad else Exit.DONE)


def _unheard(app: App, spoke: str, hub: str | None) -> Answer:
    plan = app.post("plan", {"spoke": spoke} | ({"hub": hub} if hub else {}))
    head = lines(f"{spoke} has no record: Autopeer has not heard of it. If it were looked at now:")
    return Answer({"value": [], "plan": plan}, blocks(head, verdict(plan)))


def told(record: Document, now: datetime) -> RenderableType:
    """The few lines about one pair."""
    since = (
        parsed_time(record.get("finished"))
        or parsed_time(record.get("started"))
        or parsed_time(record.get("requested"))
    )
    age = f" for {span((now - since).total_seconds())}, since {shown_time(since.isoformat())}" if since else ""
    state = str(record["state"])
    head = [
        f"{network(record['spoke'])} at hub {record['hub']}: {state}{age}",
        _MEANS.get(state, ""),
        str(record["spoke"]),
    ]
    return blocks(
        lines(*filter(None, head)), *findings(record), lines(*_waiting(record, now), *_halves(record)), _past(record)
    )


def _waiting(record: Document, now: datetime) -> list[str]:
    """Until when it waits, and for what."""
    if not (until := parsed_time(record.get("notBefore"))):
        return []
    left = (until - now).total_seconds()
    when = f"in {span(left)}, at {shown_time(record['notBefore'])}" if left > 0 else "now"
    reason = codes(record)
    return [f"The next look is {when}{f': {reason}' if reason and record['state'] == 'Pending' else ''}."]


def _halves(record: Document) -> list[str]:
    return [f"hub's half    {half(record.get('hubPeering'))}", f"spoke's half  {half(record.get('spokePeering'))}"]


def _past(record: Document) -> RenderableType:
    entries = (record.get("history") or ())[:_PAST]
    if not entries:
        return lines("It has no history.")
    return lines("Its past, newest first:", *map(_entry, entries))


def _entry(entry: Document) -> str:
    when = shown_time(entry.get("finished")) or "is not over"
    return f"  {when}  {entry['state']}  {codes(entry)}".rstrip()
