"""`catalogue check` and `catalogue diff`: a catalogue, before it is deployed."""

from pathlib import Path

import click

from peering.catalogue_file import load_catalogue
from peering.cli.asking import Place, output, show
from peering.cli.catalogue_check import check
from peering.cli.catalogue_diff import differences
from peering.cli.failures import Exit, Misused
from peering.cli.tables import Answer, blocks, lines, table
from peering.core.catalogue.policy import Catalogue
from peering.core.catalogue.reader import CatalogueError

_file = click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]")


@click.group("catalogue")
def catalogue() -> None:
    """The hubs and their rules: hubs.toml, before it is deployed."""


@catalogue.command("check")
@_file
@click.option("--strict", is_flag=True, help="What is legal and dangerous is a fault too.")
@click.pass_obj
def check_(place: Place, /, *, file: Path | None, strict: bool) -> int:
    """Print every fault of a catalogue; or, if there is none, a summary and what is dangerous in it.

    FILE is hubs.toml of this folder, or else of the app's, unless it is said.
    """
    return check(file or _default(place), strict=strict)


@catalogue.command("diff")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--against", type=click.Path(path_type=Path), metavar="FILE", help="Default: hubs.toml, as for `check`.")
@output
@click.pass_obj
def diff(place: Place, /, *, file: Path, against: Path | None, output: str) -> int:
    """Say what another catalogue would change: hub by hub, rule by rule.

    What that would do to networks says `autopeer plan --all --catalogue FILE`. Exit status 0: nothing; 1: something.
    """
    old, new = _read(against or _default(place)), _read(file)
    found = differences(old, new)
    rows = [(each.hub, each.rule, each.old, each.new) for each in found]
    hint = [lines(f"What that would do to networks: autopeer plan --all --catalogue {file}")] if found else []
    view = blocks(table(("HUB", "RULE", "NOW", "THEN"), rows, "The two say the same."), *hint)
    document = {"value": [{"hub": each.hub, "rule": each.rule, "old": each.old, "new": each.new} for each in found]}
    return show(Answer(document, view, Exit.NO if found else Exit.DONE), output)


def _default(place: Place) -> Path:
    """A person works at the file before him; without one the app's own is meant."""
    here = Path("hubs.toml")
    return here if here.is_file() else place.root / "hubs.toml"


def _read(file: Path) -> Catalogue:
    try:
        return load_catalogue(file)
    except CatalogueError as error:
        raise Misused("\n".join(f"{file}: {fault.key}: {fault.reason}" for fault in error.faults)) from error
