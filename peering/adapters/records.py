"""The tables `peerings`, `history` and `spokes` over azure-data-tables."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from peering.adapters.entities import from_entity, to_entity
from peering.adapters.errors import storage_failures
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record
from peering.log import logger
from peering.ports import StaleRecord

_log = logger(__name__)

PEERINGS, HISTORY, SPOKES = TABLES = ("peerings", "history", "spokes")
UNREADABLE = "unreadable"  # the partition of history for messages that nobody could read
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
_KEPT = 30_000  # characters of an unreadable message


class TableRecords:
    """Records. `spokes` has a row for each hub a spoke has named, so that a deleted or re-tagged one is found."""

    def __init__(self, service: TableServiceClient) -> None:
        self._service = service
        self._made = False

    async def _table(self, name: str) -> TableClient:
        if not self._made:
            await asyncio.gather(*(self._service.create_table_if_not_exists(table) for table in TABLES))
            self._made = True
        return self._service.get_table_client(name)

    async def find(self, spoke: VnetId) -> list[Record]:
        with storage_failures():
            pointers = await self._query(SPOKES, "PartitionKey eq @key", {"key": spoke.key})
            rows = [await self.get(pointer["RowKey"], spoke.key) for pointer in pointers]
        return [row for row in rows if row]

    async def get(self, hub: str, key: str) -> Record | None:
        with storage_failures():
            try:
                entity = await (await self._table(PEERINGS)).get_entity(hub, key)
            except ResourceNotFoundError:
                return None
            return _record(entity)

    async def save(self, record: Record) -> Record:
        with storage_failures():
            table = await self._table(PEERINGS)
            try:
                if record.etag is None:
                    # The pointer first: one that leads nowhere is harmless, a row that nobody can find is not.
                    await self._point(record)
                    answer = await table.create_entity(to_entity(record))
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
        entity = to_entity(record) | {"PartitionKey": record.spoke.key, "hub": record.hub}
        await self._append(entity, when)

    async def _append(self, entity: dict[str, Any], when: datetime) -> None:
        with storage_failures():
            table = await self._table(HISTORY)
            inverted = _microseconds(_END_OF_TIME) - _microseconds(when)
            while True:
                try:
                    await table.create_entity(entity | {"RowKey": f"{inverted:020d}"})
                except ResourceExistsError:
                    inverted -= 1
                else:
                    return

    async def waiting(self, hub: str) -> list[Record]:
        # A row without the property is in no comparison with it. The SDK finds a parameter by the spaces around it.
        condition = "PartitionKey eq @hub and (state eq 'Pending' or state eq 'Leaving' or notBefore gt @ever )"
        with storage_failures():
            rows = _readable(await self._query(PEERINGS, condition, {"hub": hub, "ever": _EVER}))
        waiting = (row for row in rows if row.is_understood and row.is_waiting)
        return sorted(waiting, key=lambda row: (row.asked.requested, row.spoke.key))

    async def forget(self, record: Record) -> None:
        with storage_failures():
            table = await self._table(PEERINGS)
            try:
                await table.delete_entity(
                    record.hub,
                    record.spoke.key,
                    etag=record.etag,
                    match_condition=MatchConditions.IfNotModified,
                )
            except (ResourceModifiedError, ResourceNotFoundError) as error:
                raise StaleRecord(str(record.spoke)) from error
            # The pointer last: one that leads nowhere is harmless, a row that nobody can find is not.
            await (await self._table(SPOKES)).delete_entity(record.spoke.key, record.hub)

    async def page(
        self, hub: str | None, state: str | None, size: int, token: str | None
    ) -> tuple[list[Record], str | None]:
        conditions = {"PartitionKey eq @hub": hub, "state eq @state": state}
        text = " and ".join(condition for condition, value in conditions.items() if value is not None)
        with storage_failures():
            table = await self._table(PEERINGS)
            parameters = {"hub": hub or "", "state": state or ""}
            found = table.query_entities(text or "PartitionKey ge ''", parameters=parameters, results_per_page=size)
            pages: Any = found.by_page(_read_token(token))
            rows = _readable([entity async for entity in await anext(pages)])
            return rows, _write_token(pages.continuation_token)

    async def count(self, hub: str) -> Mapping[str, int]:
        with storage_failures():
            table = await self._table(PEERINGS)
            found = table.query_entities("PartitionKey eq @hub", parameters={"hub": hub}, select=["state"])
            states = [str(entity.get("state")) async for entity in found]
        return Counter(states)

    async def history(self, key: str, limit: int) -> list[Record]:
        with storage_failures():
            table = await self._table(HISTORY)
            found = table.query_entities("PartitionKey eq @key", parameters={"key": key}, results_per_page=limit)
            pages = found.by_page()
            return _readable([entity async for entity in await anext(pages)])

    async def keep_unreadable(self, body: str, reason: str, when: datetime) -> None:
        digest = hashlib.sha256(body.encode()).hexdigest()
        await self._append(
            {"PartitionKey": UNREADABLE, "body": body[:_KEPT], "reason": reason[:_KEPT], "digest": digest}, when
        )

    async def _query(self, table: str, condition: str, parameters: dict[str, Any]) -> list[TableEntity]:
        found = (await self._table(table)).query_entities(condition, parameters=parameters)
        return [entity async for entity in found]

    async def close(self) -> None:
        await self._service.close()


def _record(entity: TableEntity) -> Record:
    row = from_entity(entity, entity.metadata.get("etag"))
    if not row.is_understood:
        _say_once(str(row.state), str(row.asked.named_by))
    return row


@cache
def _say_once(state: str, named_by: str) -> None:
    _log.warning(
        "a row in state %s, named by %s, was written by a later version: it is shown, and left as it is",
        state,
        named_by,
    )


def _readable(entities: Iterable[TableEntity]) -> list[Record]:
    """The rows as records. One that somebody has edited past reading must not stop the others of its hub."""
    records = []
    for entity in entities:
        try:
            records.append(_record(entity))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            keys = f"{entity['PartitionKey']}/{entity['RowKey']}"
            _log.error("row %s is passed over, correct or delete it: %r", keys, error)
    return records


def _write_token(token: dict[str, str] | None) -> str | None:
    """Where the next page begins, as `partition/row`: neither can contain a slash."""
    return f"{token['PartitionKey']}/{token['RowKey']}" if token else None


def _read_token(token: str | None) -> Any:  # noqa: ANN401 - the SDK says str and takes what it gave, a dict
    if not token:
        return None
    partition, _, row = token.partition("/")
    return {"PartitionKey": partition, "RowKey": row}


def _microseconds(when: datetime) -> int:
    return int(when.timestamp()) * 1_000_000 + when.microsecond
