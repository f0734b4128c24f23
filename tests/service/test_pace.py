"""So many at a time, the first first; and one that hangs keeps nobody out."""

import asyncio

import pytest

from peering.service.concurrency import Pace
from tests.fakes.warped import run_warped


async def _ends(pace: Pace, works: list[float]) -> list[float]:
    ends = [0.0] * len(works)

    async def work(number: int) -> None:
        async with pace.place():
            await asyncio.sleep(works[number])
            ends[number] = asyncio.get_running_loop().time()

    await asyncio.gather(*(work(number) for number in range(len(works))))
    return ends


def test_the_first_are_done_first() -> None:
    ends, _ = run_warped(_ends(Pace(2, 10.0), [1.0] * 6))
    assert ends == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]


def test_who_hangs_keeps_nobody_out_for_longer_than_the_patience() -> None:
    ends, _ = run_warped(_ends(Pace(2, 1.0), [100.0, 100.0, 0.5, 0.5, 0.5]))
    assert ends == [100.0, 100.0, 1.5, 1.5, 2.0]


def test_a_place_is_free_again_once_and_not_twice() -> None:
    async def main() -> list[float]:
        pace = Pace(1, 1.0)
        await _ends(pace, [5.0])
        await _ends(pace, [0.5])
        return await _ends(pace, [0.5, 0.5])

    ends, _ = run_warped(main())
    assert ends[1] - ends[0] == pytest.approx(0.5)


def test_one_who_is_raised_out_of_it_lets_the_next_one_in() -> None:
    async def main() -> list[float]:
        pace = Pace(1, 1.0)
        with pytest.raises(ValueError, match="a bug"):
            async with pace.place():
                raise ValueError("a bug")
        return await _ends(pace, [0.5])

    ends, took = run_warped(main())
    assert (ends, took) == ([0.5], 0.5)
