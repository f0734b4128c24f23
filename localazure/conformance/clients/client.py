"""What every client has: a name, a version, a way to be installed, and what it made of each operation."""

from __future__ import annotations

import asyncio
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from localazure.client.ready import Ready
from localazure.conformance.outcomes import Outcome, judged

type Json = dict[str, Any]

SCRIPTS = Path(__file__).parents[1] / "scripts"
_LONGEST = 1800.0


class Client(ABC):
    """One client. `group` is a resource group of its own, which is there before it runs."""

    name: str
    version: str
    group: str = ""

    @abstractmethod
    def install(self) -> None:
        """Raises InstallationFailed."""

    @abstractmethod
    async def outcomes(self, ready: Ready, file: Path) -> list[Outcome]:
        """`file` is the ready file, for scripts. Its folder is this run's own: what a client writes goes there."""


async def said(
    command: Sequence[str], environment: Mapping[str, str], folder: Path | None = None
) -> tuple[int, str, str]:
    """Status, output and errors of a command."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), _LONGEST)
    except TimeoutError:
        process.kill()
        await process.wait()
        return -1, "", f"it did not end within {_LONGEST:.0f} s"
    return process.returncode or 0, output.decode(errors="replace"), errors.decode(errors="replace")


def judged_lines(client: str, status: int, output: str, errors: str) -> list[Outcome]:
    """Of a script that prints a line of JSON for each operation."""
    found = [judged(client, json.loads(line)) for line in output.splitlines() if line.startswith("{")]
    if status or not found:
        found.append(Outcome(client, "the script itself", f"ended with {status}: {errors.strip()[-300:]}"))
    return found
