"""The texts that people write here; the headings of a page, and the anchors that links to them use."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FOLDERS = ("peering", "localazure", "tests", "infra", "bench", "release", "docs")
_TEXTS = {".py", ".bicep", ".toml", ".json", ".yml", ".yaml", ".md", ".js", ".html"}
_NOT_OURS = {"node_modules", "__pycache__"}
_FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
_SECTION = re.compile(r"^## +(.+?) *\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def headings(page: Path) -> list[str]:
    """Every heading; what is fenced is no heading."""
    return _HEADING.findall(_FENCE.sub("", page.read_text("utf-8")))


def sections(page: Path) -> dict[str, str]:
    """The sections of the second level: heading to text."""
    return dict(_SECTION.findall(_FENCE.sub("", page.read_text("utf-8"))))


def anchor(heading: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(heading) for heading in headings(page)}


def texts() -> Iterator[Path]:
    """Everything that people write here, but for what the tests of these pages make up."""
    yield from [ROOT / "function_app.py", ROOT / "host.json", ROOT / "hubs.example.toml", ROOT / "Makefile"]
    yield from ROOT.glob("*.md")
    for folder in _FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in _TEXTS and not _NOT_OURS & set(path.parts) and path.name != "test_facts.py":
                yield path
