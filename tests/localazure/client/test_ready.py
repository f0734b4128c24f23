"""The ready file."""

from pathlib import Path

from localazure.client.ready import Ready


def written(folder: Path) -> tuple[Ready, Path]:
    ready = Ready(
        arm="a",
        ca="c",
        authority="a",
        app="f",
        appKey="k",
        storage="s",
        page="p",
        hubs=["h"],
        pids={"up": 1},
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
