"""How far a request has got: every fact that may show it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peering.core.intake.registered import Registered
from peering.core.record.record import Record, State
from peering.core.record.request_stage import Stage, outcome_of, request_body, stage_of
from tests.builders import NOON, SPOKE_ID, record

ID = f"{SPOKE_ID.key}-1"
ASKED = Registered(id=ID, spoke=SPOKE_ID, who="anna", when=NOON, hub="prod-weu")
LOOKED = replace(ASKED, looked=NOON)
QUEUED, WORKING, DONE = Stage
MINE: dict[str, Any] = {"correlation": ID}
OTHER: dict[str, Any] = {"correlation": "another", "requested": NOON - timedelta(hours=1)}
NEXT_DOOR: dict[str, Any] = {"hub": "neu", **OTHER}
SOON = NOON + timedelta(minutes=5)

STAGES: list[tuple[str, Registered, list[Record], Stage]] = [
    ("nothing yet", ASKED, [], QUEUED),
    ("a row of before", ASKED, [record(State.CONNECTED, **OTHER)], QUEUED),
    ("a row of before that is open", ASKED, [record(State.PENDING, **OTHER)], QUEUED),
    ("a look without a row", LOOKED, [], DONE),
    ("its row, before the mark", ASKED, [record(State.PENDING, **MINE)], WORKING),
    ("its outcome, before the mark", ASKED, [record(State.CONNECTED, **MINE)], DONE),
    ("its row", LOOKED, [record(State.PENDING, **MINE)], WORKING),
    ("its row waits", LOOKED, [record(State.PENDING, not_before=SOON, **MINE)], WORKING),
    ("its row is held", LOOKED, [record(State.PENDING, held="paused", **MINE)], WORKING),
    ("connected", LOOKED, [record(State.CONNECTED, **MINE)], DONE),
    ("refused", LOOKED, [record(State.REFUSED, not_before=SOON, **MINE)], DONE),
    ("failed", LOOKED, [record(State.FAILED, **MINE)], DONE),
    ("abandoned", LOOKED, [record(State.ABANDONED, **MINE)], DONE),
    ("a person has to agree", LOOKED, [record(State.AWAITING_APPROVAL, **MINE)], DONE),
    ("on its way out", LOOKED, [record(State.LEAVING, **MINE)], WORKING),
    ("in its grace", LOOKED, [record(State.LEAVING, not_before=SOON, grace_ends=SOON, **MINE)], DONE),
    ("removed", LOOKED, [record(State.REMOVED, **MINE)], DONE),
    ("of a later version", LOOKED, [record("Thinking", **MINE)], DONE),
    ("overtaken by another wish", LOOKED, [record(State.PENDING, **OTHER)], WORKING),
    (
        "the old hub's row is held",
        LOOKED,
        [record(held="brake", **NEXT_DOOR), record("Connected", **MINE)],
        DONE,
    ),
    ("overtaken, and held elsewhere", LOOKED, [record(**NEXT_DOOR), record("Connected", **OTHER)], DONE),
    ("where no hub is named all count", replace(LOOKED, hub=None), [record(**NEXT_DOOR)], WORKING),
]


@pytest.mark.parametrize(("asked", "rows", "stage"), [row[1:] for row in STAGES], ids=[row[0] for row in STAGES])
def test_the_stage_is_told_from_the_facts(asked: Registered, rows: list[Record], stage: Stage) -> None:
    assert stage_of(asked, rows) is stage
    assert (outcome_of(asked, rows) is not None) is (stage is DONE and rows != [])


def test_of_several_rows_the_one_where_it_stays_is_the_outcome() -> None:
    left, here = record(State.REMOVED, hub="neu", **MINE), record(State.CONNECTED, **MINE)
    assert outcome_of(LOOKED, [here, left]) == outcome_of(LOOKED, [left, here]) == here
    assert outcome_of(LOOKED, [left]) == left


def test_of_several_that_stay_the_latest_is_the_outcome() -> None:
    old, new = record(State.CONNECTED, hub="neu", **OTHER), record(State.REFUSED, hub="x", requested=NOON)
    assert outcome_of(replace(LOOKED, hub=None), [new, old]) == new


def test_what_http_shows() -> None:
    body = request_body(LOOKED, [record(State.CONNECTED, **MINE)])
    assert (body["id"], body["status"], body["who"], body["when"]) == (ID, "done", "anna", "2026-11-23T12:00:00Z")
    assert body["outcome"] == body["records"][0]
    assert body["outcome"]["state"] == "Connected"
    assert request_body(ASKED, [])["outcome"] is None


def test_the_request_on_the_queue_is_known_by_the_same_id() -> None:
    request = replace(ASKED, restore=True).as_request()
    assert (request.id, request.correlation, request.hub, request.restore) == (ID, ID, "prod-weu", True)
