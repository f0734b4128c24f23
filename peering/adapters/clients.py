"""Makes the SDK clients from the settings: credential, endpoints and connection options stand here only."""

from typing import Any

from azure.data.tables.aio import TableServiceClient
from azure.eventgrid.aio import EventGridPublisherClient
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import ContainerClient
from azure.storage.queue.aio import QueueClient

from peering.adapters.announcer import TopicAnnouncer
from peering.adapters.leases import BlobLeases
from peering.adapters.networks import ArmNetworks
from peering.adapters.queue import StorageQueue
from peering.adapters.records import TableRecords
from peering.noop import NoAnnouncer, NoTelemetry
from peering.ports import Ports, Telemetry
from peering.settings import LEASE_CONTAINER, QUEUE, Settings


def connect(settings: Settings) -> Ports:
    """Every adapter, connected lazily: nothing is sent before the first call."""
    credential = DefaultAzureCredential()
    storage = settings.storage
    if storage.connection_string:
        tables = TableServiceClient.from_connection_string(storage.connection_string)
        container = ContainerClient.from_connection_string(storage.connection_string, LEASE_CONTAINER)
        queue = QueueClient.from_connection_string(storage.connection_string, QUEUE)
    else:
        tables = TableServiceClient(storage.table, credential=credential)
        container = ContainerClient(storage.blob, LEASE_CONTAINER, credential=credential)
        queue = QueueClient(storage.queue, QUEUE, credential=credential)
    telemetry = _telemetry(settings)
    return Ports(
        networks=ArmNetworks(credential, settings.arm_endpoint, settings.arm_audience, settings.ca_file, telemetry),
        records=TableRecords(tables),
        leases=BlobLeases(container, settings.lease),
        requests=StorageQueue(queue),
        announcer=_announcer(settings, credential),
        telemetry=telemetry,
    )


def _telemetry(settings: Settings) -> Telemetry:
    if settings.application_insights is None:
        return NoTelemetry()
    from azure.identity import DefaultAzureCredential as SyncCredential  # noqa: PLC0415 - only where it is wanted

    from peering.adapters.telemetry import azure_monitor  # noqa: PLC0415 - as above

    return azure_monitor(settings.application_insights, SyncCredential())


def _announcer(settings: Settings, credential: DefaultAzureCredential) -> TopicAnnouncer | NoAnnouncer:
    if settings.topic_endpoint is None:
        return NoAnnouncer()
    options: dict[str, Any] = {"connection_verify": settings.ca_file} if settings.ca_file else {}
    return TopicAnnouncer(EventGridPublisherClient(settings.topic_endpoint, credential, **options))
