"""A real Azurite, and the door before it, asked by the real SDKs as the app asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from typing import Any, Self

import pytest
from azure.core.exceptions import ResourceExistsError
from azure.data.tables.aio import TableClient
from azure.storage.blob.aio import ContainerClient
from azure.storage.queue.aio import QueueClient

from localazure.azurite.launcher import running
from tests.emulator.arm import Arm, Json

ROW: Json = {"PartitionKey": "p", "RowKey": "r", "text": "x" * 5000}


class App:
    """The three services through the door. Nothing is tried again, so that one fault is one error."""

    def __init__(self, arm: Arm, connection: str) -> None:
        once: dict[str, Any] = {"retry_total": 0}
        self.connection = connection
        self.table = TableClient.from_connection_string(connection, "records", **once)
        self.queue = QueueClient.from_connection_string(connection, "requests", **once)
        self.container = ContainerClient.from_connection_string(connection, "leases", **once)
        self._arm = arm

    async def rules(self, *rules: Json) -> None:
        assert (await self._arm.control("PUT", "/control/storage/faults", list(rules))).status == 200

    async def control(self, method: str, path: str, body: object = None) -> Json:
        return dict((await self._arm.control(method, f"/control/storage{path}", body)).body)

    async def log(self) -> list[Json]:
        return list((await self.control("GET", "/requests"))["requests"])

    async def __aenter__(self) -> Self:
        self._clients = AsyncExitStack()
        for client in (self.table, self.queue, self.container):
            await self._clients.enter_async_context(client)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._clients.aclose()


@pytest.fixture(scope="package")
def azurite() -> Iterator[str]:
    with running() as connection:
        yield connection


@pytest.fixture
async def app(arm: Arm, azurite: str) -> AsyncIterator[App]:
    through = await arm.control("PUT", "/control/storage", {"connectionString": azurite})
    async with App(arm, through.body["connectionString"]) as app:
        for make in (app.table.create_table, app.queue.create_queue, app.container.create_container):
            with suppress(ResourceExistsError):  # of an earlier test
                await make()
        await app.queue.clear_messages()
        yield app
