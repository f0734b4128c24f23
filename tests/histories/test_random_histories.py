"""Whatever happens to an estate, in whatever order: once it has come to rest, it is as the model says."""

import asyncio
import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.histories.generate import histories
from tests.histories.history import play
from tests.histories.steps import Step
from tests.histories.tally import SHARE, Tally

QUICK, LONG = 30, 500
_SEED = int(os.environ.get("HISTORIES_SEED", "20261125"))
_ALL = (Phase.generate, Phase.target, Phase.shrink)


def run(count: int, number: int, tally: Tally) -> None:
    """Play so many histories; the first that ends wrong is made small and shown as a list of steps."""

    @seed(number)
    @settings(max_examples=count, deadline=None, database=None, phases=_ALL, suppress_health_check=list(HealthCheck))
    @given(histories())
    def check(history: list[Step]) -> None:
        world, faults = asyncio.run(play(history))
        tally.count(world, len(history))
        shown = ",\n    ".join(str(step) for step in history if str(step) != str(Step("time")))
        assert not faults, "\n".join([*faults, f"history = [\n    {shown},\n]", f"seed {number}"])

    check()


def test_thirty_histories_end_as_the_model_says(record_property: Callable[[str, object], None]) -> None:
    tally = Tally()
    run(QUICK, _SEED, tally)
    record_property("histories", [f"seed {_SEED}", tally.lines()[0]])
    assert tally.histories >= QUICK


@pytest.mark.long
def test_five_hundred_histories_end_as_the_model_says(record_property: Callable[[str, object], None]) -> None:
    """Nothing that can happen is so rare that the run says little about it."""
    tally = Tally()
    run(LONG, _SEED + 1, tally)
    record_property("histories", [f"seed {_SEED + 1}", *tally.lines()])
    assert tally.histories >= LONG
    assert not tally.rare, f"in under {SHARE:.0%} of the histories: {tally.rare}"
