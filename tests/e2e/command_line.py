"""`autopeer` as a process, against a local Azure."""

import asyncio
import sys
from pathlib import Path

from tests.cli.running import Ran
from tests.e2e.town import Town


async def run(town: Town, folder: Path, *arguments: str) -> Ran:
    """As a person would, with the address and the key in the environment."""
    known = {"AUTOPEER_APP": town.ready.app, "AUTOPEER_KEY": town.ready.appKey, "COLUMNS": "200"}
    command = (str(Path(sys.executable).with_name("autopeer")), *arguments)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=known, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())
