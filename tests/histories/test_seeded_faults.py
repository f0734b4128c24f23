"""A fault that is put into the app is caught by the model within few histories."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.histories.generate import histories
from tests.histories.history import play
from tests.histories.seeded import FAULTS
from tests.histories.steps import Step

WITHIN = 200
_SEED = 1126


class Caught(Exception):
    """A history ended otherwise than the model says."""


def histories_until_caught() -> tuple[list[list[Step]], str]:
    """Those that it took, and what gave the fault away."""
    played: list[list[Step]] = []

    @seed(_SEED)
    @settings(
        max_examples=WITHIN,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(histories())
    def check(history: list[Step]) -> None:
        played.append(history)
        _, faults = asyncio.run(play(history))
        if faults:
            raise Caught(faults[0])

    try:
        check()
    except Caught as caught:
        return played[:-1], str(caught)  # the last is played once more to see that it fails again
    raise AssertionError(f"not caught within {WITHIN} histories")


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_the_fault_is_caught(
    name: str, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    FAULTS[name](monkeypatch)
    played, fault = histories_until_caught()
    monkeypatch.undo()
    assert asyncio.run(play(played[-1]))[1] == [], "it is the fault that is caught, and nothing else"
    record_property("histories", [f"{name}: caught by history {len(played)}: {fault[:160]}"])
