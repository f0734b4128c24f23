"""Tables and queue that keep what is written to them, as the adapters write it."""

from datetime import datetime, timedelta
from typing import Any, cast

from tests.upgrade.names import FakeMessage, FakeQueue, FakeRecords, Record, TableRecords

type Entity = dict[str, Any]


class TapedTable:
    """The few calls of a table client that write."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Entity] = {}

    async def create_entity(self, entity: Entity, **_: object) -> dict[str, str]:
        self.rows[entity["PartitionKey"], entity["RowKey"]] = dict(entity)
        return {"etag": "taped"}

    update_entity = create_entity
    upsert_entity = create_entity

    async def delete_entity(self, partition: str, row: str, **_: object) -> None:
        del self.rows[partition, row]


class TapedTables:
    """In place of the SDK's TableServiceClient."""

    def __init__(self) -> None:
        self.tables: dict[str, TapedTable] = {}

    async def create_table_if_not_exists(self, name: str) -> TapedTable:
        return self.get_table_client(name)

    def get_table_client(self, name: str) -> TapedTable:
        return self.tables.setdefault(name, TapedTable())

    def rows(self) -> dict[str, list[Entity]]:
        return {name: [row for _, row in sorted(table.rows.items())] for name, table in sorted(self.tables.items())}


class TapedRecords(FakeRecords):
    """Reads from memory; each write goes through the real adapter onto the tape as well."""

    def __init__(self) -> None:
        super().__init__()
        self.tape = TapedTables()
        self._adapter = TableRecords(cast("Any", self.tape))

    async def save(self, record: Record) -> Record:
        saved = await super().save(record)
        await self._adapter.save(record)
        return saved

    async def forget(self, record: Record) -> None:
        await super().forget(record)
        await self._adapter.forget(record)

    async def note(self, record: Record, when: datetime) -> None:
        await super().note(record, when)
        await self._adapter.note(record, when)

    async def keep_unreadable(self, body: str, reason: str, when: datetime) -> None:
        await super().keep_unreadable(body, reason, when)
        await self._adapter.keep_unreadable(body, reason, when)


class TapedQueue(FakeQueue):
    """Remembers the body of every message there ever was."""

    def put(self, body: str, delay: timedelta = timedelta()) -> FakeMessage:
        self.bodies = [*getattr(self, "bodies", []), body]
        return super().put(body, delay)
