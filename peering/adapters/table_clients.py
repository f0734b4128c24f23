"""The clients of the tables, by themselves: what an answer by HTTP reads, without the SDKs of ARM, blobs and queues."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from azure.data.tables.aio import TableServiceClient

from peering.adapters.connections import KEPT_BY_STORAGE, Connections
from peering.adapters.errors import azure_failures
from peering.adapters.pauses import TablePauses
from peering.adapters.records import TableRecords
from peering.adapters.registry import TableRegistry
from peering.adapters.sweep_log import TableSweepLog
from peering.ports import Tables
from peering.settings import Storage

if TYPE_CHECKING:
    from azure.identity.aio import DefaultAzureCredential


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
        return {**self._storage, "retry_total": self.retries, "retry_backoff_max": self.backoff}

    @property
    def others(self) -> dict[str, Any]:
        """Blobs and queues: their SDKs have a policy of their own."""
        repeated = {"initial_backoff": 0, "increment_base": self.backoff, "random_jitter_range": 1}
        return {**self._storage, "retry_total": self.retries, **repeated}

    @property
    def _storage(self) -> dict[str, Any]:
        """Each client is given connections of its own, for it closes them."""
        pool = Connections(connect=self.connect, silence=self.silence, kept=KEPT_BY_STORAGE)
        return {**self.request, "transport": pool}


PATIENCE = Patience()


def own_login(patience: Patience = PATIENCE) -> "DefaultAzureCredential":
    """Whoever is logged in: by the environment, the app's identity or `az login`."""
    from azure.identity.aio import DefaultAzureCredential  # noqa: PLC0415 - a connection string does without

    return DefaultAzureCredential(**patience.request)


async def own_token(audience: str) -> str:
    """A token for another app than Azure's own, by whoever is logged in; raises AzureFailure where there is none."""
    with azure_failures():
        async with own_login() as credential:
            return (await credential.get_token(f"{audience.removesuffix('/.default')}/.default")).token


def open_tables(
    storage: Storage, patience: Patience = PATIENCE, credential: "DefaultAzureCredential | None" = None
) -> Tables:
    """The tables, connected lazily: nothing is sent before the first question."""
    if text := storage.connection_string:
        service = TableServiceClient.from_connection_string(text, **patience.tables)
    else:
        login = credential or own_login(patience)
        service = TableServiceClient(storage.table, credential=login, **patience.tables)
    return Tables(
        records=TableRecords(service),
        pauses=TablePauses(service),
        sweeps=TableSweepLog(service),
        registry=TableRegistry(service),
    )
