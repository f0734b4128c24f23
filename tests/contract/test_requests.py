"""The queue of requests: what is sent is seen when its time has come, unless it was put off or taken back."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from azure.storage.queue.aio import QueueClient

from peering.adapters.queue import StorageQueue
from peering.ports import Requests
from tests.builders import request
from tests.fakes.storage import FakeQueue, SteppedClock

LATER = timedelta(minutes=10)


class Queue:
    """The port, and how a test looks at what it did: the bodies that a worker would be given now."""

    def __init__(self, port: Requests, client: QueueClient | None = None) -> None:
        self.port = port
        self._client = client

    async def take(self) -> list[str]:
        if self._client is None:
            fake: Any = self.port
            due = [ticket for ticket in fake.tickets if ticket.due <= fake.clock()]
            for ticket in due:
                fake.tickets.remove(ticket)
            return [ticket.body for ticket in due]
        taken = [message async for message in self._client.receive_messages()]
        for message in taken:
            await self._client.delete_message(message)
        return [message.content for message in taken]


@pytest.fixture(params=["fake", "real"])
async def queue(request: pytest.FixtureRequest) -> AsyncIterator[Queue]:
    if request.param == "fake":
        yield Queue(FakeQueue(SteppedClock()))
        return
    name = f"requests-{uuid.uuid4().hex[:12]}"
    async with QueueClient.from_connection_string(request.getfixturevalue("storage"), name) as client:
        yield Queue(StorageQueue(client), client)


async def test_the_first_message_makes_the_queue(queue: Queue) -> None:
    await queue.port.send(request())
    assert await queue.take() == [request().to_json()]


async def test_a_delayed_message_is_not_seen_yet(queue: Queue) -> None:
    await queue.port.send(request(), LATER)
    assert await queue.take() == []


async def test_a_message_that_is_put_off_is_not_seen_and_can_be_put_off_again(queue: Queue) -> None:
    ticket = await queue.port.send(request())
    await ticket.postpone(LATER)
    assert await queue.take() == []
    await ticket.postpone(timedelta())
    assert await queue.take() == [request().to_json()]


async def test_a_message_that_is_taken_back_is_never_seen(queue: Queue) -> None:
    ticket = await queue.port.send(request())
    await ticket.withdraw()
    assert await queue.take() == []


async def test_a_message_that_is_put_off_can_be_taken_back(queue: Queue) -> None:
    ticket = await queue.port.send(request(), LATER)
    await ticket.postpone(timedelta())
    await ticket.withdraw()
    assert await queue.take() == []


async def test_a_message_that_somebody_took_is_theirs(queue: Queue) -> None:
    ticket = await queue.port.send(request())
    assert len(await queue.take()) == 1
    await ticket.postpone(LATER)
    await ticket.withdraw()
    await ticket.withdraw()
    assert await queue.take() == []
