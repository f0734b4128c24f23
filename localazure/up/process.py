"""A child process of `up`: logged to a file, ended with its whole group, gone even if `up` is killed."""

import asyncio
import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

STARTS_WITHIN = 30.0
"""Seconds until a process must have announced itself."""

RUNS_KEPT = 30
"""Folders of logs in `.local/`."""

ENDS_WITHIN = 8.0
"""Seconds between SIGTERM and SIGKILL; the host alone takes up to five to let functions finish."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LONGEST_LINE = 2**20


class StartError(RuntimeError):
    """A part did not start; the message names its log and shows the end of it."""


class ChildProcess:
    """One part of the local Azure."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process
        self._copying: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> Self:
        """Start in a process group of its own, so that Ctrl-C reaches only `up`, which ends all in order."""
        with _appending(log) as stderr:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                env={**os.environ, **(environment or {})},
                limit=_LONGEST_LINE,
                process_group=0,
                preexec_fn=_end_with(os.getpid()),
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def announced[T](self, read: Callable[[str], T | None], within: float = STARTS_WITHIN) -> T:
        """What `read` makes of the first line of output that means something to it.

        Raises:
            StartError: the process ended, or said nothing of the kind in time.
        """
        assert self._process.stdout  # noqa: S101 - it was started with a pipe
        try:
            async with asyncio.timeout(within):
                async for line in self._process.stdout:
                    self._write(line)
                    if (value := read(line.decode(errors="replace"))) is not None:
                        self._copying = asyncio.create_task(self._copy(self._process.stdout))
                        return value
                status = await self._process.wait()
        except TimeoutError:
            raise StartError(self._explained(f"did not answer within {within:.0f} s")) from None
        raise StartError(self._explained(f"ended at once, with status {status}"))

    async def ended(self) -> int:
        """Wait for the end; the exit status (negative: the signal)."""
        return await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM to the process and its group, then SIGKILL for whatever is left of them."""
        self._signal_group(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDS_WITHIN):
                await self._process.wait()
        self._signal_group(signal.SIGKILL)
        await self._process.wait()
        if self._copying:
            await self._copying

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # nobody left; macOS says the second of zombies
            os.killpg(self.pid, number)

    def _explained(self, what: str) -> str:
        tail = "\n".join(self.log.read_text("utf-8", errors="replace").splitlines()[-15:])
        return f"The {self.name} {what}. Its log is {self.log} and ends with:\n{tail}"

    def _write(self, line: bytes) -> None:
        with _appending(self.log) as log:
            log.write(line)

    async def _copy(self, output: asyncio.StreamReader) -> None:
        async for line in output:
            self._write(line)


def _appending(log: Path) -> BinaryIO:
    """For its owner alone: an app may log what is nobody else's business."""
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def _end_with(parent: int) -> Callable[[], None] | None:
    """Linux ends the child when `up` dies, however it dies. Elsewhere only an orderly end does."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def end_with_parent() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return end_with_parent


class Parts:
    """The processes of one run by name. Leaving the context ends them, the last started first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: dict[str, ChildProcess] = {}

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True)
        await asyncio.to_thread(_forget_old_runs, self.folder.parent)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for process in reversed(self._processes.values()):
            await process.stop()

    async def start[T](
        self,
        name: str,
        command: Sequence[str],
        read: Callable[[str], T | None],
        environment: Mapping[str, str] | None = None,
    ) -> T:
        """Start a part, or start it again, and answer what it announced; its log is `<name>.log`."""
        self._processes.pop(name, None)  # it ended, or it would not be started
        process = await ChildProcess.start(name, command, self.folder / f"{name}.log", environment)
        self._processes[name] = process
        return await process.announced(read)

    @property
    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._processes.items()}

    async def end_of(self, name: str) -> str:
        """Wait until a part ends; a sentence that says so and names its log."""
        process = self._processes[name]
        status = await process.ended()
        return f"The {name} ended with status {status}; its log is {process.log}"


def _forget_old_runs(folder: Path) -> None:
    """Keep the newest logs. Runs are named by the time they began, and whatever else is in the folder stays."""
    runs = sorted(run for run in folder.glob("20*-*") if run.is_dir())
    for run in runs[:-RUNS_KEPT]:
        shutil.rmtree(run, ignore_errors=True)  # a run that ends at this moment may be clearing it, too
