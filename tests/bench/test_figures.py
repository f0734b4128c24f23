"""A row of the bench: met, missed, or not judged because somebody else was busy."""

import pytest

from bench.figure import MISSED, Disturbance, Figure, Goal

_TWICE = Disturbance("load, others took 50% of the machine", 2.0)


def _verdict(value: float, **rest: object) -> str:
    members: dict[str, object] = {"what": "x", "unit": "s", "goal": 10, **rest}
    return Figure(value=value, **members).verdict  # type: ignore[arg-type]  # the members of a figure


@pytest.mark.parametrize(
    ("goal_is", "value", "verdict"),
    [
        (Goal.AT_MOST, 10, "yes"),
        (Goal.AT_MOST, 10.1, MISSED),
        (Goal.AT_LEAST, 10, "yes"),
        (Goal.AT_LEAST, 9.9, MISSED),
        (Goal.EXACTLY, 10, "yes"),
        (Goal.EXACTLY, 9, MISSED),
    ],
)
def test_a_goal_is_met_from_its_own_side(goal_is: Goal, value: float, verdict: str) -> None:
    assert _verdict(value, goal_is=goal_is) == verdict


@pytest.mark.parametrize(
    ("goal_is", "explained", "too_much"), [(Goal.AT_MOST, 19, 21), (Goal.AT_LEAST, 6, 4), (Goal.EXACTLY, None, 9)]
)
def test_a_neighbour_explains_so_much_and_no_more(goal_is: Goal, explained: float | None, too_much: float) -> None:
    if explained is not None:
        assert _verdict(explained, goal_is=goal_is, disturbance=_TWICE) == f"not judged: {_TWICE.what}"
    assert _verdict(too_much, goal_is=goal_is, disturbance=_TWICE) == MISSED


def test_a_count_is_judged_whoever_was_busy() -> None:
    assert _verdict(11, unit="", disturbance=_TWICE) == MISSED
    assert _verdict(11, unit="MB", disturbance=_TWICE) == MISSED
    assert _verdict(11, unit="%", timed=True, disturbance=_TWICE).startswith("not judged")


def test_without_a_goal_there_is_no_verdict() -> None:
    assert Figure(what="x", value=1.23456, unit="times", note="so").row == "| x | 1.235 times |  |  | so |"


def test_a_row_says_what_how_much_and_how_that_is_judged() -> None:
    figure = Figure(what="reads", value=1200, goal=50, note="all")
    assert figure.row == f"| reads | 1200 | ≤ 50 | {MISSED} | all |"
