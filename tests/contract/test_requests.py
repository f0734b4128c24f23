"""The queue of requests: what is sent is seen when its time has come, unless it was put off or taken back."""

import re
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from azure.storage.queue.aio import QueueClient

from peering.adapters.queue import StorageQueue
from peering.core.intake.alarms import Alarm
from peering.core.network.failures import StorageFailure
from peering.ports import Requests
from tests.builders import NOON, request
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
            due = [ticket for ticket in fake.messages if ticket.due <= fake.clock()]
            for ticket in due:
                fake.messages.remove(ticket)
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


async def test_an_alarm_is_sent_like_a_request(queue: Queue) -> None:
    alarm = Alarm("prod-weu", NOON)
    await queue.port.send(alarm)
    assert await queue.take() == [alarm.to_json()]


async def test_what_is_sent_never_expires(storage: str) -> None:
    """A grace period may be longer than the seven days that a message lives by default."""
    async with QueueClient.from_connection_string(storage, f"requests-{uuid.uuid4().hex[:12]}") as client:
        await StorageQueue(client).send(Alarm("prod-weu", NOON))
        (message,) = [each async for each in client.receive_messages()]
    assert message.expires_on is not None
    assert message.expires_on.year > 2100


async def test_what_waits_is_counted_and_no_queue_has_nothing(queue: Queue) -> None:
    assert await queue.port.count() == 0
    await queue.port.send(request())
    await queue.port.send(request(), LATER)
    assert await queue.port.count() == 2


async def test_what_storage_refuses_has_storages_own_code(storage: str) -> None:
    """It stands in a header: "Forbidden" would not tell a missing role from a firewall."""
    wrong = re.sub("AccountKey=[^;]+", "AccountKey=d3Jvbmc=", storage)
    async with QueueClient.from_connection_string(wrong, "requests", retry_total=0) as client:
        with pytest.raises(StorageFailure) as caught:
            await StorageQueue(client).count()
    assert (caught.value.status, caught.value.code) == (
        403,
        "AuthenticationFailed",
    )  # which the SDK raises like a token that is missing
