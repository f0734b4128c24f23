"""Runs every measurement and prints the table; `--write` puts it into docs/performance.md."""

import argparse
import asyncio
import os
import platform
import sys
from pathlib import Path

from bench import imports, spokes, sweeps, verdicts
from bench.figure import Figure

_PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
_BEGIN, _END = "<!-- bench: begin -->", "<!-- bench: end -->"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the table in docs/performance.md")
    arguments = parser.parse_args()
    table = _table([*imports.measure(), *verdicts.measure(), *sweeps.measure(), *asyncio.run(spokes.measure())])
    sys.stdout.write(table)
    if arguments.write:
        before, _, rest = _PAGE.read_text("utf-8").partition(_BEGIN)
        after = rest.partition(_END)[2]
        _PAGE.write_text(f"{before}{_BEGIN}\n{table}{_END}{after}", "utf-8")


def _table(figures: list[Figure]) -> str:
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    head = "| what | measured | goal | met | how |\n|---|---|---|---|---|\n"
    return f"{machine}. Made by `make bench`.\n\n{head}" + "".join(f"{figure.row}\n" for figure in figures)


if __name__ == "__main__":
    main()
