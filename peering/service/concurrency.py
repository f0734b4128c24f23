"""Runs things at the same time and lets each come to its end, whatever becomes of the others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterable
from typing import Any


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
