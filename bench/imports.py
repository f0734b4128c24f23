"""Cold start: what importing the app costs over importing azure.functions alone, in fresh interpreters."""

import json
import subprocess
import sys
from pathlib import Path

from bench.figure import Figure, median

_ROOT = Path(__file__).parent.parent
_RUNS = 15
_PROGRAM = """
import json, resource, sys, time
began = time.perf_counter()
import {module}
took = time.perf_counter() - began
pages = int(open("/proc/self/statm").read().split()[1])
print(json.dumps([took, pages * resource.getpagesize()]))
"""


def _measure(module: str) -> tuple[float, float]:
    """Seconds and resident bytes after the import."""
    command = [sys.executable, "-c", _PROGRAM.format(module=module)]
    done = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - our own program
    seconds, resident = json.loads(done.stdout)
    return seconds, resident


def measure() -> list[Figure]:
    """The two modules in turn, so that a slow minute of the machine hits both."""
    pairs = [(_measure("azure.functions"), _measure("function_app")) for _ in range(_RUNS)]
    time = median([app[0] / alone[0] for alone, app in pairs])
    memory = median([app[1] / alone[1] for alone, app in pairs])
    alone_ms = median([alone[0] for alone, _ in pairs]) * 1000
    note = f"median of {_RUNS} pairs; azure.functions alone {alone_ms:.0f} ms"
    return [
        Figure(what="import of function_app, time over azure.functions", value=time, unit="times", goal=1.4, note=note),
        Figure(
            what="import of function_app, memory over azure.functions",
            value=memory,
            unit="times",
            goal=1.2,
            note="resident set after the import",
        ),
    ]
