"""What is written in which order: a death between two of the writes must cost time, and never a row or a line."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peering.adapters.records import TableRecords
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import lease_name
from peering.core.record.note import Note
from peering.core.record.record import Record, State
from peering.service.concurrency import run_all
from tests.builders import HUB_ID, SPOKE_ID, hub, record, request, spoke, vnet_id
from tests.fakes.interruption import Interruption
from tests.fakes.storage import FakeLease
from tests.service.model.interleavings import Scheduler, SteppedLoop
from tests.service.model.tables import Tables
from tests.service.town import Town

B = vnet_id("spoke-b")
BUSY = AzureFailure(429, "RetryableError", "busy")


async def test_send_first_note_second_save_the_row_third() -> None:
    """An alarm too many is harmless; a row that nothing wakes is not, nor an alarm that only the note knows of."""
    town = Town(hub(), spoke())
    town.networks.fail("apply", SPOKE_ID, BUSY)
    interruption = Interruption()
    interruption.wrap(town.context.ports)
    town.put(request())
    await town.pump(timedelta())
    assert town.row().state is State.PENDING
    written = [call for call in interruption.calls if call in ("requests.send", "lease.write", "records.save")]
    for_the_death, for_the_wait = ["requests.send", "lease.write"], ["requests.send", "lease.write", "records.save"]
    assert written == ["records.save", *for_the_death, *for_the_wait, "lease.write"]


async def test_what_is_told_is_told_before_the_row_says_so() -> None:
    town = Town(hub(), spoke())
    interruption = Interruption()
    interruption.wrap(town.context.ports)
    town.put(request())
    await town.pump(timedelta())
    told = [call for call in interruption.calls if call in ("records.note", "announcer.announce", "records.save")]
    assert told == ["records.save", "records.note", "announcer.announce", "records.save"]


async def test_a_row_that_comes_as_the_holder_leaves_is_worked_off_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder has looked for the last time under the lease, and whoever wrote the row found it busy."""
    town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=B))
    write, came = FakeLease.write, list[str]()

    async def write_and_let_in(lease: FakeLease, note: Note) -> None:
        await write(lease, note)
        if town.records.rows and not note.turn and not came:
            came.append("B")
            town.put(request(B, when=town.clock()))
            await town.pump(timedelta())
            assert town.row(B).state is State.PENDING

    monkeypatch.setattr(FakeLease, "write", write_and_let_in)
    town.put(request())
    await town.pump(timedelta())
    assert came
    assert town.connected([SPOKE_ID, B])


async def test_the_first_error_is_raised_when_nothing_runs_any_more() -> None:
    done: list[str] = []

    async def fail() -> None:
        raise ValueError("at once")

    async def write() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        done.append("written")

    with pytest.raises(ValueError, match="at once"):
        await run_all([fail(), write()])
    assert done == ["written"]


async def test_a_row_is_never_there_without_its_pointer() -> None:
    """A row that no spoke leads to is found by no request; a pointer that leads nowhere harms nobody."""
    loop = SteppedLoop()
    scheduler = Scheduler(0, loop)
    loop.close()
    scheduler.over = True  # no order is drawn here
    tables: Any = Tables(scheduler)

    async def die(_: object) -> None:
        raise ConnectionResetError

    tables.get_table_client("spokes").upsert_entity = die
    with pytest.raises(AzureFailure):
        await TableRecords(tables).save(record(etag=None))
    assert tables.get_table_client("peerings").rows == {}


@pytest.mark.parametrize("meanwhile", [State.PENDING, State.ABANDONED])
async def test_a_row_that_was_written_meanwhile_is_read_again_and_knows_what_was_found(meanwhile: State) -> None:
    """Asked about again, it is looked at once more and nothing is told twice; given up by the host, it is Connected."""
    town = Town(hub(), spoke())

    def write_too(row: Record) -> None:
        if row.state is State.CONNECTED and row.etag == town.row().etag:
            town.records.before_save.clear()
            town.records.rows["prod-weu", SPOKE_ID.key] = replace(town.row(), state=meanwhile, etag="changed")

    town.records.before_save.append(write_too)
    await town.ask()
    assert town.row().state is State.CONNECTED
    assert town.history == ["Connected"]
    assert len(town.announcer.announced) == 1


async def test_an_error_that_is_no_death_is_not_counted_as_one() -> None:
    """The note says whose turn it is, so that the next holder knows over whom the last one died. This one lives."""
    town = Town(hub(), spoke())
    failures = [RuntimeError("what nobody foresaw")]

    def fail(row: object) -> None:
        if getattr(row, "state", None) is State.CONNECTED and failures:
            raise failures.pop()

    town.records.before_save.append(fail)
    town.put(request())
    await town.pump(timedelta())
    assert Note.from_metadata(town.leases.notes[lease_name(HUB_ID)]).turn == ()
    deaths: list[int] = []
    town.records.before_save.append(lambda row: deaths.append(row.progress.deaths))
    await town.pump()
    assert town.connected()
    assert set(deaths) == {0}
