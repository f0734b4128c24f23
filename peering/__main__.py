"""`python -m peering`, and the console script `autopeer`: the command line."""

import sys
from importlib.util import find_spec
from pathlib import Path

from peering.wiring import ROOT

_NEEDED = ("click", "httpx", "rich", "peering.cli")  # none of them is deployed
_INSTALL = "The command line needs more than the app does. In a clone of Autopeer: pip install '.[cli]', then autopeer."


def run() -> int:
    """Run the command that was typed, and return its exit status."""
    if not all(map(find_spec, _NEEDED)):
        sys.stderr.write(f"{_INSTALL}\n")
        return 2
    from peering.cli.commands import NAME, main  # noqa: PLC0415 - only if all of it is there
    from peering.shell import Shell  # noqa: PLC0415 - as above

    name = NAME if Path(sys.argv[0]).stem == NAME else "python -m peering"
    return main(ROOT, tools=Shell(ROOT), name=name)


if __name__ == "__main__":
    sys.exit(run())
