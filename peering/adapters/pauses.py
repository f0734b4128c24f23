"""Pauses as rows of the table `pauses`: one for each scope, so that a new one replaces the one before."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from peering.adapters.errors import STORAGE_LIMIT, azure_answers
from peering.adapters.pause_columns import from_columns, to_columns
from peering.adapters.table_rows import MALFORMED, Query, Row, read_all, say_unreadable
from peering.core.decision.pause import Pause
from peering.core.network.failures import StorageFailure

TABLE, _PARTITION = "pauses", "pause"
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_EMPTY = {"hub": None, "spoke": None, "until": None}  # what a row leaves out


class TablePauses:
    """What somebody has paused. There are a few at most, so all are read at once."""

    def __init__(self, service: TableServiceClient, limit: float = STORAGE_LIMIT) -> None:
        self._service = service
        self._limit = limit
        self._made = asyncio.Lock()
        self._is_made = False
        self._client = service.get_table_client(TABLE)  # asked before each write, and dear to make

    async def all(self) -> tuple[Pause, ...]:
        query = Query(condition="PartitionKey eq @key", parameters={"key": _PARTITION})
        async with azure_answers(self._limit, StorageFailure):
            rows = await read_all(await self._table(), query)
        return tuple(map(_read, rows))

    async def begin(self, pause: Pause) -> None:
        async with azure_answers(self._limit, StorageFailure):
            await (await self._table()).upsert_entity(_written(pause), mode=UpdateMode.REPLACE)

    async def end(self, scope: str) -> bool:
        async with azure_answers(self._limit, StorageFailure):
            table = await self._table()
            try:
                await table.get_entity(_PARTITION, scope)
            except ResourceNotFoundError:
                return False
            await table.delete_entity(_PARTITION, scope)
        return True

    async def _table(self) -> TableClient:
        async with self._made:
            if not self._is_made:
                await self._service.create_table_if_not_exists(TABLE)
                self._is_made = True
        return self._client


def _written(pause: Pause) -> dict[str, Any]:
    row = {"PartitionKey": _PARTITION, "RowKey": pause.scope} | to_columns(pause)
    return {name: value for name, value in row.items() if value is not None}


def _read(row: Row) -> Pause:
    """A pause that nobody can read any more holds everything: better nothing is written than what was forbidden."""
    found = row.properties
    try:
        return from_columns({**_EMPTY, **found})
    except MALFORMED as error:
        say_unreadable(f"{_PARTITION}/{found.get('RowKey')}", repr(error))
        return Pause(reason="the table `pauses` has a row that cannot be read", who="somebody", since=_EVER)
