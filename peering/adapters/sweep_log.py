"""What is kept from one sweep to the next: one row of the table `sweeps`."""

import json
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableServiceClient

from peering.adapters.errors import STORAGE_LIMIT, azure_answers
from peering.adapters.table_rows import read_row
from peering.core.network.failures import StorageFailure
from peering.core.record.sweep_report import SweepBook, book_from_document, book_to_document
from peering.log import logger

_log = logger(__name__)

SWEEPS = "sweeps"
_KEYS = {"PartitionKey": "sweep", "RowKey": "book"}
_PART = 30_000  # characters of one property; a table allows 32,768
_MOST = 30  # parts, of the 1 MiB that a row may have


class TableSweepLog:
    """SweepLog, as JSON in parts: what a property holds is soon less than the digests of all hubs."""

    def __init__(self, service: TableServiceClient, limit: float = STORAGE_LIMIT) -> None:
        self._service = service
        self._limit = limit

    async def read(self) -> SweepBook:
        async with azure_answers(self._limit, StorageFailure):
            row = await read_row(self._service.get_table_client(SWEEPS), _KEYS["PartitionKey"], _KEYS["RowKey"])
        parts = [row.properties.get(f"part{number}") for number in range(_MOST)] if row else []
        try:
            document = json.loads("".join(str(part) for part in parts if part) or "{}")
        except ValueError:
            _log.warning("what the last sweep has left cannot be read, and the next one begins anew")
            return SweepBook()
        return book_from_document(document) if isinstance(document, dict) else SweepBook()

    async def write(self, book: SweepBook) -> None:
        text = json.dumps(book_to_document(book))
        parts = [text[at : at + _PART] for at in range(0, len(text), _PART)]
        row: dict[str, Any] = _KEYS | {f"part{number}": part for number, part in enumerate(parts)}
        async with azure_answers(self._limit, StorageFailure):
            table = self._service.get_table_client(SWEEPS)
            try:
                await table.upsert_entity(row, mode=UpdateMode.REPLACE)
            except ResourceNotFoundError:
                await self._service.create_table_if_not_exists(SWEEPS)
                await table.upsert_entity(row, mode=UpdateMode.REPLACE)

    async def close(self) -> None:
        await self._service.close()
