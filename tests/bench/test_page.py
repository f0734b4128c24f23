"""docs/performance.md has a place for every section, and one section's figures replace only its own."""

import pytest

from bench import page
from bench.curves import Panel, drawn
from bench.figure import Figure
from bench.sections import SECTIONS


@pytest.mark.parametrize("section", SECTIONS)
def test_the_page_has_one_place_for_each_section(section: str) -> None:
    text = page.PAGE.read_text("utf-8")
    assert text.count(page.begin(section)) == text.count(page.end(section)) == 1
    assert text.index(page.begin(section)) < text.index(page.end(section))


def test_a_section_replaces_its_own_table_only() -> None:
    before = "".join(f"{page.begin(each)}\nold\n{page.end(each)}\n" for each in ("a", "b"))
    after = page.replaced(before, "b", page.table([Figure(what="x", value=1)], "Quiet."))
    assert after.startswith(before[: before.index(page.begin("b"))])
    assert "| x | 1 |" in after
    assert after.count("old") == 1
    with pytest.raises(ValueError, match="no place for c"):
        page.replaced(before, "c", "")


def test_the_curves_are_the_same_for_the_same_figures_and_have_both_lights() -> None:
    panels = [
        Panel(title=f"T{n}", across="spokes", lines={"last": [(1, 2), (3, 4)], "first": [(1, 1)]}) for n in (1, 2, 3)
    ]
    svg = drawn(panels)
    assert svg == drawn(panels)
    assert "prefers-color-scheme: dark" in svg
    assert "<script" not in svg
    assert all(word in svg for word in ("T1", "T2", "T3", "spokes", "last", "first"))
