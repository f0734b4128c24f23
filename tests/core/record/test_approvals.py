"""What a row remembers of questions and answers, and why an answer may not count."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.decision.approval import Ask
from peering.core.decision.findings import Code, Finding
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import Door, NamedBy
from peering.core.network.addresses import parse_prefixes
from peering.core.record.approvals import Objection, Say, asked, consent_of, objection, ruled, ruling_on
from peering.core.record.outcomes import carried_over, decided, removed
from peering.core.record.record import Approval, Question, Record, State
from peering.core.record.transitions import intend, made_anew
from tests.builders import NOON, altered, policy, record, request, ruling, spoke

ONE, OTHER = parse_prefixes(["10.1.0.0/24"]), parse_prefixes(["10.9.0.0/24"])
JOIN, LEAVE = Ask("prod-weu", "prod-weu"), Ask("prod-weu", "neu")
QUESTION = Question(ask=JOIN, since=NOON, prefixes=ONE, who="Zoe")
DAY = timedelta(days=1)
YES = Say(granted=True, who="Ada", ids=frozenset({"ADA-1"}))


def row(state: State | str = State.AWAITING_APPROVAL, **rest: Any) -> Record:  # noqa: ANN401 - the fields of Record
    return record(state, **{"question": QUESTION, "prefixes": ONE, **rest})


OBJECTIONS: list[tuple[Record, Say, Objection | None]] = [
    (row(), YES, None),
    (row(State.PENDING), YES, None),
    (row(State.CONNECTED), YES, None),
    (row(State.FAILED), YES, None),
    (row(), replace(YES, prefixes=ONE), None),
    (row(), replace(YES, prefixes=OTHER), Objection.CHANGED),
    (row(), replace(YES, prefixes=(*ONE, *OTHER)), Objection.CHANGED),
    (row(prefixes=OTHER), YES, Objection.CHANGED),
    (row(question=None), YES, Objection.NOTHING_WAITS),
    (row(State.LEAVING), YES, Objection.NOTHING_WAITS),
    (row(State.REMOVED), YES, Objection.NOTHING_WAITS),
    (row("Quarantined"), YES, Objection.NOTHING_WAITS),
    (row(question=replace(QUESTION, ask=Ask("neu", "prod-weu"))), YES, Objection.ELSEWHERE),
    (row(question=replace(QUESTION, ask=LEAVE)), YES, None),
    (row(question=replace(QUESTION, who="ada-1")), YES, Objection.HIS_OWN),
    (row(who="Ada-1"), YES, Objection.HIS_OWN),
    (row(who="Ada-1"), replace(YES, granted=False), None),
    (row(question=replace(QUESTION, since=NOON - DAY)), YES, None),
    (row(question=replace(QUESTION, since=NOON - 2 * DAY)), YES, Objection.OVERDUE),
    (row(question=replace(QUESTION, since=NOON - 9 * DAY), ruling=ruling(ONE, granted=False)), YES, None),
]


@pytest.mark.parametrize(("there", "said", "why"), OBJECTIONS, ids=range(len(OBJECTIONS)))
def test_when_a_word_does_not_count(there: Record, said: Say, why: Objection | None) -> None:
    assert objection(there, said, policy(approval_days=2), NOON) is why


def test_a_word_opens_the_row_and_is_bound_to_what_was_asked() -> None:
    after = ruled(row(not_before=NOON + DAY), replace(YES, reason="fine"), NOON)
    assert (after.state, after.progress.not_before, after.approval.question) == (State.PENDING, None, QUESTION)
    assert after.approval.ruling == ruling(ONE, who="Ada", reason="fine")
    assert ruling_on(after) == after.approval.ruling
    leaves = ruled(row(State.CONNECTED, question=replace(QUESTION, ask=LEAVE)), YES, NOON)
    assert (leaves.approval.ruling, leaves.approval.leave) == (None, ruling(ONE, to="neu", who="Ada", reason=""))
    with pytest.raises(ValueError, match="nobody is asked"):
        ruled(row(question=None), YES, NOON)


def test_the_same_question_goes_on_and_another_begins_anew() -> None:
    later = NOON + DAY
    assert asked(row(), JOIN, later).approval.question == QUESTION
    assert asked(row(), None, later).approval.question is None
    for there, ask in ((row(prefixes=OTHER), JOIN), (row(), LEAVE), (row(question=None), JOIN)):
        question = asked(there, ask, later).approval.question
        assert question
        assert (question.ask, question.since, question.prefixes) == (ask, later, there.found.prefixes)
        assert question.who == there.asked.who


@pytest.mark.parametrize(("days", "due"), [(None, 3), (1, 1), (2, 2), (5, 3)])
def test_the_row_is_due_when_the_question_is_over(days: int | None, due: int) -> None:
    there = asked(row(not_before=NOON + 3 * DAY), replace(JOIN, days=days), NOON)
    assert there.progress.not_before == NOON + due * DAY


def test_what_holds_of_it_for_the_network_as_it_is() -> None:
    there = row(ruling=ruling(ONE), let_in=ONE)
    same, grown = (consent_of(there, spoke(*texts), NOON + DAY) for texts in (["10.1.0.0/24"], ["10.9.0.0/24"]))
    assert (same.asked, same.waited, same.ruling, same.let_in) == (JOIN, DAY, ruling(ONE), ())
    assert (grown.asked, grown.waited) == (None, timedelta())
    assert consent_of(altered(there, state=State.CONNECTED), spoke(), NOON).let_in == ONE


def test_a_person_who_asks_again_has_them_asked_again() -> None:
    for door, since in ((Door.HTTP, NOON + DAY), (Door.EVENT, NOON), (Door.SWEEP, NOON), (Door.RETRY, NOON)):
        again = intend(row(), request(door=door, when=NOON + DAY), spoke(), "prod-weu", "prod-weu", NamedBy.TAG)
        assert again.approval.question == replace(QUESTION, since=since)


def test_who_has_left_and_comes_back_is_known_and_who_was_made_anew_is_not() -> None:
    there = row(State.PENDING, ruling=ruling(ONE), leave=ruling(ONE, to="neu"), let_in=ONE, guid="one")
    gone = removed(there, (), NOON)
    assert gone.approval == Approval(ruling=ruling(ONE))
    assert made_anew(gone, spoke(guid="one")).approval == gone.approval
    assert made_anew(gone, spoke(guid="two")).approval == Approval()
    assert made_anew(there, spoke(guid="two")).approval == Approval()


def test_the_addresses_that_somebody_is_asked_about_are_those_that_were_read() -> None:
    """Not those that the row had, which may be older."""
    needed = Verdict(findings=(Finding(Code.APPROVAL_NEEDED, "Ask."),), asks=JOIN)
    question = decided(row(State.PENDING, question=None, prefixes=OTHER), needed, spoke(), NOON).approval.question
    assert question
    assert question.prefixes == ONE


@given(st.sampled_from([State.PENDING, State.CONNECTED, State.REFUSED]), st.booleans(), st.booleans())
def test_what_was_said_meanwhile_is_not_lost_by_an_outcome(state: State, let_in: bool, let_go: bool) -> None:
    outcome = row(State.CONNECTED, question=None, let_in=ONE)
    word, leave = (ruling(ONE) if let_in else None), (ruling(ONE, to="neu") if let_go else None)
    current = row(state, ruling=word, leave=leave, etag="2")
    after = carried_over(outcome, current).approval
    assert (after.ruling, after.leave, after.question, after.let_in) == (word, leave, None, ONE)
