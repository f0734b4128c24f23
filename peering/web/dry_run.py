"""The dry run over HTTP: the answer itself, or where to get it. Imported by the first that is asked for."""

import asyncio
from collections.abc import Awaitable

from peering.core.network.failures import AzureFailure
from peering.core.record.preview import EstateTooLarge, Preview, preview_body
from peering.web.call import Answer
from peering.web.problems import Kind, Problem

_COMMAND = "Use the command line, which takes the time that it needs: python -m peering plan --all."


async def dry_run(preview: Awaitable[Preview], seconds: float) -> Answer:
    """`POST /api/sweep` with `dryRun`: what it would come to, if that can be said in so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return Answer(200, preview_body(await preview))
    except TimeoutError as error:
        told = f"The dry run did not end within {seconds:.0f} seconds. {_COMMAND}"
        raise Problem(Kind.TOO_SLOW, told) from error
    except EstateTooLarge as error:
        raise Problem(Kind.ESTATE_TOO_LARGE, f"{error} {_COMMAND}") from error
    except AzureFailure as failure:
        told = f"The estate cannot be read at the moment ({failure.code}): {failure.message} Ask again later."
        raise Problem(Kind.ESTATE_UNREADABLE, told) from failure
