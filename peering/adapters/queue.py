"""The queue of requests over azure-storage-queue: the host's output binding cannot delay a message."""

from contextlib import suppress
from datetime import timedelta

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue.aio import QueueClient

from peering.adapters.errors import STORAGE_LIMIT, azure_answers
from peering.core.intake.messages import Message
from peering.core.intake.requests import visible_in
from peering.core.network.failures import StorageFailure

_FOR_EVER = -1  # time to live: what wakes a row must not expire before the row is due


class StorageQueue:
    """Requests and alarms, as plain JSON text (host.json: messageEncoding none)."""

    def __init__(self, client: QueueClient) -> None:
        self._client = client

    async def send(self, message: Message, delay: timedelta = timedelta()) -> None:
        async with azure_answers(STORAGE_LIMIT, StorageFailure):
            try:
                await self._send(message, delay)
            except ResourceNotFoundError:
                with suppress(ResourceExistsError):
                    await self._client.create_queue()
                await self._send(message, delay)

    async def count(self) -> int:
        async with azure_answers(STORAGE_LIMIT, StorageFailure):
            try:
                return (await self._client.get_queue_properties()).approximate_message_count or 0
            except ResourceNotFoundError:
                return 0

    async def _send(self, message: Message, delay: timedelta) -> None:
        visible = visible_in(delay)
        await self._client.send_message(message.to_json(), visibility_timeout=visible, time_to_live=_FOR_EVER)

    async def close(self) -> None:
        await self._client.close()
