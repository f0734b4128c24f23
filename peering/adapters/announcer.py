"""Events as CloudEvents on an Event Grid topic."""

from typing import Any

from azure.core.messaging import CloudEvent
from azure.eventgrid.aio import EventGridPublisherClient

from peering.adapters.errors import azure_answers
from peering.core.record.announcement import Announcement


class TopicAnnouncer:
    """Publishes one event at a time, with the id that it has: a topic takes what comes twice, subscribers compare."""

    def __init__(self, client: EventGridPublisherClient, limit: float = 30.0) -> None:
        self._client = client
        self._limit = limit  # seconds in all: the outcome is written down already, and others wait to be

    async def announce(self, event: Announcement) -> None:
        sent: CloudEvent[Any] = CloudEvent(
            id=event.id,
            source=event.source,
            type=event.type,
            subject=event.subject,
            data=dict(event.data),
            time=event.time,
        )
        async with azure_answers(self._limit):
            await self._client.send(sent)

    async def close(self) -> None:
        await self._client.close()
