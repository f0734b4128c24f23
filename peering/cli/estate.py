"""`recover`, `export` and `import`: what is done with Azure and the app's storage itself, by the caller's own login."""

from pathlib import Path

import click

from peering.cli.asking import Place
from peering.cli.carry import export, import_
from peering.cli.failures import Misused
from peering.cli.recover import claim, recover

_file = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")


@click.command("recover")
@click.option(
    "--catalogue",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Default: what AUTOPEER_CATALOGUE names, or the app's hubs.toml.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Take the tagged ones over without being asked.")
@click.option("--claim", "claimed", metavar="ID", help="The id of a network without a tag, whose pair is wanted.")
@click.option("--hub", metavar="NAME", help="The hub that it is claimed for.")
@click.pass_obj
def recover_(place: Place, /, *, catalogue: Path | None, yes: bool, claimed: str | None, hub: str | None) -> int:
    """Give pairs that are ours by name their records back, after the tables were lost.

    Writes records and no peering. Exit status 0: no pair is without a record; 1: some are, by name.
    """
    if (claimed is None) != (hub is None):
        raise Misused("--claim and --hub belong together.")
    if claimed and hub:
        return claim(place.azure, catalogue, claimed, hub)
    return recover(place.azure, catalogue, yes=yes)


@click.command("export")
@_file
@click.pass_obj
def export_(place: Place, /, *, file: Path) -> int:
    """Write what cannot be rebuilt from Azure into a new file."""
    return export(place.azure, file)


@click.command("import")
@_file
@click.pass_obj
def import__(place: Place, /, *, file: Path) -> int:
    """Write such a file into the app's tables; nothing newer is overwritten."""
    return import_(place.azure, file)
