"""Sets the stage: a local Azure as a process of its own, for the demo, the conformance run, the tests and the bench."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from localazure.client.ready import Ready

_READY_WITHIN = 60.0


class StageError(RuntimeError):
    """The local Azure did not start; the message has what it printed."""


@asynccontextmanager
async def stage(*options: str, ready_file: Path | None = None) -> AsyncIterator[Ready]:
    """A local Azure that is ready, ended on leaving. `options` are those of `python -m localazure up`.

    `ready_file` is for who has to look again: a host that was started anew has another pid.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = ready_file or Path(folder) / "ready.json"
        command = (sys.executable, "-m", "localazure", "up", "--ready-file", str(file), *options)
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        try:
            yield await asyncio.wait_for(_ready(process, file), _READY_WITHIN)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.communicate()


async def _ready(process: asyncio.subprocess.Process, file: Path) -> Ready:
    """`up` writes the file before it prints its first line, so a line is the signal to look."""
    assert process.stdout  # noqa: S101 - it was asked for above
    printed = []
    while line := await process.stdout.readline():
        printed.append(line.decode())
        with suppress(FileNotFoundError):
            return Ready.read(file)
    raise StageError("The local Azure did not start:\n" + "".join(printed))
