"""`python -m peering export FILE` and `import FILE`: what cannot be rebuilt from Azure, from one storage to another."""

import sys
from pathlib import Path

from peering.cli.tools import Tools


def export(tools: Tools, file: Path) -> int:
    """Exit status 0: the file holds everything that is carried."""
    sys.stdout.write(f"{file}: {tools.export(file).written} lines.\n")
    return 0


def import_(tools: Tools, file: Path) -> int:
    """Exit status 0: the tables hold everything that the file does, or something newer."""
    moved = tools.import_(file)
    sys.stdout.write(f"{file}: {moved.written} lines were written; {moved.left} were there, or something newer.\n")
    return 0
