"""Records: rows by version, what is due, pages, history. Every test has a hub of its own."""

import dataclasses
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from peering.adapters import records as adapter
from peering.adapters.entities import to_entity
from peering.adapters.records import TableRecords
from peering.adapters.table_rows import Query, Row, read_all
from peering.core.decision.approval import Ask
from peering.core.decision.findings import Finding
from peering.core.intake.requests import Door, NamedBy
from peering.core.network.addresses import parse_prefixes
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags
from peering.core.record.record import RELEASED, Approval, Asked, Found, Progress, Question, Record, State
from peering.core.record.selection import Selection
from peering.core.record.tally import Tally
from peering.ports import Records, StaleRecord
from tests.builders import NOON, altered, ruling
from tests.contract.own_rows import row, spoke

FULL: dict[str, Any] = {
    "state": State.CONNECTED,
    "wanted": " Prod-WEU ",
    "named_by": NamedBy.REQUEST,
    "door": Door.HTTP,
    "who": "anna",
    "started": NOON,
    "finished": NOON + timedelta(seconds=11, microseconds=123),
    "not_before": NOON + timedelta(minutes=5),
    "attempts": 3,
    "calls": 7,
    "prefixes": parse_prefixes(["10.1.0.0/24", "fd00::/64"]),
    "location": "westeurope",
    "hub_half": "/h",
    "spoke_half": "/s",
    "hub_flags": Flags(gateway_transit=True),
    "spoke_flags": Flags(virtual_network_access=False),
    "gateway": "/gw",
    "findings": (Finding("OverlapsHub", "10.1.0.0/24 überlappt “it”."),),
    "notes": ("one", "two"),
    "was": State.REFUSED,
    "failing": NOON,
    "doubted": NOON + timedelta(seconds=1),
    "deaths": 2,
    "begin_with": "spoke",
    "told": "0123456789abcdef",
    "grace_ends": NOON + timedelta(days=1),
    "tag": "Peer With",
    "accepted": NOON + timedelta(seconds=2),
    "guid": "0b2c-1",
    "former": ("/a/virtualNetworkPeerings/x", "/b/virtualNetworkPeerings/y"),
    "left_off": ("gateway_transit",),
    "rightful": (Flags(forwarded_traffic=True), Flags(virtual_network_access=False)),
    "held": "brake",
    "taken": NOON + timedelta(seconds=3),
    "written": NOON + timedelta(seconds=4),
    "owed": True,
    "undone": (NOON, NOON + timedelta(hours=1, microseconds=5)),
    "undone_by": "cccccccc-0000-0000-0000-000000000003",
    "event": "e" * 32,
    "unsent": True,
    "question": Question(
        ask=Ask("prod-weu", "neu"),
        since=NOON + timedelta(seconds=4),
        prefixes=parse_prefixes(["10.1.0.0/24"]),
        who="bo",
    ),
    "ruling": ruling(parse_prefixes(["10.1.0.0/24", "fd00::/64"]), who="Åsa", reason="“it” is\nfine"),
    "leave": ruling((), granted=False, to="neu", reason="", when=NOON + timedelta(microseconds=7)),
    "let_in": parse_prefixes(["10.1.0.0/24"]),
}
OF_ALL = {"correlation", "requested", "word"}  # every row has them


def test_full_is_full() -> None:
    named = {field.name for part in (Asked, Progress, Found, Approval) for field in dataclasses.fields(part)}
    assert named - OF_ALL == set(FULL) - {"state"}


@pytest.mark.parametrize("fields", [{}, FULL], ids=["bare", "full"])
async def test_what_is_saved_is_what_is_read(records: Records, hub: str, fields: dict[str, Any]) -> None:
    made = row(hub, **fields)
    saved = await records.save(made)
    assert saved.etag is not None
    assert replace(saved, etag=None) == made
    assert await records.get(hub, made.spoke.key) == saved
    assert await records.find(made.spoke) == await records.find_by_key(made.spoke.key) == [saved]


async def test_what_is_not_there(records: Records, hub: str) -> None:
    nobody = spoke()
    assert await records.get(hub, nobody.key) is None
    assert await records.find(nobody) == []
    assert await records.waiting(hub) == []
    assert await records.history(nobody.key, 10) == []
    assert await records.page(Selection(hub=hub), 10, None) == ([], None)


async def test_a_row_is_found_whatever_the_case_of_the_id(records: Records, hub: str) -> None:
    saved = await records.save(row(hub))
    shouted = VnetId(saved.spoke.subscription, saved.spoke.group.upper(), saved.spoke.name.upper())
    assert await records.find(shouted) == [saved]


async def test_a_row_that_somebody_changed_is_not_overwritten(records: Records, hub: str) -> None:
    first = await records.save(row(hub))
    second = await records.save(altered(first, who="anna"))
    assert second.etag != first.etag
    with pytest.raises(StaleRecord):
        await records.save(altered(first, who="bert"))
    assert await records.get(hub, first.spoke.key) == second


async def test_a_row_that_somebody_else_made_is_not_overwritten(records: Records, hub: str) -> None:
    made = row(hub)
    saved = await records.save(made)
    with pytest.raises(StaleRecord):
        await records.save(altered(made, who="bert"))
    assert await records.find(made.spoke) == [saved]


async def test_a_row_that_was_never_there_cannot_be_changed(records: Records, hub: str) -> None:
    with pytest.raises(StaleRecord):
        await records.save(row(hub, etag="W/\"datetime'2026-11-23T12%3A00%3A00.0000000Z'\""))


async def test_a_spoke_that_moved_is_found_under_both_hubs(records: Records, hub: str) -> None:
    old = await records.save(row(hub, state=State.LEAVING))
    new = await records.save(replace(old, hub=f"{hub}-2", state=State.PENDING, etag=None))
    assert sorted(each.hub for each in await records.find(old.spoke)) == [old.hub, new.hub]


async def test_all_rows_of_a_hub_but_those_that_are_over(records: Records, hub: str) -> None:
    there = [await records.save(row(hub, state=state)) for state in (*State, "Suspended") if state != State.REMOVED]
    for other in (row(hub, state=State.REMOVED), row(f"{hub}-2", state=State.CONNECTED)):
        await records.save(other)
    found = {each.spoke: each for each in await records.of_hub(hub)}
    assert found == {each.spoke: each for each in there}
    assert await records.of_hub(f"{hub}-3") == []


async def test_rows_of_a_hub_that_no_page_holds_are_all_read(storage: str) -> None:
    hub, many = f"h-{uuid.uuid4().hex[:12]}", 1_100  # a page has 1,000 at most
    async with TableServiceClient.from_connection_string(storage) as service:
        records, table = TableRecords(service), service.get_table_client("peerings")
        await records.save(row(hub, state=State.CONNECTED))
        entities = [to_entity(row(hub, state=State.CONNECTED)) for _ in range(many - 1)]
        for start in range(0, len(entities), 100):
            await table.submit_transaction([("create", each) for each in entities[start : start + 100]])
        assert len({each.spoke for each in await records.of_hub(hub)}) == many


async def test_who_has_lost_something_of_late_is_counted(records: Records, hub: str) -> None:
    for hours in (1, 23, 25):
        await records.save(row(hub, state=State.REMOVED, taken=NOON - timedelta(hours=hours)))
    await records.save(row(hub, state=State.CONNECTED))
    assert await records.lost(hub, NOON - timedelta(hours=24)) == 2
    assert await records.lost(f"{hub}-2", NOON - timedelta(hours=24)) == 0


async def test_who_is_waiting_longest_first(records: Records, hub: str) -> None:
    """Open rows whatever their time, and others that are to be looked at again; what is over waits for nothing."""

    async def save(minutes: int, state: State, wait: int | None = None) -> VnetId:
        due = None if wait is None else NOON + timedelta(minutes=wait)
        moment = NOON - timedelta(minutes=minutes)
        return (await records.save(row(hub, state=state, requested=moment, not_before=due))).spoke

    young = await save(1, State.PENDING)
    old = await save(9, State.LEAVING)
    later = await save(8, State.PENDING, wait=1)
    again = await save(5, State.REFUSED, wait=1440)
    stays = await save(4, State.CONNECTED, wait=5)
    for settled in (State.CONNECTED, State.REFUSED, State.FAILED, State.REMOVED, State.ABANDONED):
        await save(20, settled)
    await save(20, State.REMOVED, wait=1)
    assert [each.spoke for each in await records.waiting(hub)] == [old, later, again, stays, young]


async def test_a_row_that_is_forgotten_leaves_no_trace_and_only_as_it_was_read(records: Records, hub: str) -> None:
    saved = await records.save(row(hub))
    newer = await records.save(altered(saved, who="anna"))
    with pytest.raises(StaleRecord):
        await records.forget(saved)
    assert await records.find(saved.spoke) == [newer]
    await records.forget(newer)
    assert (await records.find(saved.spoke), await records.waiting(hub)) == ([], [])
    again = await records.save(row(hub, spoke=saved.spoke))
    assert await records.find(saved.spoke) == [again]


async def test_pages_follow_each_other_and_miss_nobody(records: Records, hub: str) -> None:
    states = [State.CONNECTED, State.REFUSED] * 3
    saved = [await records.save(row(hub, state=state)) for state in states]
    seen: list[Record] = []
    token: str | None = None
    for size in (4, 4):
        found, token = await records.page(Selection(hub=hub), size, token)
        seen += found
    assert token is None
    assert [each.spoke.key for each in seen] == sorted(each.spoke.key for each in saved)
    refused, _ = await records.page(Selection(hub=hub, state="Refused"), 10, None)
    assert {each.state for each in refused} == {State.REFUSED}
    assert len(refused) == 3


async def test_history_is_newest_first_and_keeps_what_happened_at_once(records: Records, hub: str) -> None:
    happened = row(hub)
    for minute, state in enumerate((State.REFUSED, State.CONNECTED, State.REMOVED)):
        await records.note(replace(happened, state=state), NOON + timedelta(minutes=minute))
    await records.note(replace(happened, state=State.FAILED), NOON + timedelta(minutes=2))
    found = await records.history(happened.spoke.key, 10)
    assert [each.state for each in found] == [State.FAILED, State.REMOVED, State.CONNECTED, State.REFUSED]
    assert {each.hub for each in found} == {hub}
    assert len(await records.history(happened.spoke.key, 2)) == 2


async def test_the_outcome_of_another_spoke_is_no_part_of_the_history(records: Records, hub: str) -> None:
    await records.note(row(hub), NOON)
    assert await records.history(spoke().key, 10) == []


async def test_more_findings_than_a_property_holds_leave_a_row_that_can_be_read(records: Records, hub: str) -> None:
    many = tuple(Finding("OverlapsSpoke", f"10.{n}.0.0/16 overlaps " + "ä" * 300) for n in range(200))
    saved = await records.save(row(hub, findings=many))
    (found,) = await records.find(saved.spoke)
    assert found.found.findings[0] == many[0]


@pytest.mark.parametrize("body", ["rubbish", "", "x" * 60_000, "\x00\ud7ff"])
async def test_what_nobody_can_read_is_kept_however_odd(records: Records, body: str) -> None:
    await records.keep_unreadable(body, "it is not JSON", NOON)
    await records.keep_unreadable(body, "it is not JSON", NOON)


async def test_rows_are_counted(records: Records, hub: str) -> None:
    for hours, held in enumerate(("", "brake", RELEASED)):
        await records.save(row(hub, state=State.CONNECTED, held=held, written=NOON + timedelta(hours=hours)))
    await records.save(row(hub, state=State.REFUSED, held="paused"))
    await records.save(row(hub, state=State.REMOVED, written=NOON + timedelta(hours=1)))
    states = {"Connected": 3, "Refused": 1, "Removed": 1}
    written = NOON + timedelta(hours=2)
    assert await records.tally(hub) == Tally(states=states, held={"brake": 1, "paused": 1}, written=written)
    assert await records.tally(f"{hub}-other") == Tally()


async def test_a_row_that_cannot_be_read_does_not_hide_the_others(
    storage: str, caplog: pytest.LogCaptureFixture
) -> None:
    hub = f"h-{uuid.uuid4().hex[:12]}"
    async with TableServiceClient.from_connection_string(storage) as service:
        records = TableRecords(service)
        kept = await records.save(row(hub))
        edited = {"PartitionKey": hub, "RowKey": "0" * 32, "state": "Pending", "spoke": "nonsense"}
        await service.get_table_client("peerings").create_entity(edited)
        assert await records.waiting(hub) == [kept]
        assert (await records.page(Selection(hub=hub), 10, None))[0] == [kept]
        await service.get_table_client("peerings").upsert_entity(edited | {"state": "nonsense"})
        assert (await records.tally(hub)).states == {kept.state: 1, "nonsense": 1}
    assert f"{hub}/{'0' * 32}" in caplog.text


async def test_what_a_later_version_wrote_is_listed_shown_kept_and_said_once(
    storage: str, caplog: pytest.LogCaptureFixture
) -> None:
    hub = f"h-{uuid.uuid4().hex[:12]}"
    async with TableServiceClient.from_connection_string(storage) as service:
        records, table = TableRecords(service), service.get_table_client("peerings")
        saved = await records.save(row(hub))
        newer = {"PartitionKey": hub, "RowKey": saved.spoke.key, "routeTable": "/r", "seen": NOON, "count": 7}
        await table.update_entity(newer, UpdateMode.MERGE)
        (found,) = await records.find(saved.spoke)
        assert found.is_understood
        again = await records.save(altered(found, who="anna"))
        assert (await records.find(saved.spoke)) == [again]
        entity = await table.get_entity(hub, saved.spoke.key)
        assert (entity["routeTable"], entity["count"], entity["who"]) == ("/r", 7, "anna")
        assert entity["seen"].isoformat() == NOON.isoformat()

        await table.update_entity(newer | {"state": "Quarantined"}, UpdateMode.MERGE)
        for _ in range(2):
            ((shown,), _) = await records.page(Selection(hub=hub), 10, None)
            assert (shown.state, shown.is_understood) == ("Quarantined", False)
            assert await records.find(saved.spoke) == [shown]
        assert await records.waiting(hub) == []
    assert len([line for line in caplog.messages if "Quarantined" in line]) == 1


async def test_an_open_row_with_a_word_that_nobody_knows_is_nobodys_to_work_on(records: Records, hub: str) -> None:
    await records.save(row(hub, named_by="inheritance"))
    assert await records.waiting(hub) == []


async def test_what_waits_is_all_that_is_read(storage: str, hub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    async def counted(table: TableClient, query: Query) -> list[Row]:
        rows = await read_all(table, query)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(adapter, "read_all", counted)
    async with TableServiceClient.from_connection_string(storage) as service:
        records = TableRecords(service)
        for state in (State.CONNECTED, State.REMOVED, State.AWAITING_APPROVAL, State.PENDING):
            await records.save(row(hub, state=state))
        await records.save(row(hub, state=State.REFUSED, not_before=NOON))
        assert len(await records.waiting(hub)) == 2
    assert read == [2]
