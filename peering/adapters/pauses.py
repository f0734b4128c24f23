"""Pauses as rows of the table `pauses`: one for each scope, so that a new one replaces the one before.

Beside them, in a partition of their own, the marks: what was last told of each pause, and of what the brake holds.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableServiceClient

from peering.adapters.entities import moment
from peering.adapters.errors import STORAGE_LIMIT, azure_answers
from peering.adapters.own_table import OwnTable
from peering.adapters.pause_columns import from_columns, to_columns
from peering.adapters.table_rows import MALFORMED, Query, Row, read_all, say_unreadable
from peering.core.decision.pause import Pause
from peering.core.network.failures import StorageFailure
from peering.core.record.marks import Mark, Marks

TABLE, _PARTITION, _TOLD = "pauses", "pause", "told"
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_EMPTY = {"hub": None, "spoke": None, "until": None}  # what a row leaves out


class TablePauses:
    """What somebody has paused. There are a few at most, so all are read at once."""

    def __init__(self, service: TableServiceClient, limit: float = STORAGE_LIMIT) -> None:
        self._own = OwnTable(service, TABLE)
        self._limit = limit

    async def all(self) -> tuple[Pause, ...]:
        return tuple(map(_read, await self._rows(_PARTITION)))

    async def begin(self, pause: Pause) -> None:
        async with azure_answers(self._limit, StorageFailure):
            await (await self._own.client()).upsert_entity(_written(pause), mode=UpdateMode.REPLACE)

    async def end(self, scope: str) -> bool:
        async with azure_answers(self._limit, StorageFailure):
            table = await self._own.client()
            try:
                await table.get_entity(_PARTITION, scope)
            except ResourceNotFoundError:
                return False
            await table.delete_entity(_PARTITION, scope)
        return True

    async def marks(self) -> Marks:
        found = (_mark_in(row.properties) for row in await self._rows(_TOLD))
        return {mark.scope: mark for mark in found if mark}

    async def mark(self, mark: Mark) -> None:
        async with azure_answers(self._limit, StorageFailure):
            await (await self._own.client()).upsert_entity(_of_mark(mark), mode=UpdateMode.REPLACE)

    async def unmark(self, scope: str) -> None:
        async with azure_answers(self._limit, StorageFailure):
            await (await self._own.client()).delete_entity(_TOLD, scope)

    async def _rows(self, partition: str) -> list[Row]:
        query = Query(condition="PartitionKey eq @key", parameters={"key": partition})
        async with azure_answers(self._limit, StorageFailure):
            return await read_all(await self._own.client(), query)


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


def _of_mark(mark: Mark) -> dict[str, Any]:
    row = {
        "PartitionKey": _TOLD,
        "RowKey": mark.scope,
        "told": mark.told,
        "event": mark.event,
        "unsent": mark.unsent,
        "by": mark.by,
        "at": mark.at,
        "facts": json.dumps(mark.facts),
    }
    return {name: value for name, value in row.items() if value is not None}


def _mark_in(found: Mapping[str, Any]) -> Mark | None:
    at = found.get("at")
    try:
        return Mark(
            scope=str(found["RowKey"]),
            told=str(found["told"]),
            event=str(found["event"]),
            unsent=found["unsent"] is True,
            by=str(found["by"]),
            at=moment(at) if at else None,
            facts=dict(json.loads(found["facts"])),
        )
    except MALFORMED as error:
        say_unreadable(f"{_TOLD}/{found.get('RowKey')}", repr(error))
        return None
