"""docs/performance.md: each section of the bench has a place there, which it alone replaces."""

from collections.abc import Iterable
from pathlib import Path

from bench.figure import Figure

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
DRAWING = PAGE.with_suffix(".svg")
_HEAD = "| what | measured | goal | met | how |\n|---|---|---|---|---|\n"


def begin(section: str) -> str:
    return f"<!-- bench: {section}: begin -->"


def end(section: str) -> str:
    return f"<!-- bench: {section}: end -->"


def table(figures: Iterable[Figure], circumstances: str) -> str:
    """The rows, and under them on what machine and how busy it was."""
    return _HEAD + "".join(f"{figure.row}\n" for figure in figures) + f"\n{circumstances}\n"


def replaced(page: str, section: str, text: str) -> str:
    """The page with this in the section's place. Raises ValueError where the page has none."""
    before, opening, rest = page.partition(begin(section))
    _, closing, after = rest.partition(end(section))
    if not opening or not closing:
        raise ValueError(f"docs/performance.md has no place for {section}: {begin(section)} … {end(section)}")
    return f"{before}{opening}\n{text}{closing}{after}"


def write(section: str, text: str, svg: str = "") -> None:
    PAGE.write_text(replaced(PAGE.read_text("utf-8"), section, text), "utf-8")
    if svg:
        DRAWING.write_text(svg, "utf-8")
