"""The queue of requests over azure-storage-queue: the host's output binding cannot delay a message."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from peering.adapters.errors import azure_failures
from peering.core.intake.requests import Request, visible_in


class QueueTicket:
    """A message on the queue. Both verbs do nothing once somebody has taken it (404, or another pop receipt)."""

    def __init__(self, client: QueueClient, message: QueueMessage) -> None:
        self._client = client
        self._message = message

    async def postpone(self, delay: timedelta) -> None:
        with azure_failures(), _unless_taken():
            self._message = await self._client.update_message(self._message, visibility_timeout=visible_in(delay))

    async def withdraw(self) -> None:
        with azure_failures(), _unless_taken():
            await self._client.delete_message(self._message)


class StorageQueue:
    """Requests, as plain JSON text (host.json: messageEncoding none)."""

    def __init__(self, client: QueueClient) -> None:
        self._client = client

    async def send(self, request: Request, delay: timedelta = timedelta()) -> QueueTicket:
        with azure_failures():
            try:
                message = await self._send(request, delay)
            except ResourceNotFoundError:
                with suppress(ResourceExistsError):
                    await self._client.create_queue()
                message = await self._send(request, delay)
        return QueueTicket(self._client, message)

    async def _send(self, request: Request, delay: timedelta) -> QueueMessage:
        return await self._client.send_message(request.to_json(), visibility_timeout=visible_in(delay))

    async def close(self) -> None:
        await self._client.close()


@contextmanager
def _unless_taken() -> Iterator[None]:
    """Ignore the answers that mean somebody else has the message now."""
    try:
        yield
    except HttpResponseError as error:
        if error.status_code not in (400, 404):
            raise
