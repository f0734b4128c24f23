"""One local Azure for all tests of this folder, as `python -m localazure up` starts it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from localazure.client.ready import Ready
from localazure.client.stage import stage
from tests.e2e.town import Town, visit


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ready() -> AsyncIterator[Ready]:
    async with stage("--scenario", "two-hubs", "--latency", "none") as found:
        yield found


@pytest_asyncio.fixture
async def town(ready: Ready) -> AsyncIterator[Town]:
    async with visit(ready) as found:
        yield found
