"""The tables `peerings`, `history` and `spokes` over azure-data-tables."""

import asyncio
import hashlib
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from peering.adapters.entities import counted, from_entity, to_entity
from peering.adapters.errors import STORAGE_LIMIT, azure_answers
from peering.adapters.record_pages import MOST_ROWS, page_place, page_query, page_token
from peering.adapters.table_rows import MALFORMED, Query, Row, read_all, read_first, read_page, read_row, say_unreadable
from peering.core.network.failures import StorageFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record
from peering.core.record.selection import Selection
from peering.core.record.tally import Tally, tally_of
from peering.log import logger
from peering.ports import StaleRecord

_log = logger(__name__)

PEERINGS, HISTORY, SPOKES = TABLES = ("peerings", "history", "spokes")
UNREADABLE = "unreadable"  # the partition of history for messages that nobody could read
_KEYS = ("PartitionKey", "RowKey")
_NO_ECHO: dict[str, Any] = {"response_preference": "return-no-content"}  # else the answer is the row, and is parsed
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
_DIGITS = 20  # of an entry's key
_KEPT = 30_000  # characters of an unreadable message


class TableRecords:
    """Records. `spokes` has a row for each hub a spoke has named, so that a deleted or re-tagged one is found."""

    def __init__(self, service: TableServiceClient, limit: float = STORAGE_LIMIT) -> None:
        self._service = service
        self._limit = limit
        self._made = False
        self._tables: dict[str, TableClient] = {}

    async def _table(self, name: str) -> TableClient:
        if not self._made:
            await asyncio.gather(*(self._service.create_table_if_not_exists(table) for table in TABLES))
            self._made = True
        if name not in self._tables:  # one is dear to make: a quarter of a millisecond
            self._tables[name] = self._service.get_table_client(name)
        return self._tables[name]

    async def find(self, spoke: VnetId) -> list[Record]:
        return await self.find_by_key(spoke.key)

    async def find_by_key(self, key: str) -> list[Record]:
        """A row that cannot be read is none, here and below: it must not stop the others."""
        async with self._answered():
            query = Query(condition="PartitionKey eq @key", parameters={"key": key}, select=("RowKey",))
            pointers = await read_all(await self._table(SPOKES), query)
            table = await self._table(PEERINGS)
            rows = [await read_row(table, pointer.properties["RowKey"], key) for pointer in pointers]
        return _records(row for row in rows if row)

    async def get(self, hub: str, key: str) -> Record | None:
        async with self._answered():
            row = await read_row(await self._table(PEERINGS), hub, key)
        return next(iter(_records([row] if row else [])), None)

    async def save(self, record: Record) -> Record:
        async with self._answered():
            table = await self._table(PEERINGS)
            try:
                if record.etag is None:
                    # The pointer first: one that leads nowhere is harmless, a row that nobody can find is not.
                    await self._point(record)
                    answer = await table.create_entity(to_entity(record), **_NO_ECHO)
                else:
                    answer = await table.update_entity(
                        to_entity(record),
                        mode=UpdateMode.REPLACE,
                        etag=record.etag,
                        match_condition=MatchConditions.IfNotModified,
                    )
            except (ResourceExistsError, ResourceModifiedError, ResourceNotFoundError) as error:
                raise StaleRecord(str(record.spoke)) from error
        return replace(record, etag=answer["etag"])

    async def _point(self, record: Record) -> None:
        pointer = {"PartitionKey": record.spoke.key, "RowKey": record.hub, "spoke": str(record.spoke)}
        await (await self._table(SPOKES)).upsert_entity(pointer)

    async def note(self, record: Record, when: datetime) -> None:
        """Rows are never overwritten: two outcomes of the same microsecond get the next free key."""
        await self._append(_entry(record), when)

    async def _append(self, entity: dict[str, Any], when: datetime) -> None:
        async with self._answered():
            table = await self._table(HISTORY)
            inverted = _microseconds(_END_OF_TIME) - _microseconds(when)
            while True:
                try:
                    await table.create_entity(entity | {"RowKey": f"{inverted:020d}"}, **_NO_ECHO)
                except ResourceExistsError:
                    inverted -= 1
                else:
                    return

    async def waiting(self, hub: str) -> list[Record]:
        # A row without the property is in no comparison with it. The SDK finds a parameter by the spaces around it.
        condition = "PartitionKey eq @hub and (state eq 'Pending' or state eq 'Leaving' or notBefore gt @ever )"
        query = Query(condition=condition, parameters={"hub": hub, "ever": _EVER})
        async with self._answered():
            rows = await read_all(await self._table(PEERINGS), query)
        waiting = (row for row in _records(rows) if row.is_understood and row.is_waiting)
        return sorted(waiting, key=lambda row: (row.asked.requested, row.spoke.key))

    async def of_hub(self, hub: str) -> list[Record]:
        query = Query(condition="PartitionKey eq @hub and state ne 'Removed'", parameters={"hub": hub})
        async with self._answered():
            rows = await read_all(await self._table(PEERINGS), query)
        return _records(rows)

    async def lost(self, hub: str, since: datetime) -> int:
        condition = "PartitionKey eq @hub and takenAt ge @since"
        query = Query(condition=condition, parameters={"hub": hub, "since": since}, select=("RowKey",))
        async with self._answered():
            return len(await read_all(await self._table(PEERINGS), query))

    async def forget(self, record: Record) -> None:
        async with self._answered():
            table, condition = await self._table(PEERINGS), MatchConditions.IfNotModified
            try:
                await table.delete_entity(record.hub, record.spoke.key, etag=record.etag, match_condition=condition)
            except (ResourceModifiedError, ResourceNotFoundError) as error:
                raise StaleRecord(str(record.spoke)) from error
        # The pointer stays: somebody who is making the row anew may have written it before, and counts on it.

    async def page(self, wanted: Selection, size: int, token: str | None) -> tuple[list[Record], str | None]:
        at, behind = page_place(token)
        # Rows that only we can tell apart are read a thousand at a time: they may be few.
        query = page_query(wanted, MOST_ROWS if wanted.reads_more_than_columns else size, at)
        async with self._answered():
            rows, following = await read_page(await self._table(PEERINGS), query)
        found = [row for row in _records(rows) if wanted.holds(row) and (row.hub, row.spoke.key) > behind]
        if len(found) <= size:
            return found, following
        last = found[size - 1]
        return found[:size], page_token(at, last.hub, last.spoke.key)

    async def tally(self, hub: str) -> Tally:
        query = Query(condition="PartitionKey eq @hub", parameters={"hub": hub}, select=("state", "held", "writtenAt"))
        async with self._answered():
            rows = await read_all(await self._table(PEERINGS), query)
        return tally_of(counted(row.properties) for row in rows)

    async def history(self, key: str, limit: int) -> list[Record]:
        query = Query(condition="PartitionKey eq @key", parameters={"key": key}, size=limit)
        async with self._answered():
            rows, _ = await read_page(await self._table(HISTORY), query)
        return _records(rows)

    async def keep_unreadable(self, body: str, reason: str, when: datetime) -> None:
        digest = hashlib.sha256(body.encode()).hexdigest()
        await self._append(
            {"PartitionKey": UNREADABLE, "body": body[:_KEPT], "reason": reason[:_KEPT], "digest": digest}, when
        )

    async def hubs(self) -> list[str]:
        """A row is read for each: the first after all of the last partition's."""
        found = list[str]()
        async with self._answered():
            table = await self._table(PEERINGS)
            while True:
                condition = "PartitionKey gt @after" if found else "PartitionKey ge ''"
                query = Query(
                    condition=condition, parameters={"after": found[-1]} if found else {}, select=_KEYS, size=1
                )
                row = await read_first(table, query)
                if row is None:
                    return found
                found.append(str(row.properties["PartitionKey"]))

    async def over(self, hub: str, before: datetime, limit: int) -> list[Record]:
        condition = "PartitionKey eq @hub and state eq 'Removed' and finished lt @before"
        query = Query(condition=condition, parameters={"hub": hub, "before": before}, size=limit)
        async with self._answered():
            rows, _ = await read_page(await self._table(PEERINGS), query)
        return [row for row in _records(rows) if row.is_understood and not row.is_waiting]

    async def drop(self, record: Record) -> None:
        """The pointer is read first: had anybody written it since, he would be about to make the row anew."""
        async with self._answered():
            pointers = await self._table(SPOKES)
            pointer = await read_row(pointers, record.spoke.key, record.hub)
        await self.forget(record)
        if pointer is None:
            return
        async with self._answered():
            condition = MatchConditions.IfNotModified
            with suppress(ResourceModifiedError, ResourceNotFoundError):
                await pointers.delete_entity(record.spoke.key, record.hub, etag=pointer.etag, match_condition=condition)

    async def forget_history(self, before: datetime, limit: int, token: str | None) -> tuple[int, str | None]:
        inverted = _microseconds(_END_OF_TIME) - _microseconds(before)
        condition, parameters = "RowKey gt @oldest", {"oldest": f"{inverted:020d}"}
        query = Query(condition=condition, parameters=parameters, select=_KEYS, size=limit, token=token)
        async with self._answered():
            table = await self._table(HISTORY)
            rows, following = await read_page(table, query)
            for row in rows:
                with suppress(ResourceNotFoundError):
                    await table.delete_entity(row.properties["PartitionKey"], row.properties["RowKey"])
        return len(rows), following

    async def all_history(self, token: str | None) -> tuple[list[tuple[datetime, Record]], str | None]:
        query = Query(condition="PartitionKey ne @unreadable", parameters={"unreadable": UNREADABLE}, token=token)
        async with self._answered():
            rows, following = await read_page(await self._table(HISTORY), query)
        found = ((_when(row), record) for row in rows for record in _records([row]))
        return [(when, record) for when, record in found if when], following

    async def restore_entry(self, record: Record, when: datetime) -> bool:
        inverted = _microseconds(_END_OF_TIME) - _microseconds(when)
        entity = _entry(record) | {"RowKey": f"{inverted:020d}"}
        async with self._answered():
            try:
                await (await self._table(HISTORY)).create_entity(entity)
            except ResourceExistsError:
                return False
        return True

    def _answered(self) -> AbstractAsyncContextManager[None]:
        return azure_answers(self._limit, StorageFailure)

    async def close(self) -> None:
        await self._service.close()


def _entry(record: Record) -> dict[str, Any]:
    """An entry of the history, without its row key: the partition is the spoke's, so that the hub is a column."""
    return to_entity(record) | {"PartitionKey": record.spoke.key, "hub": record.hub}


def _when(row: Row) -> datetime | None:
    """The time that an entry is kept under; None where somebody has edited the key past reading."""
    key = str(row.properties["RowKey"])
    return _END_OF_TIME - timedelta(microseconds=int(key)) if key.isdecimal() and len(key) == _DIGITS else None


def _records(rows: Iterable[Row]) -> list[Record]:
    """The rows as records, without those that somebody has edited past reading."""
    records = []
    for row in rows:
        try:
            records.append(_record(row))
        except MALFORMED as error:
            say_unreadable(f"{row.properties.get('PartitionKey')}/{row.properties.get('RowKey')}", repr(error))
    return records


def _record(row: Row) -> Record:
    record, properties = from_entity(row.properties, row.etag), row.properties
    # Saved, such a row would become another one, and stay where it is, for ever to be worked on. History has the key.
    if record.spoke.key not in (properties["RowKey"], properties["PartitionKey"]):
        raise ValueError(f"it is about {record.spoke}, whose key is {record.spoke.key}")
    if not record.is_understood:
        _say_once(str(record.state), str(record.asked.named_by))
    return record


@cache
def _say_once(state: str, named_by: str) -> None:
    _log.warning(
        "a row in state %s, named by %s, was written by a later version: it is shown, and left as it is",
        state,
        named_by,
    )


def _microseconds(when: datetime) -> int:
    return int(when.timestamp()) * 1_000_000 + when.microsecond
