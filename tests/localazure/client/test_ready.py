"""The ready file."""

from pathlib import Path

from localazure.client.ready import Ready


def test_ready_file_is_put_in_place_whole(tmp_path: Path) -> None:
    ready = Ready("a", "c", "a", "f", "k", "s", "p", ["h"], {"up": 1}, "t", "u", "i", "l")
    file = tmp_path / "new" / "ready.json"
    ready.write(file)
    assert Ready.read(file) == ready
    assert [path.name for path in file.parent.iterdir()] == ["ready.json"]
