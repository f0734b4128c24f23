"""What one sweep leaves to the next: the same in memory and in a table."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from azure.data.tables.aio import TableServiceClient

from peering.adapters.sweep_log import SWEEPS, TableSweepLog
from peering.core.record.sweep_report import SweepBook, SweepReport
from peering.ports import SweepLog
from tests.builders import NOON
from tests.contract.conftest import BOTH
from tests.fakes.estate import FakeSweepLog

REPORT = SweepReport(
    id="one",
    door="http",
    who="anna",
    started=NOON,
    finished=NOON,
    pages=1,
    networks=2,
    hubs=3,
    unread=4,
    differences={"unheard": 5},
    queued=6,
    rows=7,
    entries=8,
    position="prod-weu",
)


@pytest.fixture(params=BOTH)
async def log(request: pytest.FixtureRequest) -> AsyncIterator[SweepLog]:
    if request.param == "fake":
        yield FakeSweepLog()
        return
    service = TableServiceClient.from_connection_string(request.getfixturevalue("storage"))
    await service.delete_table(SWEEPS)
    adapter = TableSweepLog(service)
    yield adapter
    await adapter.close()


async def test_before_the_first_sweep_there_is_nothing(log: SweepLog) -> None:
    assert await log.read() == SweepBook()


async def test_what_is_written_is_what_is_read(log: SweepLog) -> None:
    book = SweepBook(
        current=replace(REPORT, finished=None), last=REPORT, digests={"prod-weu": "0123"}, history="partition/row"
    )
    await log.write(book)
    assert await log.read() == book


async def test_digests_of_thousands_of_hubs_have_room_and_leave_none_behind(log: SweepLog) -> None:
    book = SweepBook(digests={f"a-hub-with-a-name-of-some-length-{number:06}": "0" * 16 for number in range(3000)})
    await log.write(book)
    assert await log.read() == book
    await log.write(SweepBook())
    assert await log.read() == SweepBook()


async def test_a_book_that_somebody_has_edited_counts_as_none(storage: str) -> None:
    async with TableServiceClient.from_connection_string(storage) as service:
        adapter = TableSweepLog(service)
        await adapter.write(SweepBook(last=REPORT))
        table = service.get_table_client(SWEEPS)
        for text in ("rubbish", "[]", '{"last": {"started": "soon"}, "digests": 1, "current": 2}'):
            await table.upsert_entity({"PartitionKey": "sweep", "RowKey": "book", "part0": text})
            assert await adapter.read() == SweepBook()
