"""What is kept for so long and no longer: rows that are over with their pointers, and the history."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from azure.data.tables.aio import TableServiceClient

from peering.adapters.records import TableRecords
from peering.core.record.record import Record, State
from peering.ports import Records, StaleRecord
from tests.builders import NOON
from tests.contract.own_rows import row


async def test_partitions_are_told_each_once_and_in_order(records: Records) -> None:
    mine = sorted(f"h-{uuid.uuid4().hex[:12]}" for _ in range(3))
    for each in (mine[2], mine[0], mine[0], mine[1]):
        await records.save(row(each))
    found = await records.hubs()
    assert [each for each in found if each in mine] == mine
    assert found == sorted(set(found))


async def test_rows_that_are_over_for_long_enough(records: Records, hub: str) -> None:
    old = await records.save(row(hub, state=State.REMOVED, finished=NOON - timedelta(days=2), told="digest"))
    await records.save(row(hub, state=State.REMOVED, finished=NOON, told="digest"))
    await records.save(row(hub, state=State.CONNECTED, finished=NOON - timedelta(days=2)))
    untold = row(hub, state=State.REMOVED, finished=NOON - timedelta(days=2), told="", not_before=NOON)
    await records.save(untold)
    assert await records.over(hub, NOON - timedelta(days=1), 10) == [old]


async def test_a_row_that_is_dropped_takes_its_pointer_along(records: Records, hub: str) -> None:
    saved = await records.save(row(hub))
    await records.drop(saved)
    assert (await records.find(saved.spoke), await records.get(hub, saved.spoke.key)) == ([], None)
    assert await records.find((await records.save(replace(saved, etag=None))).spoke)


async def test_a_row_that_was_changed_meanwhile_is_not_dropped(records: Records, hub: str) -> None:
    saved = await records.save(row(hub))
    newer = await records.save(replace(saved, state=State.CONNECTED))
    with pytest.raises(StaleRecord):
        await records.drop(saved)
    assert await records.find(saved.spoke) == [newer]


async def test_a_pointer_that_somebody_wrote_meanwhile_stays(storage: str, hub: str) -> None:
    async with TableServiceClient.from_connection_string(storage) as service:
        records = TableRecords(service)
        saved = await records.save(row(hub))
        forget = records.forget

        async def forget_and_be_overtaken(record: Record) -> None:
            await forget(record)
            await records._point(record)  # somebody is about to make the row anew

        records.forget = forget_and_be_overtaken  # type: ignore[method-assign]  # what comes in between
        await records.drop(saved)
        again = await records.save(replace(saved, etag=None))
        assert await records.find(saved.spoke) == [again]


async def test_history_is_forgotten_by_its_age_and_in_pieces(records: Records, hub: str) -> None:
    mine = row(hub, state=State.CONNECTED)
    for days in (500, 450, 401, 1):
        await records.note(mine, NOON - timedelta(days=days))
    before, token, gone = NOON - timedelta(days=400), None, 0
    for _ in range(100):
        found, token = await records.forget_history(before, 2, token)
        gone += found
        if token is None:
            break
    assert gone >= 3
    assert len(await records.history(mine.spoke.key, 10)) == 1
