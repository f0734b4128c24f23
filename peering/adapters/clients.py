"""Makes the SDK clients from the settings: credential, endpoints and connection options stand here only."""

from dataclasses import dataclass
from typing import Any

from azure.data.tables.aio import TableServiceClient
from azure.eventgrid.aio import EventGridPublisherClient
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import ContainerClient
from azure.storage.queue.aio import QueueClient

from peering.adapters.announcer import TopicAnnouncer
from peering.adapters.arm_clients import Arm
from peering.adapters.connections import Connections
from peering.adapters.estate import GraphEstate
from peering.adapters.leases import BlobLeases
from peering.adapters.networks import ArmNetworks
from peering.adapters.pauses import TablePauses
from peering.adapters.queue import StorageQueue
from peering.adapters.records import TableRecords
from peering.adapters.sweep_log import TableSweepLog
from peering.noop import NoAnnouncer, NoTelemetry
from peering.ports import Ports, Telemetry
from peering.settings import LEASE_CONTAINER, QUEUE, Reach, Settings, Storage


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request to our storage may take, in seconds, and how often it is repeated.

    The SDKs' own would wait for minutes (docs/facts/storage.md, Patience of the SDKs). With these a call has ended
    within half a minute at the worst: others wait for the same hub, and a person for an answer by HTTP.
    """

    connect: float = 2.0
    silence: float = 5.0
    retries: int = 2
    backoff: int = 2  # before the first retry; doubled before the second, a second more or less

    @property
    def worst(self) -> float:
        waits = sum(float(self.backoff**count + 1) for count in range(1, self.retries + 1))
        return (self.retries + 1) * (self.connect + self.silence) + waits

    @property
    def request(self) -> dict[str, Any]:
        return {"connection_timeout": self.connect, "read_timeout": self.silence}

    @property
    def tables(self) -> dict[str, Any]:
        return {**self.request, "retry_total": self.retries, "retry_backoff_max": self.backoff}

    @property
    def others(self) -> dict[str, Any]:
        """Blobs and queues: their SDKs have a policy of their own."""
        repeated = {"initial_backoff": 0, "increment_base": self.backoff, "random_jitter_range": 1}
        return {**self.request, "retry_total": self.retries, **repeated}


def connect(
    settings: Settings, patience: Patience = Patience(), credential: DefaultAzureCredential | None = None
) -> Ports:
    """Every adapter, connected lazily: nothing is sent before the first call."""
    credential = credential or DefaultAzureCredential(**patience.request)
    tables, container, queue = _storage(settings.storage, credential, patience)
    telemetry, transport = _telemetry(settings), Connections(settings.ca_file)
    arm = Arm(credential, settings.arm_endpoint, settings.arm_audience, transport, telemetry)
    return Ports(
        networks=ArmNetworks(arm),
        records=TableRecords(tables),
        leases=BlobLeases(container, settings.lease),
        requests=StorageQueue(queue),
        pauses=TablePauses(tables),
        announcer=_announcer(settings, credential, transport),
        telemetry=telemetry,
        estate=GraphEstate(arm),
        sweeps=TableSweepLog(tables),
    )


def networks_alone(reach: Reach, credential: DefaultAzureCredential) -> tuple[ArmNetworks, GraphEstate]:
    """What reads networks, for somebody who has no storage of ours."""
    arm = Arm(credential, reach.arm_endpoint, reach.arm_audience, Connections(reach.ca_file), NoTelemetry())
    return ArmNetworks(arm), GraphEstate(arm)


def own_login() -> DefaultAzureCredential:
    """Whoever is logged in: by the environment, the app's identity or `az login`."""
    return DefaultAzureCredential(**Patience().request)


def queue_alone(storage: Storage, patience: Patience = Patience()) -> StorageQueue:
    """The queue without anything else: what is on it has to wait while a setting is wrong."""
    _, _, queue = _storage(storage, DefaultAzureCredential(**patience.request), patience)
    return StorageQueue(queue)


def _storage(
    storage: Storage, credential: DefaultAzureCredential, patience: Patience
) -> tuple[TableServiceClient, ContainerClient, QueueClient]:
    tables, others = patience.tables, patience.others
    if text := storage.connection_string:
        return (
            TableServiceClient.from_connection_string(text, **tables),
            ContainerClient.from_connection_string(text, LEASE_CONTAINER, **others),
            QueueClient.from_connection_string(text, QUEUE, **others),
        )
    return (
        TableServiceClient(storage.table, credential=credential, **tables),
        ContainerClient(storage.blob, LEASE_CONTAINER, credential=credential, **others),
        QueueClient(storage.queue, QUEUE, credential=credential, **others),
    )


def _telemetry(settings: Settings) -> Telemetry:
    if settings.application_insights is None:
        return NoTelemetry()
    from azure.identity import DefaultAzureCredential as SyncCredential  # noqa: PLC0415 - only where it is wanted

    from peering.adapters.telemetry import azure_monitor  # noqa: PLC0415 - as above

    return azure_monitor(settings.application_insights, SyncCredential())


def _announcer(
    settings: Settings, credential: DefaultAzureCredential, transport: Connections
) -> TopicAnnouncer | NoAnnouncer:
    if settings.topic_endpoint is None:
        return NoAnnouncer()
    return TopicAnnouncer(EventGridPublisherClient(settings.topic_endpoint, credential, transport=transport))
