"""The command line: which commands there are, and what each takes."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from peering.cli.carry import export, import_
from peering.cli.catalogue_check import check
from peering.cli.plan import plan
from peering.cli.recover import claim, recover
from peering.cli.tools import TROUBLE, Tools, Trouble
from peering.version import VERSION


def main(root: Path, arguments: Sequence[str] | None = None, tools: Tools | None = None) -> int:
    """Run one command; `root` is the app's folder. Without tools there are only commands that need no Azure.

    Exit status 2: the command was not understood, or could not do what it was asked for; why is on stderr.
    """
    given = _parser(root, tools).parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = given.run
    try:
        return run(given)
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return TROUBLE


def _parser(root: Path, tools: Tools | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m peering", description="Autopeer, from the command line.")
    parser.add_argument("--version", action="version", version=f"Autopeer {VERSION}")
    nouns = parser.add_subparsers(required=True, metavar="COMMAND")
    verbs = nouns.add_parser("catalogue", help="the hubs and their rules").add_subparsers(required=True, metavar="VERB")
    command = verbs.add_parser("check", help="print every fault of a catalogue, or a summary if there is none")
    command.add_argument(
        "file", nargs="?", type=Path, default=root / "hubs.toml", metavar="FILE", help="default: the app's hubs.toml"
    )
    command.add_argument("--strict", action="store_true", help="what is legal and dangerous is a fault too")
    command.set_defaults(run=lambda given: check(given.file, strict=given.strict))
    if tools:
        _plan(nouns, tools)
        _recover(nouns, tools)
        _carry(nouns, tools)
    return parser


def _plan(nouns: Any, tools: Tools) -> None:  # noqa: ANN401 - argparse does not name the type
    command = nouns.add_parser(
        "plan",
        help="what would be created, changed, removed and refused, by your own login; nothing is written",
        description="Exit status 0: nothing would be written; 1: something would; 2: the plan is not complete.",
    )
    command.add_argument("--all", action="store_true", required=True, help="the whole estate")
    _catalogue(command)
    command.add_argument("--with-records", action="store_true", help="read the app's storage too, by its settings")
    command.add_argument("--json", action="store_true", help="as POST /api/sweep with dryRun answers")
    command.set_defaults(
        run=lambda given: plan(tools, given.catalogue, with_records=given.with_records, as_json=given.json)
    )


def _recover(nouns: Any, tools: Tools) -> None:  # noqa: ANN401 - as above
    command = nouns.add_parser(
        "recover",
        help="give pairs that are ours by name their records back, after the tables were lost",
        description="Writes records and no peering. Exit status 0: no pair is without a record; 1: some are, by name.",
    )
    _catalogue(command)
    command.add_argument("--yes", action="store_true", help="take the tagged ones over without being asked")
    command.add_argument("--claim", metavar="ID", help="the id of a network without a tag, whose pair is wanted")
    command.add_argument("--hub", metavar="NAME", help="the hub that it is claimed for")

    def run(given: argparse.Namespace) -> int:
        if (given.claim is None) != (given.hub is None):
            command.error("--claim and --hub belong together")
        if given.claim:
            return claim(tools, given.catalogue, given.claim, given.hub)
        return recover(tools, given.catalogue, yes=given.yes)

    command.set_defaults(run=run)


def _carry(nouns: Any, tools: Tools) -> None:  # noqa: ANN401 - as above
    command = nouns.add_parser("export", help="write what cannot be rebuilt from Azure into a new file")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(run=lambda given: export(tools, given.file))
    command = nouns.add_parser("import", help="write such a file into the app's tables; nothing newer is overwritten")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(run=lambda given: import_(tools, given.file))


def _catalogue(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--catalogue", type=Path, metavar="FILE", help="default: what AUTOPEER_CATALOGUE names, or the app's hubs.toml"
    )
