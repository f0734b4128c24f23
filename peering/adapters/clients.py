"""Makes the SDK clients from the settings: credential, endpoints and connection options stand here only."""

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
from peering.adapters.queue import StorageQueue
from peering.adapters.table_clients import PATIENCE, Patience, open_tables, own_login
from peering.noop import NoAnnouncer, NoTelemetry
from peering.ports import Ports, Tables, Telemetry
from peering.settings import LEASE_CONTAINER, QUEUE, Reach, Settings, Storage


def connect(
    settings: Settings,
    patience: Patience = PATIENCE,
    credential: DefaultAzureCredential | None = None,
    tables: Tables | None = None,
) -> Ports:
    """Every adapter, connected lazily: nothing is sent before the first call. `tables` where they are open already."""
    credential = credential or own_login(patience)
    tables = tables or open_tables(settings.storage, patience, credential)
    container, queue = _storage(settings.storage, credential, patience)
    telemetry, transport = _telemetry(settings), Connections(settings.ca_file)
    arm = Arm(credential, settings.arm_endpoint, settings.arm_audience, transport, telemetry)
    return Ports(
        networks=ArmNetworks(arm),
        records=tables.records,
        leases=BlobLeases(container, settings.lease),
        requests=StorageQueue(queue),
        pauses=tables.pauses,
        announcer=_announcer(settings, credential, transport),
        telemetry=telemetry,
        estate=GraphEstate(arm),
        sweeps=tables.sweeps,
        registry=tables.registry,
    )


def networks_alone(reach: Reach, credential: DefaultAzureCredential) -> tuple[ArmNetworks, GraphEstate]:
    """What reads networks, for somebody who has no storage of ours."""
    arm = Arm(credential, reach.arm_endpoint, reach.arm_audience, Connections(reach.ca_file), NoTelemetry())
    return ArmNetworks(arm), GraphEstate(arm)


def queue_alone(storage: Storage, patience: Patience = PATIENCE) -> StorageQueue:
    """The queue without anything else: what is on it has to wait while a setting is wrong."""
    _, queue = _storage(storage, own_login(patience), patience)
    return StorageQueue(queue)


def _storage(
    storage: Storage, credential: DefaultAzureCredential, patience: Patience
) -> tuple[ContainerClient, QueueClient]:
    if text := storage.connection_string:
        return (
            ContainerClient.from_connection_string(text, LEASE_CONTAINER, **patience.others),
            QueueClient.from_connection_string(text, QUEUE, **patience.others),
        )
    return (
        ContainerClient(storage.blob, LEASE_CONTAINER, credential=credential, **patience.others),
        QueueClient(storage.queue, QUEUE, credential=credential, **patience.others),
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
