"""Outcomes as CloudEvents on an Event Grid topic."""

from typing import Any

from azure.core.messaging import CloudEvent
from azure.eventgrid.aio import EventGridPublisherClient

from peering.adapters.errors import azure_answers
from peering.core.record.document import record_body
from peering.core.record.record import Record


class TopicAnnouncer:
    """Publishes `Autopeer.Spoke.<State>`, subject the spoke, source the hub, data the record as HTTP shows it."""

    def __init__(self, client: EventGridPublisherClient, limit: float = 30.0) -> None:
        self._client = client
        self._limit = limit  # seconds in all: the outcome is written down already, and others wait to be

    async def announce(self, record: Record) -> None:
        event: CloudEvent[Any] = CloudEvent(
            source=f"/autopeer/hubs/{record.hub}",
            type=f"Autopeer.Spoke.{record.state}",
            subject=str(record.spoke),
            data=record_body(record),
            time=record.progress.finished,
        )
        async with azure_answers(self._limit):
            await self._client.send(event)

    async def close(self) -> None:
        await self._client.close()
