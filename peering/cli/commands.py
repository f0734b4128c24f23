"""The command line: which commands there are, and what each takes."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from peering.cli.catalogue_check import check
from peering.version import VERSION


def main(root: Path, arguments: Sequence[str] | None = None) -> int:
    """Run one command; `root` is the app's folder. Exit status 2: the command was not understood."""
    file: Path = _parser(root).parse_args(arguments).file
    return check(file)


def _parser(root: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m peering", description="Autopeer, from the command line.")
    parser.add_argument("--version", action="version", version=f"Autopeer {VERSION}")
    nouns = parser.add_subparsers(required=True, metavar="COMMAND")
    verbs = nouns.add_parser("catalogue", help="the hubs and their rules").add_subparsers(required=True, metavar="VERB")
    command = verbs.add_parser("check", help="print every fault of a catalogue, or a summary if there is none")
    command.add_argument(
        "file", nargs="?", type=Path, default=root / "hubs.toml", metavar="FILE", help="default: the app's hubs.toml"
    )
    return parser
