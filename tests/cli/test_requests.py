"""`request`, `leave` and `retry`: what is sent, and how `--wait` ends."""

import json
from typing import Any

import pytest

from peering.core.record.document import record_body
from peering.core.record.record import State
from tests.cli import town
from tests.cli.fake_app import FakeApp
from tests.cli.running import run

ACCEPTED = town.accepted(town.LAB)


@pytest.fixture
def asked(app: FakeApp) -> FakeApp:
    app.says("POST peerings", ACCEPTED, 202)
    return app


def stands(app: FakeApp, status: str, record: dict[str, Any] | None) -> None:
    outcome = record if status == "done" else None
    records = [record] if record else []
    body = {"id": town.ID, "spoke": str(town.LAB), "status": status, "outcome": outcome, "records": records}
    app.says(f"GET requests/{town.ID}", body)


def test_a_request_says_what_it_was_given(asked: FakeApp) -> None:
    typed = ("request", str(town.LAB), "--hub", "prod-weu", "--restore", "--once", "change-4711")
    ran = run(*typed, "-o", "json", app=asked)
    assert (ran.status, json.loads(ran.out)) == (0, ACCEPTED)
    (sent,) = asked.asked
    assert sent.body == {"spoke": str(town.LAB), "hub": "prod-weu", "restore": True}
    assert sent.headers["Idempotency-Key"] == "change-4711"


def test_a_request_by_name_is_for_a_network_that_has_a_record(asked: FakeApp) -> None:
    ran = run("request", "lab", app=town.fill(asked))
    assert (ran.status, asked.bodies("POST peerings")) == (0, [{"spoke": str(town.LAB)}])
    assert ran.out == f"Asked for. Its id is {town.ID}. See: autopeer why {town.LAB}\n"


ENDS = [
    (record_body(town.CONNECTED), 0),
    (record_body(town.REFUSED), 1),
    (record_body(town.CONNECTED) | {"state": "Failed"}, 1),
    (record_body(town.CONNECTED) | {"state": "Abandoned"}, 1),
    (record_body(town.AWAITING), 5),
]


@pytest.mark.parametrize(("record", "status"), ENDS, ids=[str(record["state"]) for record, _ in ENDS])
def test_waiting_ends_as_the_request_does(asked: FakeApp, record: dict[str, Any], status: int) -> None:
    stands(asked, "queued", None)
    stands(asked, "working", record_body(town.PENDING))
    stands(asked, "done", record)
    ran = run("request", str(town.LAB), "--wait", "-o", "json", app=asked)
    assert (ran.status, json.loads(ran.out)) == (status, record)
    first, second, third = ran.err.splitlines()
    assert first == "   0 s  on the queue"
    assert second == "   1 s  Pending: AnotherOperationInProgress"
    assert third.startswith(f"   2 s  {record['state']}")


def test_what_stood_before_the_request_is_no_outcome(asked: FakeApp) -> None:
    """A request about a network that was refused an hour ago waits for what it says now."""
    stands(asked, "working", record_body(town.REFUSED))
    stands(asked, "done", record_body(town.CONNECTED))
    assert run("request", str(town.LAB), "--wait", app=asked).status == 0


def test_waiting_has_an_end(asked: FakeApp) -> None:
    stands(asked, "working", record_body(town.PENDING))
    ran = run("request", str(town.LAB), "--wait", "--at-most", "30", app=asked)
    assert (ran.status, len(asked.asked)) == (5, 32)
    assert "search at hub prod-weu: Pending" in ran.out


def test_waiting_for_a_request_that_nobody_takes_up(asked: FakeApp) -> None:
    stands(asked, "queued", None)
    ran = run("request", str(town.LAB), "--wait", "--at-most", "3", app=asked)
    assert ran.status == 5
    assert ran.out == (
        f"Nothing has become of it within 3 seconds. Its id is {town.ID}. Look again: autopeer why <spoke>\n"
    )


@pytest.fixture
def leaving(app: FakeApp) -> FakeApp:
    app.says("GET peerings", {"value": [record_body(town.CONNECTED)], "next": None})
    app.says(f"DELETE {town.path_of(town.CONNECTED)}", town.accepted(town.SHOP), 202)
    return app


def test_leaving_waits_until_it_has_left(leaving: FakeApp) -> None:
    stands(leaving, "working", record_body(town.CONNECTED))  # its row is not written yet
    stands(leaving, "working", town.after(town.CONNECTED, State.LEAVING))
    stands(leaving, "done", town.after(town.CONNECTED, State.REMOVED))
    ran = run("leave", "shop", "--wait", app=leaving)
    assert (ran.status, ran.out.splitlines()[0]) == (0, "shop at hub prod-weu: Removed")
    assert ran.err.splitlines() == ["   0 s  Pending", "   1 s  Leaving", "   2 s  Removed"]


def test_a_leave_that_ends_in_a_pair_has_failed(leaving: FakeApp) -> None:
    stands(leaving, "done", town.after(town.CONNECTED, State.CONNECTED))
    assert run("leave", "shop", "--wait", app=leaving).status == 1


def test_who_has_left_is_told_so_and_not_waited_for(app: FakeApp) -> None:
    app.says("GET peerings", {"value": [record_body(town.REMOVED)], "next": None})
    app.says(f"DELETE {town.path_of(town.REMOVED)}", town.accepted(town.OLD), 202)
    stands(app, "done", record_body(town.REMOVED))
    assert run("leave", "old", app=app).out == "old has left hub prod-weu.\n"
    assert run("leave", "old", "--wait", app=app).status == 0


def test_a_request_that_comes_to_nothing_ends_at_once(asked: FakeApp) -> None:
    """Nothing is written about a network that nobody wants peered."""
    stands(asked, "done", None)
    ran = run("request", str(town.LAB), "--wait", app=asked)
    assert (ran.status, len(asked.asked)) == (1, 2)
    assert "no hub has a record of lab: there was nothing to do." in ran.err


def test_of_several_records_that_of_the_hub_is_followed(asked: FakeApp) -> None:
    elsewhere = record_body(town.CONNECTED) | {"hub": "prod-neu"}
    body = {"status": "working", "hub": "prod-weu", "outcome": None}
    asked.says(f"GET requests/{town.ID}", body | {"records": [elsewhere, record_body(town.PENDING)]})
    ran = run("request", str(town.LAB), "--wait", "--at-most", "1", app=asked)
    assert "search at hub prod-weu: Pending" in ran.out


def test_a_leave_that_the_tag_forbids_is_told(app: FakeApp) -> None:
    told = "Its tag still names hub 'prod-weu'. Remove the tag: then it leaves by itself."
    body, status = town.conflict(told)
    app.says("GET peerings", {"value": [record_body(town.CONNECTED)], "next": None})
    app.says(f"DELETE {town.path_of(town.CONNECTED)}", body, status)
    ran = run("leave", "shop", app=app)
    assert (ran.status, ran.err) == (1, f"{told}\n")


def test_a_retry_lists_who_is_looked_at(app: FakeApp) -> None:
    listed = [{"hub": "prod-weu", "key": town.LAB.key, "spoke": str(town.LAB)}]
    app.says("POST peerings:retry", {"count": 1, "value": listed}, 202)
    ran = run("retry", "--hub", "prod-weu", "--state", "failed", app=app)
    assert (ran.status, app.bodies("POST peerings:retry")) == (0, [{"hub": "prod-weu", "state": "Failed"}])
    assert ran.out.splitlines()[1].split() == ["prod-weu", "lab", town.LAB.key]


def test_a_retry_says_that_there_are_more(app: FakeApp) -> None:
    listed = [{"hub": "prod-weu", "key": town.LAB.key, "spoke": str(town.LAB)}]
    app.says("POST peerings:retry", {"count": 1, "more": True, "most": 1, "value": listed}, 202)
    assert run("retry", "--hub", "prod-weu", app=app).out.endswith(
        "There are more. Once these are done: the same again.\n"
    )


def test_a_retry_of_everything_is_not_meant(app: FakeApp) -> None:
    ran = run("retry", "-o", "json", app=app)
    assert (ran.status, ran.err, app.asked) == (2, "Which ones? Give --hub, --state or both.\n", [])
