"""The modules of a package as Python runs them, so that no instance has to compile them when it starts.

A `.pyc` says by itself for which source it stands: by the source's time, which no way into Azure keeps (a zip, Oryx's
copy), or by its hash. Ours are by hash and *unchecked*: nobody edits what is deployed, so the sources are not read.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

_RUN = (sys.executable, "-S", "-s", "-P", "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash")


class BytecodeError(Exception):
    """A module cannot be compiled, or not for the Python that Azure will run it with; the message says why."""


def check_version(wanted: str) -> None:
    """Raise BytecodeError unless this is the Python that is `wanted`, such as 3.13: none reads another's bytecode."""
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    if ours != wanted:
        raise BytecodeError(f"This is Python {ours}, and the app runs on {wanted}. `make package` uses the right one.")


def bytecode(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The `.pyc` of each `.py` among the files, by its path.

    The same sources give the same bytes: one process of its own compiles them in the order of their names, for what is
    interned already shows in a `.pyc`.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, content in files.items():
            if path.endswith(".py"):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
        command = [*_RUN, "-s", name, name]
        quiet = {"PYTHONHASHSEED": "0", "PATH": os.environ.get("PATH", "")}
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        if done.returncode:
            raise BytecodeError(f"A module cannot be compiled:\n{done.stdout}{done.stderr}".rstrip())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.pyc"))}
