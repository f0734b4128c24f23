"""A grid that waits for nothing, and a webhook it can deliver to."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from localazure.emulator.eventgrid import EventGrid
from localazure.emulator.identity import Authority
from tests.emulator.eventgrid.receiver import Naps, Receiver


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(receiver: Receiver) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hook", receiver.post)
    app.router.add_options("/hook", receiver.options)
    async with TestServer(app) as server:
        yield str(server.make_url("/hook?code=secret"))


@pytest.fixture
async def grid(naps: Naps) -> AsyncIterator[EventGrid]:
    made = EventGrid(Authority("7f58f1a2-6d84-4c3c-9d5e-0f4b1d2a3c11"), sleep=naps)
    await made.start()
    yield made
    await made.close()
