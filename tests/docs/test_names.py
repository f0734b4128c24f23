"""What a page names is there: folders and files of this repository, spans and metrics of the app."""

import re
from pathlib import Path

import pytest

from peering.core.decision.changes import Action
from tests.docs.markdown import ROOT, texts

PAGES = [path for path in texts() if path.suffix == ".md"]
FILES = {path.name for path in texts()}
OPERATE = (ROOT / "docs" / "operate.md").read_text("utf-8")

_ROOMS = ("adapters", "cli", "core", "service", "web")  # of peering, as pages name them for short
_TOP = ("peering", "localazure", "tests", "infra", "docs", "bench", "release", r"\.github", r"\.ci", *_ROOMS)
_PATH = re.compile(rf"(?<![\w/.<>-])((?:{'|'.join(_TOP)})/[\w./-]*\w)")
_FILE = re.compile(r"`(\w+\.(?:py|bicep|kql|js))\b")
_ADDRESS = re.compile(r"https?://\S+")


def missing(text: str) -> list[str]:
    """The paths and files that are named in it and are nowhere. Rooms of peering may be named without it."""
    flat = _ADDRESS.sub("", text)
    paths = [
        name for name in _PATH.findall(flat) if not any((base / name).exists() for base in (ROOT, ROOT / "peering"))
    ]
    return paths + [name for name in _FILE.findall(flat) if name not in FILES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_of_a_page_exists(page: Path) -> None:
    assert missing(page.read_text("utf-8")) == []


def test_paths_are_found() -> None:
    """The patterns above must not pass because they match nothing."""
    assert len(PAGES) > 20
    assert sum(len(_PATH.findall(page.read_text("utf-8"))) for page in PAGES) > 100
    assert missing("see `core/gone.py`, tests/core/test_verdict.py.") == ["core/gone.py", "tests/core/test_verdict.py"]
    assert missing("`gone.py`, `gone.py:3`, https://x/docs/gone.md, in infra/app/. Or `tests/core`, `worker.py`") == [
        "gone.py",
        "gone.py",
    ]


def test_the_metrics_to_look_at_are_those_of_the_app() -> None:
    code = (ROOT / "peering/adapters/telemetry.py").read_text("utf-8")
    made = re.findall(r'create_\w+\("(autopeer\.[\w.]+)"', code)
    assert sorted(re.findall(r"^\| `(autopeer\.[\w.]+)` \|", OPERATE, re.MULTILINE)) == sorted(made)


def test_the_spans_to_look_at_are_those_of_the_app() -> None:
    """A span for each message, and one for each write, named for what it does."""
    service = [path.read_text("utf-8") for path in (ROOT / "peering/service").glob("*.py")]
    named = {name for text in service for name in re.findall(r'\.step\(\s*"(\w+)"', text)}
    assert named
    told = re.findall(r"`autopeer\.(\w+)`", OPERATE.partition("| spans ")[2].partition("\n")[0])
    assert sorted(told) == sorted(named | set(Action))
