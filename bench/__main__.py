"""Measures, section by section, and prints the tables; `--write` puts each into its place in docs/performance.md."""

import argparse
import asyncio
import os
import platform
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from bench import page
from bench.curves import Drawn
from bench.figure import MISSED, Figure
from bench.load import Load, Meter
from bench.sections import SECTIONS, Section, measured


def main() -> int:
    """0 when no goal was missed, but for those that a busy machine explains."""
    arguments = _arguments()
    missed: list[str] = []
    for name in arguments.only or [name for name, section in SECTIONS.items() if section.asked == arguments.rivals]:
        _say(f"== {name} ==")
        try:
            made, load = _measured(SECTIONS[name], arguments.spokes)
        except (
            RuntimeError,
            OSError,
            httpx.HTTPError,
            subprocess.CalledProcessError,
        ) as error:  # the others are still worth their time
            _say(f"{error}\n")
            missed.append(f"{name} did not come to its end")
            continue
        text = page.table(made.figures, _circumstances(load))
        _say(text)
        missed += [f"{name}: {figure.what}" for figure in made.figures if figure.verdict == MISSED]
        if arguments.write:
            page.write(name, text, made.svg)
    _say("\n".join(f"missed: {each}" for each in missed) or "no goal missed")
    return 1 if missed else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", type=_names, metavar="A,B", help=f"of {', '.join(SECTIONS)}")
    parser.add_argument("--rivals", action="store_true", help="what people use instead, side by side with us")
    parser.add_argument("--spokes", type=int, metavar="N", help="another number of spokes, where a section has one")
    parser.add_argument("--write", action="store_true", help="replace these sections in docs/performance.md")
    arguments = parser.parse_args()
    if arguments.write and arguments.spokes:
        parser.error("--write is for the sizes that the goals are set for, so not with --spokes")
    return arguments


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := sorted(set(names) - set(SECTIONS)):
        raise argparse.ArgumentTypeError(f"there is no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    return names


def _measured(section: Section, spokes: int | None) -> tuple[Drawn, Load]:
    """Each row with what disturbed it, where something did."""
    meter = Meter.start()
    made = asyncio.run(measured(section, spokes))
    load = meter.read()
    return Drawn([_disturbed(figure, load) for figure in made.figures], made.svg), load


def _disturbed(figure: Figure, load: Load) -> Figure:
    """With the greater of what the section says itself and what the machine says."""
    known = [each for each in (figure.disturbance, load.disturbance) if each]
    return replace(figure, disturbance=max(known, key=lambda each: each.factor, default=None))


def _circumstances(load: Load) -> str:
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    return f"{datetime.now(UTC).date()}: {load}. {machine}."


if __name__ == "__main__":
    sys.exit(main())
