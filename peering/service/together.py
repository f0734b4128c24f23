"""Runs things at the same time and lets each come to its end, whatever becomes of the others."""

import asyncio
from collections.abc import Awaitable, Iterable


async def together[T](jobs: Iterable[Awaitable[T]]) -> list[T]:
    """All results, in order. The first error is raised, but only when nothing is running any more.

    A plain `gather` would raise at once and leave the rest writing to Azure after the lease was let go.
    """
    results = await asyncio.gather(*jobs, return_exceptions=True)
    for error in (result for result in results if isinstance(result, BaseException)):
        raise error
    return [result for result in results if not isinstance(result, BaseException)]
