"""`approve` and `refuse`: a person's decision about a network that waits for one."""

import click

from peering.cli.app import App, Document
from peering.cli.asking import asks
from peering.cli.spokes import hub_option, pair_of, path_of, spoke_argument
from peering.cli.tables import Answer, lines, network
from peering.cli.waiting import answered, changed, outcome, wait_options

_WAITS = ("AwaitingApproval",)


@click.command("approve")
@spoke_argument
@hub_option
@click.option(
    "--prefix",
    "prefixes",
    multiple=True,
    metavar="PREFIX",
    help="The address space that you have seen; default: as it is now.",
)
@click.option("--reason", metavar="TEXT", help="Why; it stands in the history.")
@wait_options
@asks
def approve(
    app: App, *, spoke: str, hub: str | None, prefixes: tuple[str, ...], reason: str | None, wait: bool, at_most: int
) -> Answer:
    """Let a network join that waits for a person's yes.

    It is approved with the address space that it shows; one that grows asks again.
    """
    record = pair_of(app, spoke, hub, _WAITS)
    shown = list(prefixes or record.get("addressSpace") or ())
    accepted = app.post(f"{path_of(record)}/approve", {"prefixes": shown} | ({"reason": reason} if reason else {}))
    if not wait:
        text = f"{network(record['spoke'])} may join hub {record['hub']} with {', '.join(shown) or 'what it has'}."
        return Answer(accepted, lines(text))

    def look() -> Document:
        return changed(record, app.get(path_of(record)))

    return answered(outcome(app, look, at_most), accepted, at_most)


@click.command("refuse")
@spoke_argument
@hub_option
@click.option("--reason", required=True, metavar="TEXT", help="Why; its owner reads it, and it stands in the history.")
@asks
def refuse(app: App, *, spoke: str, hub: str | None, reason: str) -> Answer:
    """Say no to a network that waits for a person's yes."""
    record = pair_of(app, spoke, hub, _WAITS)
    found = app.post(f"{path_of(record)}/refuse", {"reason": reason})
    return Answer(found, lines(f"{network(record['spoke'])} is refused at hub {record['hub']}."))
