"""`plan`, `free` and `sweep`: what would be, and what has been compared."""

import json
from typing import Any

import pytest

from peering.core.record.document import record_body
from tests.cli import town
from tests.cli.fake_app import FakeApp
from tests.cli.running import run
from tests.cli.test_estate_commands import CREATED, FakeTools, lines

GUID = "11111111-2222-3333-4444-555555555555"
NEW = ("--space", "10.7.0.0/24", "--hub", "prod-weu", "--region", "westeurope", "--subscription", GUID)
ANSWER: dict[str, Any] = {
    "verdict": "connect", "hub": "prod-weu", "spoke": str(town.SHOP), "gateway": "gw", "findings": [],
    "notes": ["A note."], "suggested": ["10.7.0.0/24"], "approval": None, "notBefore": None, "also": [],
    "flags": {"hub": {"allowForwardedTraffic": True, "useRemoteGateways": False}, "spoke": {}},
    "writes": [{"order": 1, "side": "hub", "action": "put", "name": "autopeer-shop", "why": "missing"}],
    "limits": [{"limit": "paused", "message": "Hub is paused.", "remedy": "Ask ada.", "until": None}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "status"), [("connect", 0), ("nothing to do", 0), ("refuse", 1), ("await approval", 1), ("leave", 1)]
)
def test_the_verdict_decides_how_it_ends(app: FakeApp, verdict: str, status: int) -> None:
    app.says("POST plan", ANSWER | {"verdict": verdict})
    assert run("plan", str(town.SHOP), app=app).status == status


def test_a_network_that_is_not_there_yet(app: FakeApp) -> None:
    app.says("POST plan", ANSWER)
    ran = run("plan", *NEW, "--space", "10.8.0.0/24", "--name", "new", app=app)
    body = {"hub": "prod-weu", "addressSpace": ["10.7.0.0/24", "10.8.0.0/24"], "region": "westeurope"}
    assert app.bodies("POST plan") == [body | {"subscription": GUID, "name": "new"}]
    for told in ("verdict", "connect", "put", "autopeer-shop", "note: A note.", "Just now: Hub is paused. Ask ada."):
        assert told in ran.out


def test_a_network_by_name(app: FakeApp) -> None:
    app.says("POST plan", ANSWER)
    run("plan", "shop", "--hub", "prod-neu", app=town.fill(app))
    assert app.bodies("POST plan") == [{"spoke": str(town.SHOP), "hub": "prod-neu"}]


HALVES = [
    (("--hub", "prod-weu"), "Of what?"),
    (("shop", "--all"), "Of what?"),
    (("--space", "10.0.0.0/24", "--hub", "a"), "--space also needs --region and --subscription."),
    (("shop", "--region", "westeurope"), "--region belongs to --space"),
    (("shop", "--with-records"), "--with-records belongs to --all."),
    (("shop", "--json"), "--json belongs to --all."),
    (("shop", "--catalogue", "a.toml"), "--catalogue belongs to --all."),
]


@pytest.mark.parametrize(("typed", "told"), HALVES, ids=range(len(HALVES)))
def test_half_a_question_is_not_asked(app: FakeApp, typed: tuple[str, ...], told: str) -> None:
    ran = run("plan", *typed, app=app, tools=FakeTools())
    assert (ran.status, app.asked, told in ran.err) == (2, [], True), ran.err


def test_the_whole_estate_is_asked_of_azure_and_not_of_the_app(app: FakeApp) -> None:
    ran = run("plan", "--all", "-o", "json", app=app, tools=FakeTools(lines(CREATED)))
    assert (ran.status, app.asked, json.loads(ran.out)["networks"]) == (1, [], 7)


def test_free_ranges(app: FakeApp) -> None:
    app.says("GET free", {"hub": "prod-weu", "size": 24, "value": ["10.7.0.0/24", "10.8.0.0/24"]})
    ran = run("free", "prod-weu", "--size", "24", app=app)
    assert ran.out.split() == ["FREE", "10.7.0.0/24", "10.8.0.0/24"]
    assert app.asked[0].query == {"hub": "prod-weu", "size": "24"}
    app.says("GET free", {"hub": "prod-weu", "size": 9, "value": []})
    run("free", "prod-weu", app=app)
    assert "has no free range of that size. Try a longer prefix." in run("free", "prod-weu", app=app).out


def report(identity: str, finished: str | None, networks: int = 7) -> dict[str, Any]:
    counts = {"pages": 1, "networks": networks, "hubs": 2, "unread": 0, "queued": 1, "rows": 0, "entries": 0}
    when = {"started": "2026-11-23T14:30:00Z", "finished": finished}
    return {"id": identity, "door": "http", "who": "ada", "differences": {"unheard": 1}, **when, **counts}


OLD = report("old", "2026-11-23T14:31:00Z")


def test_a_sweep_that_is_waited_for(app: FakeApp) -> None:
    app.says("GET sweep", {"latest": OLD, "lastComplete": OLD})
    app.says("GET sweep", {"latest": OLD, "lastComplete": OLD})  # the order is on the queue
    app.says("GET sweep", {"latest": report("new", None, 3), "lastComplete": OLD})
    done = report("new", "2026-11-23T15:00:04Z")
    app.says("GET sweep", {"latest": done, "lastComplete": done})
    app.says("POST sweep", {"id": "new", "status": "/api/sweep"}, 202)
    ran = run("sweep", "--start", "--wait", app=app)
    assert (ran.status, "found          1 unheard" in ran.out) == (0, True), ran.out
    assert ran.err.splitlines() == [
        "   0 s  2 hubs, 7 networks",
        "   2 s  2 hubs, 3 networks",
        "   4 s  2 hubs, 7 networks",
    ]


def test_a_sweep_that_does_not_end_in_time(app: FakeApp) -> None:
    app.says("GET sweep", {"latest": OLD, "lastComplete": OLD})
    app.says("POST sweep", {"id": "new", "status": "/api/sweep"}, 202)
    assert run("sweep", "--start", "--wait", "--at-most", "5", app=app).status == 5


def test_no_sweep_yet(app: FakeApp) -> None:
    app.says("GET sweep", {"latest": None, "lastComplete": None})
    assert run("sweep", app=app).out == "There was no sweep yet. Begin one: autopeer sweep --start\n"


def test_a_dry_run_lists_what_would_be_done(app: FakeApp) -> None:
    finding = record_body(town.REFUSED)["findings"][0]
    spoke = {"spoke": str(town.SHOP), "fate": "created", "changes": ["put hub half x (missing)"], "findings": [finding]}
    hub = {"hub": "prod-weu", "unread": None, "counts": {"created": 1, "unchanged": 0}, "spokes": [spoke]}
    app.says("POST sweep", {"networks": 7, "complete": True, "hubs": [hub]})
    ran = run("sweep", "--dry-run", app=app)
    assert (ran.status, app.bodies("POST sweep")) == (1, [{"dryRun": True}])
    told = f"prod-weu: 1 created\n  created: {town.SHOP}\n      put hub half x (missing)\n      OverlapsSpoke:"
    assert told in ran.out
