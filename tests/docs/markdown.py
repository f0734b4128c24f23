"""Headings of a page, and the anchors that links to them use."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
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
