"""The ready file."""

from pathlib import Path

from localazure.client.ready import Ready


def test_ready_file_is_put_in_place_whole(tmp_path: Path) -> None:
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
    file = tmp_path / "new" / "ready.json"
    ready.write(file)
    assert Ready.read(file) == ready
    assert [path.name for path in file.parent.iterdir()] == ["ready.json"]
