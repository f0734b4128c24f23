"""Findings as sentences."""

import pytest

from peering.core.decision.findings import choice, explain, listing
from peering.core.network.failures import AzureFailure, StorageFailure


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), ([1], "1"), ([1, 2], "1 and 2"), ([1, 2, 3], "1, 2 and 3"), (range(7), "0, 1, 2, 3, 4 and 2 more")],
)
def test_a_list_as_a_sentence_has_it(items: list[int], text: str) -> None:
    assert listing(items) == text


@pytest.mark.parametrize(("items", "text"), [([], ""), ([1], "1"), ([1, 2], "1 or 2"), (range(7), "0, 1 or 2")])
def test_a_choice_as_a_sentence_has_it(items: list[int], text: str) -> None:
    assert choice(items) == text


def test_a_failure_of_our_storage_does_not_read_like_an_answer_about_a_network() -> None:
    words = "This request is not authorized to perform this operation."
    ours, azures = explain(StorageFailure(403, "AuthorizationFailure", words)), explain(AzureFailure(403, "X", words))
    assert "Autopeer's own storage" in ours.message
    assert "Nothing is wrong with your network" in ours.remedy
    assert "Grant the identity" not in ours.message
    assert "Grant the identity" in azures.message
