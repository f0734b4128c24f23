"""Twenty histories on the real stack: host, worker, Azurite and events as they are, and the same model."""

import random
from pathlib import Path

import pytest

from tests.histories.real import KINDS, play_for_real
from tests.histories.steps import Step

_LEAST = 20
_HOW = {"create": (0, 2, 4, 8, 14), "grow": (0, 3)}  # in ranges of their own: nobody is refused for a day


def history_of(number: int) -> list[Step]:
    """The same every time, by its number."""
    dice = random.Random(number)  # noqa: S311 - the same every time
    steps = [Step("create", 0, 2), Step("create", 1, 4)]
    while len(steps) < _LEAST:
        kind = dice.choice(KINDS)
        steps.append(Step(kind, dice.randrange(4), dice.choice(_HOW.get(kind, tuple(range(12))))))
    return steps


@pytest.mark.long
@pytest.mark.parametrize("number", range(20))
async def test_it_ends_as_the_model_says_on_the_real_stack(number: int, tmp_path: Path) -> None:
    history = history_of(number)
    assert await play_for_real(history, tmp_path) == [], history
