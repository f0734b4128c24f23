"""`plan`: what would become of one network, that exists or does not yet; or, with `--all`, of the whole estate."""

from pathlib import Path
from typing import Any

import click

from peering.cli.app import App, Document
from peering.cli.asking import Place, ask, connection
from peering.cli.estate_plan import plan as estate_plan
from peering.cli.failures import Exit, Misused
from peering.cli.spokes import is_name, pair_of, spoke_id
from peering.cli.tables import Answer
from peering.cli.verdicts import verdict

_GOOD = ("connect", "nothing to do")
_ESTATE = ("catalogue", "with_records", "as_json")


def _what_if(app: App, *, spoke: str | None, hub: str | None, space: tuple[str, ...], **given: str | None) -> Answer:
    found = app.post("plan", _wish(app, spoke, hub, space, given))
    return Answer(found, verdict(found), Exit.DONE if found.get("verdict") in _GOOD else Exit.NO)


def _wish(
    app: App, spoke: str | None, hub: str | None, space: tuple[str, ...], given: dict[str, str | None]
) -> Document:
    """The body of `POST /api/plan`: a network that exists, or all of one that does not."""
    if spoke is None:
        return {"hub": hub, "addressSpace": list(space), **{name: value for name, value in given.items() if value}}
    meant = str(pair_of(app, spoke, None)["spoke"]) if is_name(spoke) else spoke_id(spoke)
    return {"spoke": meant} | ({"hub": hub} if hub else {})


def _one_way(*, spoke: str | None, space: tuple[str, ...], everything: bool, given: dict[str, Any]) -> None:
    """One of three questions, and nothing that belongs to another; raises Misused."""
    ways = [spoke is not None, bool(space), everything]
    if sum(ways) != 1:
        raise Misused("Of what? Give a SPOKE, or --space with --hub, --region and --subscription, or --all.")
    for name in _ESTATE:
        if given[name] and not everything:
            raise Misused(f"--{name.replace('_', '-').replace('as-', '')} belongs to --all.")
    needed = [name for name in ("hub", "region", "subscription") if space and not given[name]]
    if needed:
        raise Misused(f"--space also needs {' and '.join(f'--{name}' for name in needed)}.")
    loose = [name for name in ("region", "subscription", "name") if spoke is not None and given[name]]
    if loose:
        raise Misused(f"--{loose[0]} belongs to --space: what a network has, it says itself.")


@click.command("plan", no_args_is_help=True)
@click.argument("spoke", metavar="[SPOKE]", required=False)
@click.option("--hub", metavar="HUB", help="The hub to try; without it the one that its tag names.")
@click.option(
    "--space", multiple=True, metavar="PREFIX", help="An address space that is not there yet. More than once."
)
@click.option("--region", metavar="REGION", help="With --space: where it would be, such as westeurope.")
@click.option("--subscription", metavar="GUID", help="With --space: whose it would be.")
@click.option("--name", metavar="NAME", help="With --space: what it would be called.")
@click.option("--all", "everything", is_flag=True, help="The whole estate, by your own login and not by the app.")
@click.option("--catalogue", type=click.Path(path_type=Path), metavar="FILE", help="With --all: default as the app's.")
@click.option("--with-records", is_flag=True, help="With --all: read the app's storage too, by its settings.")
@click.option("--json", "as_json", is_flag=True, help="With --all: the same as --output json.")
@connection
@click.pass_obj
def plan(place: Place, /, **given: Any) -> int:  # noqa: ANN401 - click's
    """Say what would happen; nothing is written.

    \b
    plan SPOKE                                  a network that exists
    plan --space PREFIX --hub … --region …      one that does not yet
    plan --all                                  the whole estate, as Azure and the catalogue are now

    Exit status of a network: 0 it would be peered, or is; 1 it would not. Of the estate: 0 nothing would be written;
    1 something would; 2 a hub could not be read.
    """  # noqa: D301 - click's own mark of a paragraph to be left as it is
    everything = given.pop("everything")
    _one_way(spoke=given["spoke"], space=given["space"], everything=everything, given=given)
    if everything:
        as_json = given["as_json"] or given["output"] == "json"
        return estate_plan(place.azure, given["catalogue"], with_records=given["with_records"], as_json=as_json)
    for name in _ESTATE:
        given.pop(name)
    return ask(place, _what_if, given)
