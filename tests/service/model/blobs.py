"""What the adapter of the leases sees of the SDK, in memory, each call a turn of the scheduler."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from tests.service.model.interleavings import BEGAN, Scheduler, delivery


@dataclass
class Blob:
    """A blob, its metadata, and who has its lease until when. Stands in for BlobClient."""

    scheduler: Scheduler
    name: str
    there: bool = False
    metadata: dict[str, str] = field(default_factory=dict)
    lease: int = 0
    holder: int = 0
    until: datetime = BEGAN
    seconds: int = 0

    def is_held_by(self, who: int) -> bool:
        return self.holder == who and self.scheduler.now() < self.until

    async def acquire_lease(self, seconds: int) -> "LeaseClient":
        who = delivery.get()

        def effect() -> LeaseClient:
            if not self.there:
                raise ResourceNotFoundError("no such blob")
            if self.scheduler.now() < self.until:
                raise ResourceExistsError("there is a lease")
            self.lease, self.holder, self.seconds = self.lease + 1, who, seconds
            self.until = self.scheduler.now() + timedelta(seconds=seconds)
            return LeaseClient(self, self.lease)

        return await self.scheduler.call("blob", f"acquire {self.name}", effect)

    async def get_blob_properties(self) -> Any:  # noqa: ANN401 - the SDK's properties, of which one is read
        def effect() -> "Blob":
            if not self.there:
                raise ResourceNotFoundError("no such blob")
            return Blob(self.scheduler, self.name, metadata=dict(self.metadata))

        return await self.scheduler.call("blob", f"properties {self.name}", effect)

    async def set_blob_metadata(self, metadata: dict[str, str], lease: "LeaseClient") -> None:
        def effect() -> None:
            if lease.number != self.lease or self.until <= self.scheduler.now():
                raise _refused(412)
            self.metadata = metadata

        await self.scheduler.call("blob", f"note {self.name} {metadata}", effect)

    async def upload_blob(self, _: bytes, *, overwrite: bool) -> None:  # noqa: ARG002 - the SDK's signature
        def effect() -> None:
            if self.there:
                raise ResourceExistsError("it is there")
            self.there = True

        await self.scheduler.call("blob", f"create {self.name}", effect)


@dataclass
class LeaseClient:
    """Stands in for BlobLeaseClient. One that lapsed can be renewed until somebody else has taken it."""

    blob: Blob
    number: int

    async def renew(self) -> None:
        def effect() -> None:
            if self.number != self.blob.lease:
                raise _refused(409)
            self.blob.until = self.blob.scheduler.now() + timedelta(seconds=self.blob.seconds)

        await self.blob.scheduler.call("blob", f"renew {self.blob.name}", effect)

    async def release(self) -> None:
        def effect() -> None:
            if self.number != self.blob.lease:
                raise _refused(409)
            self.blob.until = self.blob.scheduler.now()

        await self.blob.scheduler.call("blob", f"release {self.blob.name}", effect)


def _refused(status: int) -> HttpResponseError:
    error = HttpResponseError("no")
    error.status_code = status
    return error


class Blobs:
    """Stands in for ContainerClient."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.blobs: dict[str, Blob] = {}

    def get_blob_client(self, name: str) -> Blob:
        return self.blobs.setdefault(name, Blob(self._scheduler, name))

    async def create_container(self) -> None:
        """It is there."""
