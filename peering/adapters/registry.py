"""The table `requests`: one row for each request by HTTP, and one for each key of idempotency."""

from datetime import datetime
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableServiceClient

from peering.adapters.entities import moment
from peering.adapters.errors import STORAGE_LIMIT, azure_answers
from peering.adapters.own_table import OwnTable
from peering.adapters.table_rows import MALFORMED, Query, Row, read_page, read_row, say_unreadable
from peering.core.intake.registered import Claim, Registered
from peering.core.network.failures import StorageFailure
from peering.core.network.resource_ids import VnetId

TABLE = "requests"
_REQUESTS, _CLAIMS = "request", "key"


class TableRegistry:
    """Registry. Whoever inserts a row first has it: a table refuses a second one of the same keys."""

    def __init__(self, service: TableServiceClient, limit: float = STORAGE_LIMIT) -> None:
        self._own = OwnTable(service, TABLE)
        self._limit = limit

    async def enter(self, asked: Registered) -> Registered:
        there = await self._insert(_row_of(asked))
        return asked if there is None else _registered(there) or asked

    async def claim(self, claim: Claim) -> Claim:
        there = await self._insert(_row_of_claim(claim))
        return claim if there is None else _claim(there) or claim

    async def get(self, identity: str) -> Registered | None:
        async with azure_answers(self._limit, StorageFailure):
            row = await read_row(await self._own.client(), _REQUESTS, identity)
        return _registered(row) if row else None

    async def looked_at(self, identity: str, when: datetime) -> None:
        row: dict[str, Any] = {"PartitionKey": _REQUESTS, "RowKey": identity, "looked": when}
        async with azure_answers(self._limit, StorageFailure):
            try:
                await (await self._own.client()).update_entity(row, mode=UpdateMode.MERGE)
            except ResourceNotFoundError:
                return

    async def forget(self, before: datetime, limit: int) -> int:
        query = Query(
            condition="when lt @before", parameters={"before": before}, select=("PartitionKey", "RowKey"), size=limit
        )
        async with azure_answers(self._limit, StorageFailure):
            table = await self._own.client()
            rows, _ = await read_page(table, query)
            for row in rows:
                await table.delete_entity(str(row.properties["PartitionKey"]), str(row.properties["RowKey"]))
        return len(rows)

    async def _insert(self, row: dict[str, Any]) -> Row | None:
        """None where it is written; else the row that is there."""
        async with azure_answers(self._limit, StorageFailure):
            table = await self._own.client()
            try:
                await table.create_entity(row)
            except ResourceExistsError:
                return await read_row(table, row["PartitionKey"], row["RowKey"])
        return None


def _row_of(asked: Registered) -> dict[str, Any]:
    row = {
        "PartitionKey": _REQUESTS,
        "RowKey": asked.id,
        "spoke": str(asked.spoke),
        "hub": asked.hub,
        "who": asked.who,
        "when": asked.when,
        "restore": asked.restore,
        "looked": asked.looked,
    }
    return {name: value for name, value in row.items() if value is not None}


def _registered(row: Row) -> Registered | None:
    found = row.properties
    try:
        return Registered(
            id=str(found["RowKey"]),
            spoke=VnetId.parse(found["spoke"]),
            hub=str(found["hub"]) if found.get("hub") else None,
            who=str(found["who"]),
            when=moment(found["when"]),
            restore=found.get("restore") is True,
            looked=moment(found["looked"]) if found.get("looked") else None,
        )
    except MALFORMED as error:
        say_unreadable(f"{TABLE}/{found.get('RowKey')}", repr(error))
        return None


def _row_of_claim(claim: Claim) -> dict[str, Any]:
    keys = {"PartitionKey": _CLAIMS, "RowKey": claim.name}
    return {**keys, "digest": claim.digest, "request": claim.request, "when": claim.when}


def _claim(row: Row) -> Claim | None:
    found = row.properties
    try:
        return Claim(
            name=str(found["RowKey"]),
            digest=str(found["digest"]),
            request=str(found["request"]),
            when=moment(found["when"]),
        )
    except MALFORMED as error:
        say_unreadable(f"{TABLE}/{found.get('RowKey')}", repr(error))
        return None
