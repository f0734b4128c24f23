"""Outcomes as CloudEvents on an Event Grid topic."""

from typing import Any

from azure.core.exceptions import AzureError
from azure.core.messaging import CloudEvent
from azure.eventgrid.aio import EventGridPublisherClient

from peering.core.records import Record
from peering.log import logger
from peering.web.bodies import record_body

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
            time=record.finished,
        )
        try:
            await self._client.send(event)
        except AzureError as error:
            _log.warning("could not announce %s of %s: %s", record.state, record.spoke, error)

    async def close(self) -> None:
        await self._client.close()


class Silence:
    """Announces nothing: no topic is configured."""

    async def announce(self, record: Record) -> None:
        _log.debug("%s of %s is not announced: AUTOPEER_TOPIC_ENDPOINT is not set", record.state, record.spoke)

    async def close(self) -> None:
        return
