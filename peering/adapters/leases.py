"""The right to write to a hub: a lease on a blob named for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob.aio import BlobClient, BlobLeaseClient, ContainerClient

from peering.adapters.errors import STORAGE_LIMIT, azure_answers
from peering.core.network.failures import StorageFailure
from peering.core.record.note import Note
from peering.log import logger

_log = logger(__name__)


class BlobLease:
    """A lease that is renewed at a third of its duration, and known not to be held once it may have lapsed."""

    def __init__(self, blob: BlobClient, client: BlobLeaseClient, duration: timedelta, asked: float) -> None:
        self._blob = blob
        self._client = client
        self._duration = duration.total_seconds()
        self._valid_until = asked + self._duration
        self._calls: list[Callable[[], Awaitable[None]]] = []

    @property
    def held(self) -> bool:
        return time.monotonic() < self._valid_until

    def on_renewal(self, call: Callable[[], Awaitable[None]]) -> None:
        self._calls.append(call)

    async def read(self) -> Note:
        return await _note(self._blob)

    async def write(self, note: Note) -> None:
        if not self.held:
            raise StorageFailure(412, "LeaseNotHeld", "the lease is not held any more: its note is not ours.")
        async with azure_answers(STORAGE_LIMIT, StorageFailure):
            await self._blob.set_blob_metadata(note.to_metadata(), lease=self._client)

    async def keep(self) -> None:
        """Renew until cancelled, or until somebody else holds it."""
        while self.held:
            await asyncio.sleep(self._duration / 3)
            asked = time.monotonic()
            try:
                await self._client.renew()
            except HttpResponseError as error:
                if error.status_code in (404, 409, 412):
                    self._valid_until = asked
            except Exception:  # noqa: BLE001 - whatever it is, the lease is in use until it lapses
                _log.warning("could not renew a lease, trying again until it lapses", exc_info=True)
            else:
                self._valid_until = asked + self._duration
                await self._tell()

    async def _tell(self) -> None:
        for call in self._calls:
            try:
                await call()
            except Exception:  # noqa: BLE001 - whatever it is, a lease that is in use must be renewed
                _log.warning("what should follow the renewal of a lease failed", exc_info=True)

    async def release(self) -> None:
        self._valid_until = time.monotonic()
        with suppress(AzureError):  # it lapses by itself
            await self._client.release()


class BlobLeases:
    """Leases in one container, one blob each; the note is its metadata."""

    def __init__(self, container: ContainerClient, duration: timedelta) -> None:
        self.duration = duration
        self._container = container
        self._blobs: dict[str, BlobClient] = {}
        self._making = asyncio.Lock()

    @asynccontextmanager
    async def take(self, name: str) -> AsyncIterator[BlobLease | None]:
        lease = await self._acquire(name)
        if lease is None:
            yield None
            return
        keeper = asyncio.create_task(lease.keep())
        try:
            yield lease
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
            await lease.release()

    async def _acquire(self, name: str) -> BlobLease | None:
        blob = self._blob(name)
        async with azure_answers(STORAGE_LIMIT, StorageFailure):
            try:
                return await self._lease(blob)
            except ResourceExistsError:
                return None
            except ResourceNotFoundError:
                return await self._first_lease(blob)

    async def _first_lease(self, blob: BlobClient) -> BlobLease | None:
        """Many come at once to a hub that is new. One of them makes the blob, and the others find it there."""
        async with self._making:
            with suppress(ResourceExistsError):
                try:
                    return await self._lease(blob)
                except ResourceNotFoundError:
                    await self._create(blob)
                    return await self._lease(blob)
            return None

    async def _lease(self, blob: BlobClient) -> BlobLease:
        asked = time.monotonic()
        client = await blob.acquire_lease(int(self.duration.total_seconds()))
        return BlobLease(blob, client, self.duration, asked)

    async def peek(self, name: str) -> Note:
        return await _note(self._blob(name))

    def _blob(self, name: str) -> BlobClient:
        """One for each hub: it is dear to make."""
        if name not in self._blobs:
            self._blobs[name] = self._container.get_blob_client(name)
        return self._blobs[name]

    async def _create(self, blob: BlobClient) -> None:
        with suppress(ResourceExistsError):
            await self._container.create_container()
        with suppress(ResourceExistsError):
            await blob.upload_blob(b"", overwrite=False)

    async def close(self) -> None:
        await self._container.close()


async def _note(blob: BlobClient) -> Note:
    async with azure_answers(STORAGE_LIMIT, StorageFailure):
        try:
            properties = await blob.get_blob_properties()
        except ResourceNotFoundError:
            return Note()
    return Note.from_metadata(properties.metadata or {})
