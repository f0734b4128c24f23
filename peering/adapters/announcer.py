"""Outcomes as CloudEvents on an Event Grid topic."""

from typing import Any

from azure.core.exceptions import AzureError
from azure.core.messaging import CloudEvent
from azure.eventgrid.aio import EventGridPublisherClient

from peering.core.record.document import record_body
from peering.core.record.record import Record
from peering.log import logger

_log = logger(__name__)


class TopicAnnouncer:
    """Publishes `Autopeer.Spoke.<State>`, subject the spoke, source the hub, data the record as HTTP shows it."""

    def __init__(self, client: EventGridPublisherClient) -> None:
        self._client = client

    async def announce(self, record: Record) -> None:
        event: CloudEvent[Any] = CloudEvent(
            source=f"/autopeer/hubs/{record.hub}",
            type=f"Autopeer.Spoke.{record.state}",
            subject=str(record.spoke),
            data=record_body(record),
            time=record.progress.finished,
        )
        try:
            await self._client.send(event)
        except AzureError as error:
            _log.warning("could not announce %s of %s: %s", record.state, record.spoke, error)

    async def close(self) -> None:
        await self._client.close()
