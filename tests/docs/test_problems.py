"""docs/problems.md: one heading for each kind of problem, and no other."""

from peering.web.problems import Kind
from tests.docs import problems
from tests.docs.markdown import headings


def test_the_page_is_up_to_date() -> None:
    assert problems.WHERE.read_text("utf-8") == problems.page(), f"Write it anew: {problems.COMMAND}"


def test_it_has_a_heading_for_each_kind_and_no_other() -> None:
    assert headings(problems.WHERE)[1:] == [kind.slug for kind in Kind]
