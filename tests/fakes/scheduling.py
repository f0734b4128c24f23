"""The point in each call to the outside world at which other tasks get their turn."""

import asyncio


class ProcessDied(BaseException):
    """Ends everything where it is raised, as a killed process would: nothing is cleaned up."""


async def let_others_run() -> None:
    await asyncio.sleep(0)


async def settled() -> None:
    """Whatever can go on without time passing has gone on."""
    for _ in range(200):
        await asyncio.sleep(0)
