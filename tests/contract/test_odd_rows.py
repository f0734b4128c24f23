"""Rows that the SDK cannot read: they stop nobody, and one line of the log says where they are."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from azure.data.tables import EdmType, EntityProperty, UpdateMode
from azure.data.tables.aio import TableServiceClient

from peering.adapters import table_rows
from peering.adapters.records import TableRecords
from peering.core.record.record import Record
from peering.core.record.selection import Selection
from tests.builders import NOON, altered, record, vnet_id


@dataclass(frozen=True)
class Tables:
    """A hub of its own with two spokes, one of whose rows a test may spoil."""

    service: TableServiceClient
    records: TableRecords
    sound: Record
    odd: Record

    @property
    def hub(self) -> str:
        return self.odd.hub

    async def spoil(self, **properties: object) -> None:
        """Write into the row, and into its history, what the SDK passes through unread."""
        row = {"PartitionKey": self.hub, "RowKey": self.odd.spoke.key, **properties}
        await self.service.get_table_client("peerings").update_entity(row, UpdateMode.MERGE)
        key = {"PartitionKey": self.odd.spoke.key, "RowKey": "1"}
        whole = await self.service.get_table_client("peerings").get_entity(self.hub, self.sound.spoke.key)
        history = {**whole, **key, "spoke": str(self.odd.spoke), "hub": self.hub, **properties}
        await self.service.get_table_client("history").upsert_entity(history)


@pytest.fixture
async def tables(storage: str) -> AsyncIterator[Tables]:
    hub, group = f"h-{uuid.uuid4().hex[:12]}", f"rg-{uuid.uuid4().hex[:12]}"
    async with TableServiceClient.from_connection_string(storage) as service:
        records = TableRecords(service)
        rows = [record(hub=hub, spoke=vnet_id(name, group), etag=None) for name in ("sound", "odd")]
        sound, odd = [await records.save(row) for row in rows]
        await records.note(odd, NOON)
        yield Tables(service, records, sound, odd)


def time(text: str) -> EntityProperty:
    return EntityProperty(text, EdmType.DATETIME)


SPOILT: dict[str, object] = {
    "requested": time("yesterday"),
    "finished": time("25:61"),
    "state": EntityProperty("x", EdmType.GUID),
    "spoke": 5,
    "attempts": "three",
    "findings": "[" * 20_000,
    "notes": '["a", 5]',
    "wanted": True,
}


@pytest.mark.parametrize("column", SPOILT)
async def test_a_row_that_cannot_be_read_stops_nobody(
    tables: Tables, caplog: pytest.LogCaptureFixture, column: str
) -> None:
    await tables.spoil(**{column: SPOILT[column]})
    for _ in range(2):
        assert (await tables.records.page(Selection(hub=tables.hub), 10, None))[0] == [tables.sound]
        assert await tables.records.waiting(tables.hub) == [tables.sound]
        assert await tables.records.find(tables.odd.spoke) == []
        assert await tables.records.find(tables.sound.spoke) == [tables.sound]
        assert await tables.records.get(tables.hub, tables.odd.spoke.key) is None
        assert len(await tables.records.history(tables.odd.spoke.key, 10)) == 1
        assert sum(((await tables.records.tally(tables.hub)).states).values()) == 2
    where = f"{tables.hub}/{tables.odd.spoke.key}"
    assert len([line for line in caplog.messages if where in line]) == 1


async def test_pages_go_on_after_a_row_that_cannot_be_read(tables: Tables) -> None:
    await tables.spoil(requested=time("yesterday"))
    seen, token = await tables.records.page(Selection(hub=tables.hub), 1, None)
    assert token
    following, token = await tables.records.page(Selection(hub=tables.hub), 1, token)
    assert (seen + following, token) == ([tables.sound], None)


@pytest.mark.parametrize("year", ["1-01-01T00:00:00Z", "0001-01-01T00:00:00.1234567Z"])
async def test_a_time_of_the_year_1_that_an_earlier_version_wrote_is_read_and_mended(tables: Tables, year: str) -> None:
    await tables.spoil(requested=time(year), notBefore=time(year))
    (found,) = await tables.records.find(tables.odd.spoke)
    assert abs(found.asked.requested - datetime.now(UTC)) < timedelta(minutes=5)  # when the row was written
    assert found.progress.not_before is None
    assert len(await tables.records.waiting(tables.hub)) == 2
    assert len(await tables.records.history(tables.odd.spoke.key, 10)) == 2
    saved = await tables.records.save(altered(found, who="anna"))
    entity = await tables.service.get_table_client("peerings").get_entity(tables.hub, tables.odd.spoke.key)
    assert entity["requested"] == saved.asked.requested


async def test_a_column_of_a_later_version_is_kept_to_the_letter(tables: Tables) -> None:
    later = {
        "seen": time("2026-11-23T12:00:00.1234567Z"),
        "number": EntityProperty(2**40, EdmType.INT64),
        "guid": EntityProperty("not one at all", EdmType.GUID),
        "blob": b"\x00\xff",
        "share": 0.5,
        "flag": True,
    }
    await tables.spoil(**later)
    (before,) = await tables.records.find(tables.odd.spoke)
    await tables.records.save(altered(before, who="anna"))
    (after,) = await tables.records.find(tables.odd.spoke)
    assert after.unknown == before.unknown
    assert after.unknown.keys() == later.keys()
    assert after.unknown["seen"] == later["seen"]
    assert after.unknown["blob"] == b"\x00\xff"


def test_a_type_that_nobody_knows_spoils_its_own_row_only() -> None:
    odd = {"PartitionKey": "h", "RowKey": "1", "x": "v", "x@odata.type": "Edm.Quaternion"}
    rows = table_rows._rows([odd, {"PartitionKey": "h", "RowKey": "2", "odata.etag": "e"}])
    assert [(row.properties["RowKey"], row.etag) for row in rows] == [("2", "e")]
