"""Child processes: their announcement, their log, and that nothing of them is left."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from localazure.up.process import RUNS_KEPT, ChildProcess, Parts, StartError

ROOT = Path(__file__).parents[3]


def script(code: str) -> list[str]:
    return [sys.executable, "-u", "-c", code]


def read(line: str) -> str | None:
    return line.removeprefix("ready ").strip() if line.startswith("ready ") else None


def is_gone(pid: int, within: float = 5) -> bool:
    """Whether a process ends in time; it need not be a child of ours."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], within)[0])
    finally:
        os.close(descriptor)


async def test_announcement_is_the_first_line_that_means_something(tmp_path: Path) -> None:
    code = "import sys; print('loading'); print('ready here'); print('more'); print('warned', file=sys.stderr)"
    async with Parts(tmp_path / "run") as parts:
        assert await parts.start("part", script(code), read) == "here"
        assert "The part ended with status 0" in await parts.end_of("part")
    log = (tmp_path / "run" / "part.log").read_text()
    assert sorted(log.split()) == ["here", "loading", "more", "ready", "warned"]
    assert (tmp_path / "run" / "part.log").stat().st_mode & 0o777 == 0o600


async def test_part_that_ends_at_once_is_explained_by_its_log(tmp_path: Path) -> None:
    async with Parts(tmp_path / "run") as parts:
        with pytest.raises(StartError) as raised:
            await parts.start("part", script("raise SystemExit('no port left')"), read)
    said = str(raised.value)
    assert "The part ended at once, with status 1" in said
    assert str(tmp_path / "run" / "part.log") in said
    assert said.endswith("no port left")


async def test_part_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    process = await ChildProcess.start("part", script("import signal; signal.pause()"), tmp_path / "log")
    with pytest.raises(StartError, match="did not answer within 0 s"):
        await process.announced(read, within=0.2)
    await process.stop()
    assert is_gone(process.pid)


FAMILY = """
import signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print("ready", child.pid)
signal.pause()
"""


async def test_stop_ends_the_whole_group(tmp_path: Path) -> None:
    async with Parts(tmp_path / "run") as parts:
        grandchild = int(await parts.start("part", script(FAMILY), read))
        assert not is_gone(grandchild, within=0)
        child = parts.pids["part"]
    assert is_gone(child)
    assert is_gone(grandchild)


async def test_environment_is_handed_on(tmp_path: Path) -> None:
    async with Parts(tmp_path / "run") as parts:
        code = "import os; print('ready', os.environ['COLOUR'])"
        assert await parts.start("part", script(code), read, {"COLOUR": "red"}) == "red"
        await parts.end_of("part")


PARENT = """
import asyncio, pathlib, sys
from localazure.up.process import ChildProcess

async def main():
    code = "import signal; print('ready'); signal.pause()"
    child = await ChildProcess.start("part", [sys.executable, "-u", "-c", code], pathlib.Path(sys.argv[1]))
    await child.announced(lambda line: line)
    print(child.pid, flush=True)
    await child.ended()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
async def test_child_ends_even_when_its_parent_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    parent = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout
    child = int(await parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    assert is_gone(child)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_only_the_newest_runs_keep_their_logs(tmp_path: Path) -> None:
    for number in range(RUNS_KEPT + 5):
        (tmp_path / f"20260101-0000{number:02d}-1").mkdir()
    (tmp_path / "azure-cli").mkdir()
    async with Parts(tmp_path / "20260102-000000-1"):
        left = names(tmp_path)
    assert left[0] == "20260101-000006-1"
    assert left[-2:] == ["20260102-000000-1", "azure-cli"]
    assert len(left) == RUNS_KEPT + 1
