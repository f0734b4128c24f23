"""The id of an event: the same when it is told again, another one for whatever is news."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from peering.adapters.entities import from_entity, to_entity
from peering.core.decision.findings import Finding
from peering.core.record.record import Record, State
from peering.core.record.telling import sent, superseded, told, untold, with_event
from peering.core.record.transitions import intend, leave, made_anew
from tests.builders import NOON, altered, record, request, spoke, vnet_id

A, B = (altered(record(State.REFUSED), findings=(Finding(code, code),)) for code in ("HubFull", "OverlapsHub"))


def after(row: Record, outcome: Record) -> Record:
    """The same outcome, on a row with this past."""
    return altered(outcome, event=row.progress.event, unsent=row.progress.unsent)


def tell(row: Record, outcome: Record, *, arrives: bool = True, anew: bool = False) -> Record:
    row = with_event(after(row, outcome), anew=anew)
    return told(sent(row), None) if arrives else untold(row, NOON)


def test_what_comes_back_after_something_else_has_an_id_of_its_own() -> None:
    rows = [tell(record(), A)]
    for outcome in (B, A, B, A):
        rows.append(tell(rows[-1], outcome))
    assert len({row.progress.event for row in rows}) == 5


def test_what_is_told_again_has_the_id_that_it_had() -> None:
    lost = tell(record(), A, arrives=False)
    assert lost.progress.unsent
    again = tell(lost, A)
    assert (again.progress.event, again.progress.unsent) == (lost.progress.event, False)


def test_whoever_dies_before_the_row_is_saved_tells_it_under_the_same_id() -> None:
    before = tell(record(), B)
    assert tell(before, A).progress.event == tell(before, A).progress.event


def test_one_that_arrived_although_its_answer_was_lost_is_not_taken_for_what_comes_back() -> None:
    """A arrives, B arrives and its answer is lost, A again: with the first id it would be left out as a copy."""
    first = tell(record(), A)
    assert tell(tell(first, B, arrives=False), A).progress.event != first.progress.event


def test_the_same_outcome_that_has_come_about_again_is_another_event() -> None:
    first = tell(record(), A)
    assert tell(first, A, anew=True).progress.event != first.progress.event
    assert tell(superseded(first), A).progress.event != first.progress.event


def test_two_spokes_two_hubs_and_two_wishes_have_nothing_in_common() -> None:
    others = [
        altered(A, spoke=vnet_id("spoke-b")),
        altered(A, hub="neu"),
        altered(A, requested=NOON + timedelta(days=1)),
        A,
    ]
    assert len({with_event(row, anew=False).progress.event for row in others}) == 4


@given(st.lists(st.tuples(st.sampled_from((A, B)), st.booleans()), min_size=1, max_size=12))
def test_no_two_outcomes_in_a_row_share_an_id_unless_they_are_the_same(tries: list[tuple[Record, bool]]) -> None:
    row, ids = record(), list[tuple[str, str]]()
    for outcome, arrives in tries:
        row = tell(row, outcome, arrives=arrives)
        ids.append((row.progress.event, outcome.digest))
    for (one, what), (other, that) in pairwise(ids):
        assert (one == other) == (what == that)
    runs = [each for n, each in enumerate(ids) if n == 0 or ids[n - 1] != each]
    assert len({event for event, _ in runs}) == len(runs)


def test_the_past_goes_along_when_the_row_is_asked_about_sent_away_and_kept() -> None:
    row = tell(record(), A, arrives=False)
    again = intend(row, request(), spoke(), "prod-weu", "prod-weu", row.asked.named_by)  # type: ignore[arg-type]
    for each in (again, leave(again, None), from_entity(to_entity(row) | {"Timestamp": None}, None)):
        assert (each.progress.event, each.progress.unsent) == (row.progress.event, True)


def test_a_network_that_was_made_anew_is_told_of_anew() -> None:
    row = altered(tell(record(), A), guid="one")
    fresh = made_anew(row, spoke(guid="two"))
    assert tell(fresh, A).progress.event not in ("", row.progress.event)
