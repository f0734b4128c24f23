"""Whatever the order of calls, and whoever dies: nothing is forgotten, nobody writes beside the holder of a lease."""

import logging
from collections.abc import Iterator

import pytest

from tests.service.model.run import Run, play

_QUICK, _LONG, _BLOCKS = 60, 2000, 8


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """The log of thousands of runs is read by nobody; one run alone is told in full."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def sweep(seeds: range) -> None:
    """Every seed, even after one that failed; then the figures, and how to run what failed alone."""
    runs = [play(seed) for seed in seeds]
    largest = max(run.largest_queue for run in runs)
    deaths, mishaps = sum(run.deaths for run in runs), sum(run.mishaps for run in runs)
    told = f"{len(runs)} interleavings, {sum(run.turns for run in runs)} turns, {deaths} deaths, {mishaps} calls raised"
    print(f"{told}; the largest queue had {largest} messages")  # noqa: T201 - the figures are part of what is shown
    assert not [line for run in runs for line in _told(run)]


def _told(run: Run) -> Iterator[str]:
    for fault in run.faults:
        yield f"{fault} (alone, told in full: python -m tests.service.model {run.seed})"


def test_some_interleavings() -> None:
    sweep(range(_QUICK))


@pytest.mark.long
@pytest.mark.parametrize("block", range(_BLOCKS))
def test_many_interleavings(block: int) -> None:
    size = _LONG // _BLOCKS
    sweep(range(_QUICK + block * size, _QUICK + (block + 1) * size))


def test_a_seed_is_played_the_same_again() -> None:
    first, second = play(7), play(7)
    assert first == second
    assert first.trace != play(8).trace


def test_every_kind_of_mishap_comes_up() -> None:
    """A storm in which nothing happens would prove nothing."""
    told = [line for seed in range(20) for line in play(seed).trace]
    words = (
        "KILLED",
        "HANGS",
        "STANDS STILL",
        "OWNER",
        "raises StorageFailure",
        "raises ServiceRequestError",
        "raises AzureFailure",
    )
    for word in (*words, "raises RuntimeError", "renew", "release", "peerings: delete", "announce", "remove hub half"):
        assert any(word in line for line in told), word
