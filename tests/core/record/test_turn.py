"""How many rows are taken together, and which of those that wait is due first."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.record.record import Record
from peering.core.record.turn import next_due, next_size
from tests.builders import NOON, record

WITHIN = timedelta(minutes=4)


@pytest.mark.parametrize(
    ("done", "seconds", "size"),
    [(0, 1, 200), (5, 0, 200), (5, 2.5, 200), (3, 30, 24), (24, 240, 24), (1, 600, 1), (1, 240, 1), (24, 480, 12)],
)
def test_as_many_as_are_done_in_the_time_of_a_turn(done: int, seconds: float, size: int) -> None:
    assert next_size(done, timedelta(seconds=seconds), 200, WITHIN) == size


@given(st.integers(0, 300), st.floats(0, 3600), st.integers(1, 200))
def test_never_none_and_never_too_many(done: int, seconds: float, most: int) -> None:
    assert 1 <= next_size(done, timedelta(seconds=seconds), most, WITHIN) <= most


def test_the_first_that_is_to_come() -> None:
    def row(tag: str, seconds: int | None) -> Record:
        due = None if seconds is None else NOON + timedelta(seconds=seconds)
        return record(etag=tag, not_before=due)

    rows = [row("a", None), row("b", -5), row("c", 9), row("d", 2), row("e", 4)]
    assert next_due(rows, {"d"}, NOON) == NOON + timedelta(seconds=4)
    assert next_due(rows[:2], set(), NOON) is None
