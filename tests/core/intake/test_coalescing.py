"""Which event another look stands for. What a look has to promise is said here once more, in other words."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.intake.coalescing import (
    LAG,
    OFTEN,
    SOON,
    WHILE_BUSY,
    Course,
    Known,
    course,
    course_at_the_door,
    delay,
    later,
    newer,
    on_behalf_of,
    once_more,
)
from peering.core.intake.requests import Door, Request
from tests.builders import NOON, request

NOW, LATER, LEFT = Course.NOW, Course.LATER, Course.LEFT


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def known(began: float | None = None, due: float | None = None) -> Known:
    """Seconds from now."""
    return Known(None if began is None else at(began), None if due is None else at(due))


def look(since: float) -> Request:
    return request(since=at(since))


EVENTS = {
    "a quiet network": (known(), NOW),
    "read long ago": (known(-6.5), NOW),
    "read just now": (known(0), LATER),
    "read a moment ago": (known(-6.4), LATER),
    "a look that comes late enough": (known(-1, 3), LEFT),
    "the same, and never read": (known(None, 3), NOW),
    "a look that comes too early": (known(-1, 2.999), LATER),
    "the same, read long ago": (known(-20, 2.999), LATER),
    "a look that should have been seen by now": (known(-20, -0.1), NOW),
    "the same, and read a moment ago": (known(-4, -0.1), LATER),
    "a look that is just due": (known(-20, 0), NOW),
    "a clock that was set back after a read": (known(100), NOW),
    "a clock that was set back after a look was sent": (known(-20, 100), NOW),
}


@pytest.mark.parametrize("case", EVENTS)
def test_what_becomes_of_an_event(case: str) -> None:
    what, expected = EVENTS[case]
    assert course(request(), what, NOON, is_hub=False) is expected
    assert course(request(), what, NOON, is_hub=True) is expected


AT_THE_DOOR = {
    "a quiet network": (known(), None, NOW),
    "one was let in just now": (known(), 0, LATER),
    "one was let in long ago": (known(), -6.5, NOW),
    "one was let in just now, and a look comes late enough": (known(None, 3), 0, LEFT),
    "the same, and the look comes too early": (known(None, 2.999), 0, LATER),
    "read just now": (known(0), None, LATER),
    "a look comes late enough": (known(-20, 3), None, LEFT),
    "a look comes too early": (known(-20, 2.999), -20, LATER),
    "a clock that was set back": (known(100, 100), 100, NOW),
}


@pytest.mark.parametrize("case", AT_THE_DOOR)
def test_what_becomes_of_an_event_before_it_is_on_the_queue(case: str) -> None:
    what, asked, expected = AT_THE_DOOR[case]
    since = None if asked is None else at(asked)
    assert course_at_the_door(request(), what, since, NOON) is expected
    assert course_at_the_door(request(gone=True), what, since, NOON) is NOW


LOOKS = {
    "nothing is known": (look(0), known(), NOW),
    "its turn has come": (look(0), known(-4, 0), NOW),
    "seen before our clock says that it is due": (look(0.5), known(-4, 0.5), NOW),
    "a later one is to come": (look(0), known(-4, 1), LEFT),
    "a later one is to come, and the last read is long ago": (look(0), known(-8, 1), NOW),
    "a later one is to come, and nothing was read": (look(0), known(None, 1), NOW),
    "a later one should have been seen by now": (look(-5), known(-4.9, -1), LEFT),
    "a later one that should have been seen by now, after no read": (look(-5), known(-6, -1), NOW),
    "one has begun since": (look(-1), known(-0.5), LEFT),
    "one has begun at that very time": (look(-1), known(-1), LEFT),
    "one has begun just before": (look(-1), known(-1.001), NOW),
    "one begins in a future that a clock was set back from": (look(-1), known(5), NOW),
}


@pytest.mark.parametrize("case", LOOKS)
def test_what_becomes_of_a_look_that_was_sent(case: str) -> None:
    it, what, expected = LOOKS[case]
    assert course(it, what, NOON, is_hub=False) is expected


def test_the_second_look_at_one_event_is_left_out_when_another_has_begun_late_enough() -> None:
    second = once_more(request(), at(-15))
    assert second.repeated
    assert course(second, known(-15), NOON, is_hub=False) is NOW
    assert course(second, known(-12.001), NOON, is_hub=False) is NOW
    assert course(second, known(-12), NOON, is_hub=False) is LEFT
    assert course(second, known(-4, 1), NOON, is_hub=False) is LEFT


def test_the_second_look_at_a_hub_is_never_left_out() -> None:
    """Of a hub that reads 404 only the second look opens the rows of its spokes."""
    assert course(once_more(request(), at(-15)), known(-1, 1), NOON, is_hub=True) is NOW


def test_the_second_look_of_a_version_before_is_looked_at() -> None:
    assert course(request(repeated=True), known(-1, 3.5), NOON, is_hub=False) is NOW


SAYS_MORE: dict[str, dict[str, Any]] = {
    "a deletion": {"gone": True},
    "a gateway": {"gateway": True},
    "a hub that is named": {"hub": "prod-weu"},
    "switches that are to be restored": {"restore": True},
    "a half that was left over": {"half_at": "prod-weu"},
    "that it was tried before": {"attempt": 1},
    **{str(door): {"door": door} for door in Door if door is not Door.EVENT},
}


@pytest.mark.parametrize("case", SAYS_MORE)
def test_what_says_more_than_that_something_was_written_is_looked_at(case: str) -> None:
    it = replace(request(), **SAYS_MORE[case])
    for what in (known(-1, 3.5), known(0), known(-1, 1)):
        assert course(it, what, NOON, is_hub=False) is NOW
        assert course(replace(it, since=at(-3)), what, NOON, is_hub=False) is NOW


MOMENTS = st.one_of(st.none(), st.integers(-20_000, 20_000).map(lambda each: at(each / 1000)))
KNOWN = st.builds(Known, MOMENTS, MOMENTS)


@given(KNOWN, st.booleans())
def test_an_event_is_left_only_to_a_look_that_comes_late_enough_and_soon(what: Known, is_hub: bool) -> None:
    if course(request(), what, NOON, is_hub=is_hub) is LEFT:
        assert what.due is not None
        assert at(3) <= what.due <= at(6)


@given(KNOWN, MOMENTS, st.booleans())
def test_a_look_is_left_only_to_one_that_does_what_it_was_to_do(
    what: Known, since: datetime | None, is_hub: bool
) -> None:
    it = request(since=since)
    if since is None or course(it, what, NOON, is_hub=is_hub) is not LEFT:
        return
    begun = what.began is not None and since <= what.began <= NOON
    comes = what.due is not None and what.due > NOON and what.due > since
    assert begun or (comes and what.began is not None and what.began > at(-6.5))


@given(KNOWN)
def test_a_look_that_is_sent_stands_for_the_event_that_it_is_sent_for(what: Known) -> None:
    wait = delay(what, NOON)
    sent = later(request(), NOON + wait)
    assert course_at_the_door(request(), Known(what.began, sent.since), None, NOON) is LEFT
    assert what.due is None or not NOON < what.due <= NOON + WHILE_BUSY or sent.since != what.due or wait == WHILE_BUSY


def test_the_times_leave_room_for_each_other() -> None:
    assert LAG < SOON < WHILE_BUSY < OFTEN


def test_of_two_events_a_look_is_put_down_to_the_one_that_happened_last() -> None:
    early, late = request(id="early", who="a"), request(id="late", who="b", when=at(1), correlation="c-2")
    assert newer(None, early) == early
    assert newer(early, late) == newer(late, early) == late
    sent = replace(later(early, at(4)), attempt=2)
    done = on_behalf_of(sent, late)
    assert (done.id, done.who, done.when, done.correlation) == ("late", "b", at(1), "c-2")
    assert (done.since, done.attempt) == (at(4), 2)
    assert on_behalf_of(sent, None) == sent
