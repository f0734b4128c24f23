"""Runs things at the same time and lets each come to its end, whatever becomes of the others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any


class Pace:
    """Lets in so many at a time, in the order in which they come.

    Many that are done at the same time are all done late: where each needs a little of the one event loop, the first
    are done sooner if the others wait. Who is inside for longer than `patience` seconds waits for somebody else, and
    keeps nobody out.
    """

    def __init__(self, most: int, patience: float) -> None:
        self._free = asyncio.Semaphore(most)
        self._patience = patience

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        await self._free.acquire()
        early = asyncio.get_running_loop().call_later(self._patience, self._free.release)
        try:
            yield
        finally:
            if asyncio.get_running_loop().time() < early.when():
                early.cancel()
                self._free.release()


def pace_of_looks() -> Pace:
    """For what comes before a hub is drained: a read and some rows, some hundredths of a second of work each.

    Eight keep the way to Azure busy. A network that hangs is not among them for longer than a second.
    """
    return Pace(8, 1.0)


async def run_all[T](jobs: Iterable[Awaitable[T]]) -> list[T]:
    """All results, in order. The first error is raised, but only when nothing is running any more.

    A plain `gather` would raise at once and leave the rest writing to Azure after the lease was let go.
    """
    results = await asyncio.gather(*jobs, return_exceptions=True)
    for error in (result for result in results if isinstance(result, BaseException)):
        raise error
    return [result for result in results if not isinstance(result, BaseException)]


async def as_they_end[T](jobs: Iterable[Coroutine[Any, Any, T]]) -> AsyncIterator[T]:
    """Each result as soon as it is there. The first error is raised, but only when nothing is running any more.

    Whoever is cancelled himself, because the time of his invocation is over, cancels them all.
    """
    tasks = [asyncio.ensure_future(job) for job in jobs]
    first: BaseException | None = None
    try:
        for ended in asyncio.as_completed(tasks):
            try:
                result = await ended
            except asyncio.CancelledError:
                raise
            except BaseException as error:  # noqa: BLE001 - raised below, once the others have ended
                first = first or error
            else:
                yield result
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if first:
        raise first
