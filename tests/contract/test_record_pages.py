"""Pages of records: every filter, alone and together with others, and tokens that lead on whatever happens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peering.adapters import records as adapter
from peering.core.decision.findings import Finding
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record, State
from peering.core.record.selection import Selection
from peering.ports import Records
from tests.builders import NOON, OTHER_SUBSCRIPTION
from tests.contract.own_rows import row, spoke
from tests.fakes.storage import FakeRecords

FULL, OVERLAPS = Finding("HubFull", "It is full."), Finding("OverlapsSpoke", "It overlaps.")


async def all_pages(records: Records, wanted: Selection, size: int) -> list[Record]:
    """Every page, each of which keeps to its size."""
    found, token = list[Record](), None
    while True:
        page, token = await records.page(wanted, size, token)
        assert len(page) <= size
        found += page
        if token is None:
            return found


@pytest.fixture
def short_pages(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows are looked at in one call, as if there were a thousand times as many."""
    monkeypatch.setattr(adapter, "MOST_ROWS", 4)
    if isinstance(records, FakeRecords):
        records.page_rows = 4


def elsewhere() -> VnetId:
    return replace(spoke(), subscription=OTHER_SUBSCRIPTION.upper())


async def fill(records: Records, hub: str) -> list[Record]:
    """Rows of all sorts: every third is full, every fourth lies in another subscription, the older the later made."""
    rows = []
    for number in range(13):
        changes: dict[str, Any] = {
            "state": State.CONNECTED if number % 2 else State.REFUSED,
            "findings": (OVERLAPS, FULL) if number % 3 == 0 else (OVERLAPS,),
            "finished": NOON - timedelta(hours=number) if number else None,
        }
        if number % 4 == 0:
            changes["spoke"] = elsewhere()
        rows.append(await records.save(row(hub, **changes)))
    return rows


SELECTIONS: list[dict[str, Any]] = [
    {},
    {"state": "Refused"},
    {"code": "HubFull"},
    {"code": "HubFul"},
    {"subscription": OTHER_SUBSCRIPTION},
    {"since": NOON - timedelta(hours=5)},
    {"since": NOON - timedelta(hours=5), "state": "Connected"},
    {"code": "HubFull", "state": "Refused", "subscription": OTHER_SUBSCRIPTION},
    {"code": "OverlapsSpoke", "since": NOON - timedelta(hours=9)},
    {"code": "HubFull", "since": NOON + timedelta(hours=1)},
]


@pytest.mark.parametrize("given", SELECTIONS, ids=lambda given: "+".join(given) or "all")
@pytest.mark.usefixtures("short_pages")
async def test_all_filters_apply_and_pages_miss_nobody(records: Records, hub: str, given: dict[str, Any]) -> None:
    wanted = Selection(hub=hub, **given)
    rows = await fill(records, hub)
    await records.save(row(f"{hub}-2", state=State.REFUSED, findings=(FULL,), spoke=elsewhere(), finished=NOON))
    expected = sorted(each.spoke.key for each in rows if wanted.holds(each))
    for size in (1, 3, 100):
        assert [each.spoke.key for each in await all_pages(records, wanted, size)] == expected


@pytest.mark.usefixtures("short_pages")
async def test_a_row_that_comes_or_goes_between_two_pages_moves_no_other(records: Records, hub: str) -> None:
    """The token leads behind a row by its name: one that is gone since leaves its place."""
    rows = sorted([await records.save(row(hub, findings=(FULL,))) for _ in range(9)], key=lambda each: each.spoke.key)
    wanted = Selection(hub=hub, code="HubFull")
    (first, second), token = await records.page(wanted, 2, None)
    await records.forget(first)
    await records.forget(second)
    page, token = await records.page(wanted, 2, token)
    assert [each.spoke for each in page] == [each.spoke for each in rows[2:4]]
    assert token is not None
