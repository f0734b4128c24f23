"""The table of states: what may follow what, and that nothing else can."""

from collections.abc import Callable
from itertools import product

import pytest

from peering.core.decision.findings import Code, Finding
from peering.core.network.failures import AzureFailure
from peering.core.record.record import Record, State
from peering.core.record.transitions import (
    FOLLOWS,
    ImpossibleTransition,
    abandoned,
    failed,
    leave,
    refused,
    removed,
    reopen,
)
from tests.builders import NOON, record

FINDING = Finding(Code.HUB_FULL, "Full.")
STEPS: dict[State, Callable[[Record], Record]] = {
    State.PENDING: reopen,
    State.LEAVING: lambda row: leave(row, None),
    State.REFUSED: lambda row: refused(row, (FINDING,), NOON),
    State.AWAITING_APPROVAL: lambda row: refused(row, (Finding(Code.APPROVAL_NEEDED, "Ask."),), NOON),
    State.FAILED: lambda row: failed(row, AzureFailure(500, "X", "x"), NOON),
    State.ABANDONED: lambda row: abandoned(row, "because", NOON),
    State.REMOVED: lambda row: removed(row, (), NOON),
}


def test_every_state_has_its_line_in_the_table() -> None:
    assert set(FOLLOWS) == set(State)


@pytest.mark.parametrize(("before", "after"), list(product(State, STEPS)))
def test_a_step_is_taken_where_the_table_has_it_and_nowhere_else(before: State, after: State) -> None:
    def step(row: Record) -> Record:
        return STEPS[after](row)

    if after in FOLLOWS[before]:
        assert step(record(before)).state is after
    else:
        with pytest.raises(ImpossibleTransition, match=f"is {before}; {after} cannot follow"):
            step(record(before))


@pytest.mark.parametrize("after", STEPS)
def test_a_state_of_a_later_version_is_left_by_nobody(after: State) -> None:
    with pytest.raises(ImpossibleTransition, match="Quarantined"):
        STEPS[after](record("Quarantined"))


def test_every_state_can_be_reached_from_a_first_request() -> None:
    reached, frontier = set[State](), {State.PENDING}
    while frontier:
        reached |= frontier
        frontier = {after for before in frontier for after in FOLLOWS[before]} - reached
    assert reached == set(State)
