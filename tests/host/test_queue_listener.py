"""The listener's timing, which a real queue would show only after minutes: renewal, wake-up, room, missing poison."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError

from localazure.host import backoff
from localazure.host.host_json import QueueOptions
from localazure.host.queue_trigger import QueueListener, QueueTrigger
from localazure.host.worker import Invocation


@dataclass(kw_only=True)
class FakeQueue:
    """A queue that answers from memory and notes what is asked of it."""

    waiting: list[Any] = field(default_factory=list)
    deleted: list[tuple[str, str]] = field(default_factory=list)
    updates: int = 0
    polls: int = 0
    polled: asyncio.Event = field(default_factory=asyncio.Event)
    updated: asyncio.Event = field(default_factory=asyncio.Event)
    missing: bool = False

    async def receive_messages(self, max_messages: int, **_: object) -> Any:  # noqa: ANN401 - an async generator
        self.polls += 1
        self.polled.set()
        if self.missing:
            raise ResourceNotFoundError
        taken, self.waiting = self.waiting[:max_messages], self.waiting[max_messages:]
        for message in taken:
            yield message

    async def update_message(self, message: Any, **_: object) -> Any:  # noqa: ANN401 - as the SDK's
        self.updates += 1
        if self.updates == 3:
            self.updated.set()
        return SimpleNamespace(pop_receipt=f"{message.id}-{self.updates}")

    async def delete_message(self, message: Any) -> None:  # noqa: ANN401 - as the SDK's
        self.deleted.append((message.id, message.pop_receipt))


class FakeStorage:
    """The one queue there is."""

    encoding = "none"

    def __init__(self, queue: FakeQueue) -> None:
        self._queue = queue
        self.woken = asyncio.Event()
        self.sent: list[str] = []

    def queue(self, _connection: str, _name: str) -> FakeQueue:
        return self._queue

    def arrival(self, _connection: str, _name: str) -> asyncio.Event:
        return self.woken

    async def send_raw(self, _connection: str, name: str, _content: str) -> None:
        self.sent.append(name)


def message(identifier: str, dequeue_count: int = 1) -> Any:  # noqa: ANN401 - as the SDK's
    times = dict.fromkeys(("inserted_on", "expires_on", "next_visible_on"))
    return SimpleNamespace(
        id=identifier, content="text", dequeue_count=dequeue_count, pop_receipt=f"{identifier}-0", **times
    )


def listener(storage: FakeStorage, invoke: Any, name: str = "incoming", invisibility: int = 600) -> QueueListener:  # noqa: ANN401
    options = QueueOptions(batch_size=2, new_batch_threshold=1, max_dequeue_count=3, message_encoding="none")
    trigger = QueueTrigger("message", "connection", name)
    return QueueListener(trigger, options, storage, invoke, invisibility)  # type: ignore[arg-type]  # a fake


async def test_invisibility_is_renewed_while_the_function_runs() -> None:
    queue = FakeQueue(waiting=[message("a")])

    async def invoke(_: Invocation) -> bool:
        async with asyncio.timeout(5):
            await queue.updated.wait()
        return True

    served = listener(FakeStorage(queue), invoke, invisibility=0)
    polling = asyncio.create_task(served.run())
    await queue.polled.wait()
    await served.stop()
    await polling
    assert queue.updates >= 3
    assert queue.deleted == [("a", f"a-{queue.updates}")], "deleted with the newest pop receipt"


async def test_arrival_ends_a_long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "MINIMUM", 3600.0)
    queue = FakeQueue()
    storage = FakeStorage(queue)
    taken = asyncio.Event()

    async def invoke(_: Invocation) -> bool:
        taken.set()
        return True

    served = listener(storage, invoke)
    polling = asyncio.create_task(served.run())
    await queue.polled.wait()
    queue.waiting.append(message("a"))
    storage.woken.set()
    async with asyncio.timeout(5):
        await taken.wait()
        await served.stop()
        await polling
    assert queue.deleted == [("a", "a-0")]


async def test_no_more_run_than_batch_and_threshold_allow() -> None:
    queue = FakeQueue(waiting=[message(str(number)) for number in range(7)])
    gate = asyncio.Semaphore(0)
    running, most = 0, 0

    async def invoke(_: Invocation) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await gate.acquire()
        running -= 1
        return True

    served = listener(FakeStorage(queue), invoke)
    polling = asyncio.create_task(served.run())
    async with asyncio.timeout(5):
        while len(queue.deleted) < 7:
            gate.release()
            await asyncio.sleep(0)
        await served.stop()
        await polling
    assert most <= 3


@pytest.mark.parametrize(
    ("name", "count", "sent", "deleted"),
    [
        ("incoming", 3, ["incoming-poison"], 1),
        ("incoming", 4, ["incoming-poison"], 1),
        ("incoming", 2, [], 0),
        ("incoming-poison", 3, [], 0),
    ],
)
async def test_where_a_failed_message_goes(name: str, count: int, sent: list[str], deleted: int) -> None:
    queue = FakeQueue(waiting=[message("a", count)])
    storage = FakeStorage(queue)
    invoked = 0

    async def invoke(_: Invocation) -> bool:
        nonlocal invoked
        invoked += 1
        return False

    served = listener(storage, invoke, name)
    polling = asyncio.create_task(served.run())
    await queue.polled.wait()
    await served.stop()
    await polling
    assert (storage.sent, len(queue.deleted)) == (sent, deleted)
    assert invoked == (0 if count > 3 else 1)
    assert queue.updates == (1 if count == 2 else 0), "only a message that may be tried again is made visible"


async def test_missing_queue_is_an_empty_one() -> None:
    queue = FakeQueue(missing=True)

    async def invoke(_: Invocation) -> bool:
        raise AssertionError("nothing to invoke")

    served = listener(FakeStorage(queue), invoke)
    polling = asyncio.create_task(served.run())
    async with asyncio.timeout(5):
        while queue.polls < 2:
            queue.polled.clear()
            await queue.polled.wait()
        await served.stop()
        await polling
    assert not polling.cancelled()
