"""A sweep of 10,000 networks on 40 hubs: with nothing to do, and with one in a hundred drifted."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.figure import Figure

_ROOT = Path(__file__).parent.parent


def measure() -> list[Figure]:
    idle, some = (_sweep(share) for share in ("none", "some"))
    note = "10,000 networks on 40 hubs, answers made up in the same process"
    return [
        Figure(what="sweep, nothing to do, Resource Graph pages", value=idle["pages"], goal=10, note=note),
        Figure(what="sweep, nothing to do, reads of hubs", value=idle["reads"], goal=40),
        Figure(what="sweep, nothing to do, messages", value=idle["asked"], goal=0),
        Figure(
            what="sweep, nothing to do, peak memory of the app process",
            value=idle["peak"],
            unit="MB",
            goal=150,
            note=f"{idle['idle']:.0f} MB before",
        ),
        Figure(
            what="sweep, over reading the same answers as JSON",
            value=idle["seconds"] / idle["bare"],
            unit="times",
            note=f"{idle['seconds']:.2g} s",
        ),
        Figure(
            what="sweep, 1 % drifted, wrongly asked about or missed",
            value=some["wrong"],
            goal=0,
            note=f"{some['drifted']} drifted, {some['asked']} asked about",
        ),
        Figure(what="sweep, 1 % drifted, peak memory of the app process", value=some["peak"], unit="MB", goal=150),
    ]


def _sweep(share: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.sweep_process", share]
    made = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    found: dict[str, Any] = json.loads(made.stdout)
    if not found["complete"]:
        raise RuntimeError(f"the sweep did not come to its end: {found}")
    return found
