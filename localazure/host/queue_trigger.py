"""A queue trigger: polls one queue and runs its function, as QueueListener.cs and QueueProcessor.cs do.

A message is taken with ten minutes of invisibility that are renewed at half time while the function runs. Success
deletes it. Failure makes it visible again after `visibilityTimeout`, or moves it to `<queue>-poison` when it has been
taken `maxDequeueCount` times. The trigger never creates its queue.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.queue import QueueMessage

from localazure.host.backoff import Backoff
from localazure.host.host_json import QueueOptions
from localazure.host.protos import TypedData
from localazure.host.queues import QueueStorage, UndecodableMessageError, decode
from localazure.host.worker import Invocation

INVISIBILITY = 600
"""Seconds a message is taken for."""

_log = logging.getLogger("localazure.host.queue")

type Run = Callable[[Invocation], Awaitable[bool]]
"""Runs the function; answers whether it succeeded."""


@dataclass(frozen=True)
class QueueTrigger:
    """The trigger's binding, resolved."""

    parameter: str
    connection: str
    queue_name: str

    @property
    def poison_name(self) -> str | None:
        return None if self.queue_name.endswith("-poison") else f"{self.queue_name}-poison"


class QueueListener:
    """One function's listener. `run` it as a task; `stop` ends polling and waits for what runs."""

    def __init__(
        self,
        trigger: QueueTrigger,
        options: QueueOptions,
        storage: QueueStorage,
        invoke: Run,
        invisibility: int = INVISIBILITY,
    ) -> None:
        self._trigger = trigger
        self._options = options
        self._storage = storage
        self._invoke = invoke
        self._invisibility = invisibility
        self._queue = storage.queue(trigger.connection, trigger.queue_name)
        self._arrival = storage.arrival(trigger.connection, trigger.queue_name)
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self) -> None:
        """Poll until stopped: at once after a batch, with growing pauses while the queue is empty."""
        backoff = Backoff(self._options.max_polling_interval)
        while not self._stopping:
            await self._room_for_a_batch()
            self._arrival.clear()
            messages = await self._receive()
            for message in messages:
                self._start(message)
            if messages:
                backoff.reset()
            elif not self._stopping:
                await self._pause(backoff.next())

    async def stop(self) -> None:
        """Take no further message and wait for the functions that run."""
        self._stopping = True
        self._arrival.set()
        if self._running:
            await asyncio.wait(self._running)

    async def _room_for_a_batch(self) -> None:
        while len(self._running) > self._options.new_batch_threshold:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def _receive(self) -> list[QueueMessage]:
        size = self._options.batch_size
        pages = self._queue.receive_messages(
            messages_per_page=size, max_messages=size, visibility_timeout=self._invisibility
        )
        try:
            return [message async for message in pages]
        except ResourceNotFoundError:
            return []
        except AzureError as error:
            _log.warning("Queue '%s' cannot be read, will try again: %s", self._trigger.queue_name, error)
            return []

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._arrival.wait(), seconds)

    def _start(self, message: QueueMessage) -> None:
        task = asyncio.create_task(self._process(message))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _process(self, message: QueueMessage) -> None:
        try:
            await self._handle(message)
        except AzureError as error:
            _log.warning(
                "Message %s of queue '%s' could not be settled and will be seen again: %s",
                message.id, self._trigger.queue_name, error,
            )  # fmt: skip

    async def _handle(self, message: QueueMessage) -> None:
        if (message.dequeue_count or 0) > self._options.max_dequeue_count:
            await self._poison(message)
            return
        try:
            text = decode(message.content, self._storage.encoding)
        except UndecodableMessageError as error:
            _log.error("Message %s of queue '%s': %s.", message.id, self._trigger.queue_name, error)
            await self._poison(message)
            return
        async with self._kept_invisible(message):
            succeeded = await self._invoke(_invocation(self._trigger.parameter, message, text))
        await self._settle(message, succeeded=succeeded)

    async def _settle(self, message: QueueMessage, *, succeeded: bool) -> None:
        if succeeded:
            await self._queue.delete_message(message)
        elif (message.dequeue_count or 0) >= self._options.max_dequeue_count:
            await self._poison(message)
        elif self._trigger.poison_name:
            await self._queue.update_message(message, visibility_timeout=self._options.visibility_timeout)
        # A poison queue has none of its own: the message stays invisible, or it would fail in a fast loop.

    async def _poison(self, message: QueueMessage) -> None:
        name = self._trigger.poison_name
        if not name:
            return
        _log.warning(
            "Message %s of queue '%s' was taken %s times and is moved to '%s'.",
            message.id, self._trigger.queue_name, message.dequeue_count, name,
        )  # fmt: skip
        await self._storage.send_raw(self._trigger.connection, name, message.content)
        await self._queue.delete_message(message)

    @contextlib.asynccontextmanager
    async def _kept_invisible(self, message: QueueMessage) -> AsyncIterator[None]:
        renewal = asyncio.create_task(self._renew(message))
        try:
            yield
        finally:
            renewal.cancel()
            await asyncio.wait([renewal])

    async def _renew(self, message: QueueMessage) -> None:
        while True:
            await asyncio.sleep(self._invisibility / 2)
            updated = await self._queue.update_message(message, visibility_timeout=self._invisibility)
            message.pop_receipt = updated.pop_receipt


def _invocation(parameter: str, message: QueueMessage, text: str) -> Invocation:
    metadata = {
        "Id": TypedData(string=message.id),
        "DequeueCount": TypedData(json=str(message.dequeue_count)),
        "PopReceipt": TypedData(string=message.pop_receipt),
        "InsertionTime": _time(message.inserted_on),
        "ExpirationTime": _time(message.expires_on),
        "NextVisibleTime": _time(message.next_visible_on),
        "QueueTrigger": TypedData(string=text),
    }
    return Invocation(inputs={parameter: TypedData(string=text)}, metadata=metadata)


def _time(moment: datetime | None) -> TypedData:
    return TypedData(json=json.dumps(moment.isoformat() if moment else None))
