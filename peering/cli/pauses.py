"""`pause` and `resume`: have nothing written, everywhere, at a hub or to a spoke."""

import click

from peering.cli.app import App, Document
from peering.cli.asking import asks
from peering.cli.failures import Misused
from peering.cli.spokes import is_name, pair_of, spoke_id
from peering.cli.tables import Answer, lines, network, shown_time, table

everything_option = click.option("--everything", is_flag=True, help="All hubs and spokes.")
hub_option = click.option("--hub", metavar="HUB", help="One hub.")
spoke_option = click.option("--spoke", metavar="SPOKE", help="One network.")


@click.command("pause")
@everything_option
@hub_option
@spoke_option
@click.option("--reason", metavar="TEXT", help="Why; whoever waits reads it.")
@click.option("--until", metavar="TIME", help="When it ends by itself, such as 2026-11-26T08:00:00Z.")
@asks
def pause(
    app: App, *, everything: bool, hub: str | None, spoke: str | None, reason: str | None, until: str | None
) -> Answer:
    """Have nothing written; without options, list the pauses there are.

    `autopeer pause --hub prod-weu --reason "change 4711"`
    """
    if not (everything or hub or spoke):
        if reason or until:
            raise Misused("What is to be paused? Give --everything, --hub or --spoke.")
        return _listed(app)
    scope = _scope(app, hub=hub, spoke=spoke, everything=everything)
    if not reason:
        raise Misused("Give a --reason: whoever waits meanwhile reads it.")
    found = app.post("pause", {**scope, "reason": reason} | ({"until": until} if until else {}))
    end = shown_time(found.get("until"))
    return Answer(found, lines(f"Paused: {found['scope']}{f', until {end}' if end else ', until `autopeer resume`'}."))


@click.command("resume", no_args_is_help=True)
@everything_option
@hub_option
@spoke_option
@asks
def resume(app: App, *, everything: bool, hub: str | None, spoke: str | None) -> Answer:
    """End a pause before its time; what waited goes on."""
    if not (everything or hub or spoke):
        raise Misused("Which pause? Give --everything, --hub or --spoke, as `autopeer pause` lists them.")
    found = app.delete("pause", _scope(app, hub=hub, spoke=spoke, everything=everything))
    return Answer(found, lines(f"The pause of {found['scope']} is over."))


def _scope(app: App, *, hub: str | None, spoke: str | None, everything: bool) -> Document:
    if sum((everything, bool(hub), bool(spoke))) > 1:
        raise Misused("--everything, --hub or --spoke: one of them.")
    if spoke:
        return {"spoke": str(pair_of(app, spoke, None)["spoke"]) if is_name(spoke) else spoke_id(spoke)}
    return {"hub": hub} if hub else {}


def _listed(app: App) -> Answer:
    found = app.get("pause")
    rows = [(_what(each), each["reason"], each["who"], *_times(each)) for each in found["value"]]
    return Answer(found, table(("WHAT", "REASON", "WHO", "SINCE", "UNTIL"), rows, "Nothing is paused."))


def _what(pause: Document) -> str:
    return str(pause.get("hub") or (network(pause["spoke"]) if pause.get("spoke") else "everything"))


def _times(pause: Document) -> tuple[str | None, str]:
    return shown_time(pause["since"]), shown_time(pause["until"]) or "it is ended"
