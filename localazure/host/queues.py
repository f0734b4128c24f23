"""Storage queues as the Functions queue extension uses them: encoding, clients, and word of what this host enqueues."""

import asyncio
import base64
import binascii
import logging
from types import TracebackType
from typing import Self

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue.aio import QueueClient, QueueServiceClient

# The host of Azure is another process: what its own requests leave in a log is not in the worker's.
_requests = logging.getLogger("localazure.host.requests")
_requests.setLevel(logging.WARNING)


class UndecodableMessageError(ValueError):
    """The message is not base64 although host.json says messages are."""


def encode(text: str, encoding: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii") if encoding == "base64" else text


def decode(content: str, encoding: str) -> str:
    """The text of a message.

    Raises:
        UndecodableMessageError: `encoding` is base64 and the content is not.
    """
    if encoding != "base64":
        return content
    try:
        return base64.b64decode(content, validate=True).decode("utf-8", errors="replace")
    except binascii.Error as error:
        raise UndecodableMessageError(
            "not base64, which host.json's extensions.queues.messageEncoding asks for"
        ) from error


class QueueStorage:
    """All queues of the app, over one client for each storage account. An async context manager."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self._accounts: dict[str, QueueServiceClient] = {}
        self._queues: dict[tuple[str, str], QueueClient] = {}
        self._arrivals: dict[tuple[str, str], asyncio.Event] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for account in self._accounts.values():
            await account.close()

    def queue(self, connection: str, name: str) -> QueueClient:
        if connection not in self._accounts:
            # Without what the environment says of proxies, which aiohttp would look up in a thread for each request.
            self._accounts[connection] = QueueServiceClient.from_connection_string(
                connection, logger=_requests, use_env_settings=False
            )
        if (connection, name) not in self._queues:
            self._queues[connection, name] = self._accounts[connection].get_queue_client(name)
        return self._queues[connection, name]

    def arrival(self, connection: str, name: str) -> asyncio.Event:
        """Set when this host has put a message into the queue, so that its listener need not wait for the next poll."""
        return self._arrivals.setdefault((connection, name), asyncio.Event())

    async def send(self, connection: str, name: str, text: str) -> None:
        """Enqueue, as an output binding does: the queue is made when it is missing."""
        await self.send_raw(connection, name, encode(text, self.encoding))

    async def send_raw(self, connection: str, name: str, content: str) -> None:
        """Enqueue content that is already encoded."""
        queue = self.queue(connection, name)
        try:
            await queue.send_message(content)
        except ResourceNotFoundError:
            await _create(queue)
            await queue.send_message(content)
        self.arrival(connection, name).set()


async def _create(queue: QueueClient) -> None:
    try:
        await queue.create_queue()
    except ResourceExistsError:
        return  # another invocation made it in the same moment
