"""The ready file."""

import os
from pathlib import Path

from localazure.client.ready import Ready, is_of_another


def written(folder: Path, pid: int = 1) -> tuple[Ready, Path]:
    ready = Ready(
        arm="a",
        ca="c",
        authority="a",
        app="f",
        appKey="k",
        storage="s",
        page="p",
        hubs=["h"],
        pids={"up": pid},
        tenant="t",
        subscription="u",
        clientId="i",
        local="l",
    )
    file = folder / "new" / "ready.json"
    ready.write(file)
    return ready, file


def test_ready_file_is_put_in_place_whole(tmp_path: Path) -> None:
    ready, file = written(tmp_path)
    assert Ready.read(file) == ready
    assert [path.name for path in file.parent.iterdir()] == ["ready.json"]


def test_ready_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It has keys."""
    _, file = written(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_ready_file_is_of_another_while_that_runs(tmp_path: Path) -> None:
    for pid, other in ((os.getpid(), False), (os.getppid(), True), (2**30, False)):
        _, file = written(tmp_path, pid)
        assert is_of_another(file) is other


def test_what_is_no_ready_file_is_nobodys(tmp_path: Path) -> None:
    assert not is_of_another(tmp_path / "none.json")
    (tmp_path / "half.json").write_text("{")
    assert not is_of_another(tmp_path / "half.json")
