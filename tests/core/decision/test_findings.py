"""Findings as sentences."""

import pytest

from peering.core.decision.findings import listing


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), ([1], "1"), ([1, 2], "1 and 2"), ([1, 2, 3], "1, 2 and 3"), (range(7), "0, 1, 2, 3, 4 and 2 more")],
)
def test_a_list_as_a_sentence_has_it(items: list[int], text: str) -> None:
    assert listing(items) == text
