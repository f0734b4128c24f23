"""When an operation is asked about: one poll in five too early at most, and never later than Azure asks."""

import random
from collections.abc import Callable
from math import ceil
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.network.operation_times import Course, OperationTime


def polls_of(time: OperationTime, takes: float, asked: float, *, hurry: bool = True) -> list[float]:
    """When an operation that takes so long was asked about, until it had ended."""
    course, elapsed, polls = Course(time), 0.0, list[float]()
    while True:
        wait = course.wait(elapsed, asked, hurry=hurry)
        assert 0 <= wait <= asked
        elapsed += wait
        polls.append(elapsed)
        if elapsed >= takes:
            course.ended(elapsed)
            return polls
        course.running(elapsed)


TIMES: dict[str, tuple[Callable[[random.Random], float], float]] = {  # and what share of the lost time is still lost
    "always the same": (lambda _: 0.5, 0.01),
    "nearly so": (lambda chance: chance.gauss(9.5, 0.05), 0.3),
    "ten to twelve": (lambda chance: chance.uniform(10, 12), 0.1),
    "mostly short": (lambda chance: 3 + chance.expovariate(0.5), 0.75),
    "two kinds": (lambda chance: chance.choice([2.0, 8.0]), 0.75),
}


@pytest.mark.parametrize("name", TIMES)
def test_few_polls_and_little_time_lost_once_it_is_known(name: str) -> None:
    takes, share = TIMES[name]
    chance, time = random.Random(4), OperationTime()  # noqa: S311 - a draw of a test
    for _ in range(200):
        polls_of(time, takes(chance), 10)
    runs = [(seconds := takes(chance), polls_of(time, seconds, 10)) for _ in range(2000)]
    over_ten = mean(seconds > 10 for seconds, _ in runs)  # nobody waits longer than Azure asks: one poll more
    assert mean(len(polls) for _, polls in runs) <= 1.35 + over_ten
    asked = mean(10 * ceil(seconds / 10) - seconds for seconds, _ in runs)  # lost by whoever polls when he is told to
    assert mean(polls[-1] - seconds for seconds, polls in runs) <= share * asked


def test_the_first_of_all_waits_as_asked_and_the_second_knows() -> None:
    time = OperationTime()
    assert polls_of(time, 3, 10) == [10]
    (first, *_) = polls_of(time, 3, 10)
    assert first < 10
    later = [polls_of(time, 3, 10)[-1] for _ in range(60)]
    assert later[-1] < 3.3


def test_a_time_that_has_grown_is_known_after_one() -> None:
    time = OperationTime(0.5, 100)
    polls = polls_of(time, 9.5, 10)
    assert len(polls) <= 12
    assert len(polls_of(time, 9.5, 10)) <= 7


def test_a_clock_that_is_a_little_behind_is_not_asked_without_end() -> None:
    course = Course(OperationTime(3.0, 100))
    assert course.wait(0, 10, hurry=True) == 3.0
    course.running(2.999_999_999)
    assert course.wait(2.999_999_999, 10, hurry=True) == pytest.approx(0.06)


def test_who_may_not_hurry_waits_as_asked_and_learns_nothing_false() -> None:
    time = OperationTime(3.0, 100)
    assert polls_of(time, 2.9, 10, hurry=False) == [10]
    assert time.seconds == 3.0


def test_many_at_once_move_it_no_further_than_one() -> None:
    """They all went by the same estimate: what they found is one piece of news."""
    time = OperationTime(10.0, 100)
    courses = [Course(time) for _ in range(50)]
    for course in courses:
        course.wait(0, 20, hurry=True)
    for course in courses:
        course.running(10.0)
        course.ended(10.1)
    assert time.seconds == pytest.approx(10.16)


@given(
    takes=st.lists(st.floats(0.001, 100), min_size=1, max_size=30),
    asked=st.floats(0.1, 30),
    known=st.none() | st.floats(0.001, 100),
)
def test_whatever_the_times_it_ends_and_nobody_waits_longer_than_asked(
    takes: list[float], asked: float, known: float | None
) -> None:
    time = OperationTime(known)
    for seconds in takes:
        polls = polls_of(time, seconds, asked)  # which holds each wait to what is asked
        assert polls[-1] <= seconds + asked
    assert time.seconds is not None
    assert 0 < time.seconds <= 2 * (max([*takes, known or 0.0]) + asked)
