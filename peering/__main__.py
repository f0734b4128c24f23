"""`python -m peering`: the command line on this folder's app."""

import sys

from peering.cli.commands import main
from peering.shell import Shell
from peering.wiring import ROOT

if __name__ == "__main__":
    sys.exit(main(ROOT, tools=Shell(ROOT)))
