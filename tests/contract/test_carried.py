"""What cannot be rebuilt, out of one storage and into another: the same in memory and in tables."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from azure.data.tables import EdmType, EntityProperty
from azure.data.tables.aio import TableServiceClient

from peering.adapters.carried_lines import NotCarried, check_first_line, first_line, item_of, line_of
from peering.adapters.records import TableRecords
from peering.core.decision.pause import Pause
from peering.core.intake.requests import Door, NamedBy
from peering.core.record.carried import Entry, Halt, Wish
from peering.core.record.record import Record, State
from peering.ports import Records
from peering.service.carry import carried_out, carry_in
from tests.builders import NOON, altered, record, vnet_id
from tests.contract.conftest import BOTH
from tests.contract.test_records import FULL
from tests.fakes.storage import FakePauses, FakeRecords


@pytest.fixture(params=BOTH)
async def empty(request: pytest.FixtureRequest) -> AsyncIterator[Records]:
    """Records that nobody else writes to, as after a loss."""
    if request.param == "fake":
        yield FakeRecords()
        return
    from localazure.azurite.launcher import running

    with running() as connection_string:
        async with TableServiceClient.from_connection_string(connection_string) as service:
            yield TableRecords(service)


def row(hub: str, name: str, **rest: Any) -> Record:  # noqa: ANN401 - the fields of Record
    made = record(hub=hub, spoke=vnet_id(f"spoke-{name}", f"rg-{hub}"), etag=None)
    return altered(made, **{"named_by": NamedBy.REQUEST, "state": State.CONNECTED, **rest})


async def lines(records: Records, hub: str) -> list[str]:
    """The export of this test's hub."""
    items = [item async for item in carried_out(records, FakePauses(), NOON)]
    return [line_of(item) for item in items if not isinstance(item, Halt) and item.row.hub == hub]


async def test_wishes_and_history_go_round(records: Records, hub: str, empty: Records) -> None:
    by_hand, tagged = row(hub, "by-hand", **FULL), row(hub, "tagged", named_by=NamedBy.TAG)
    over = row(hub, "over", state=State.REMOVED)
    saved = [await records.save(each) for each in (by_hand, tagged, over)]
    for minutes, each in enumerate(saved):
        await records.note(each, NOON + timedelta(minutes=minutes))
        await records.note(each, NOON + timedelta(minutes=minutes, microseconds=1))
    exported = await lines(records, hub)
    assert [await carry_in(item_of(line), empty, FakePauses()) for line in exported] == [True] * 7
    assert [replace(each, etag=None) for each in await empty.find(by_hand.spoke)] == [by_hand]
    assert await empty.find(tagged.spoke) == await empty.find(over.spoke) == []
    for each in saved:
        kept, carried = await records.history(each.spoke.key, 10), await empty.history(each.spoke.key, 10)
        assert len(kept) == 2
        assert [replace(entry, etag=None) for entry in kept] == [replace(entry, etag=None) for entry in carried]
    assert sorted(await lines(empty, hub)) == sorted(exported)
    assert [await carry_in(item_of(line), empty, FakePauses()) for line in exported] == [False] * 7
    assert sorted(await lines(empty, hub)) == sorted(exported)


@pytest.mark.parametrize(("minutes", "wins"), [(-1, False), (0, False), (1, True)])
async def test_a_row_that_is_not_older_stays(records: Records, hub: str, minutes: int, wins: bool) -> None:
    there = await records.save(row(hub, "a", finished=NOON, notes=("there",)))
    carried = row(hub, "a", finished=NOON + timedelta(minutes=minutes), notes=("carried",))
    assert await carry_in(Wish(carried), records, FakePauses()) is wins
    found = await records.get(hub, there.spoke.key)
    assert found
    assert found.found.notes == (("carried",) if wins else ("there",))


async def test_a_row_of_a_later_version_is_never_replaced(records: Records, hub: str) -> None:
    there = await records.save(row(hub, "a", state="Dancing"))
    later = row(hub, "a", finished=NOON + timedelta(days=1))
    assert await carry_in(Wish(later), records, FakePauses()) is False
    assert await records.get(hub, there.spoke.key) == there


async def test_who_saves_meanwhile_is_newer() -> None:
    records = FakeRecords()
    asked = row("h", "a", finished=NOON + timedelta(days=1))

    def meddle(saved: Record) -> None:
        records.before_save.clear()
        records.rows[saved.hub, saved.spoke.key] = replace(row("h", "a"), etag="of somebody else")

    records.before_save.append(meddle)
    assert await carry_in(Wish(asked), records, FakePauses()) is False


async def test_pauses_go_round_and_no_newer_one_is_replaced() -> None:
    there, anew = FakePauses(), FakePauses()
    everything = Pause(reason="Change freeze", who="anna", since=NOON, until=NOON + timedelta(hours=2))
    hold = Pause(reason="incident", who="sec", since=NOON, hub="prod-weu", spoke=vnet_id("spoke-a"))
    over = Pause(reason="done", who="anna", since=NOON - timedelta(days=1), until=NOON, hub="neu")
    for each in (everything, hold, over):
        await there.begin(each)
    exported = [line_of(item) async for item in carried_out(FakeRecords(), there, NOON)]
    newer = Pause(reason="longer", who="bert", since=NOON + timedelta(minutes=1))
    await anew.begin(newer)
    assert [await carry_in(item_of(line), FakeRecords(), anew) for line in exported] == [False, True]
    assert set(await anew.all()) == {newer, hold}
    assert [await carry_in(item_of(line), FakeRecords(), anew) for line in exported] == [False, False]


def test_columns_of_a_later_version_are_carried_along() -> None:
    unknown = {
        "colour": "grün",
        "big": EntityProperty(2**60, EdmType.INT64),
        "when": EntityProperty("2026-11-23T12:00:00.1234567Z", EdmType.DATETIME),
        "raw": b"\x00\xff",
        "yes": True,
        "half": 0.5,
    }
    carried = item_of(line_of(Wish(row("h", "a", unknown=unknown))))
    assert isinstance(carried, Wish)
    assert carried.row.unknown == unknown


def test_an_entry_keeps_its_time_to_the_microsecond() -> None:
    when = NOON.replace(microsecond=123_456)
    entry = Entry(row("h", "a", door=Door.SWEEP), when)
    assert item_of(line_of(entry)) == entry


def test_the_first_line_says_what_the_file_is() -> None:
    check_first_line(first_line(NOON))
    for wrong, reason in (("", "not JSON"), ("[]", "no JSON object"), ("{}", "no export"), (_later(NOON), "version 2")):
        with pytest.raises(NotCarried, match=reason):
            check_first_line(wrong)


def _later(now: datetime) -> str:
    return first_line(now).replace('"version": 1', '"version": 2')


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ('{"kind": "wish", "row": {}}', "cannot be read"),
        (line_of(Wish(row("h", "a"))).replace('"wish"', '"dance"'), "does not know, 'dance'"),
        (line_of(Wish(row("h", "a"))).replace("/subscriptions/", "/"), "cannot be read"),
        ('{"kind": "wish"}', "cannot be read"),
        ('{"kind": "wish", "row": []}', "cannot be read"),
        (line_of(Entry(row("h", "a"), NOON)).replace('"when"', '"then"'), "cannot be read"),
    ],
)
def test_a_line_that_is_none_of_ours_is_told_as_that(line: str, reason: str) -> None:
    with pytest.raises(NotCarried, match=reason):
        item_of(line)
