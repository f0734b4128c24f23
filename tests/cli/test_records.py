"""`list`, `show` and `why`: which records they ask for, how a network is named, and what they say of it."""

import json

import pytest

from peering.core.record.document import record_body
from tests.cli import town
from tests.cli.fake_app import FakeApp, problem
from tests.cli.running import KEY, run


def test_all_filters_go_to_the_app(app: FakeApp) -> None:
    app.says("GET peerings", {"value": [], "next": None})
    filters = {"hub": "prod-weu", "state": "Refused", "code": "OverlapsHub", "subscription": "1", "sort": "-finished"}
    ran = run("list", *(f"--{name}={value}" for name, value in filters.items()), "--since", "2026-11-26", app=app)
    assert (ran.status, ran.out) == (0, "No record fits.\n")
    (asked,) = app.asked
    assert asked.query == {**filters, "since": "2026-11-26", "size": "1000"}
    assert asked.headers["x-functions-key"] == KEY


def test_a_list_goes_on_where_a_page_ends(app: FakeApp) -> None:
    first, second = (record_body(row) for row in town.ALL[:2])
    app.says("GET peerings", {"value": [first], "next": {"hub": "prod-weu", "token": "a/b"}})
    app.says("GET peerings", {"value": [second], "next": None})
    ran = run("list", "--hub", "prod-weu", "-o", "json", app=app)
    assert json.loads(ran.out) == {"value": [first, second]}
    assert app.asked[1].query == {"hub": "prod-weu", "token": "a/b"}


def test_a_limit_asks_for_no_more(app: FakeApp) -> None:
    app.says("GET peerings", {"value": [record_body(row) for row in town.ALL], "next": {"token": "a/b"}})
    ran = run("list", "--limit", "2", "-o", "json", app=app)
    assert len(json.loads(ran.out)["value"]) == 2
    assert [asked.query for asked in app.asked] == [{"size": "2"}]


def test_a_table_has_a_line_for_each(app: FakeApp) -> None:
    head, *lines = run("list", app=town.fill(app)).out.splitlines()
    assert head.split() == ["HUB", "SPOKE", "GROUP", "STATE", "CODE", "FINISHED"]
    assert [line.split()[:4] for line in lines] == [
        ["prod-weu", "shop", "rg-shop", "Connected"],
        ["prod-weu", "billing", "rg-billing", "Refused"],
        ["prod-weu", "search", "rg-search", "Pending"],
        ["prod-weu", "lab", "rg-lab", "AwaitingApproval"],
        ["prod-weu", "old", "rg-old", "Removed"],
    ]


def test_show_has_the_history(app: FakeApp) -> None:
    ran = run("show", "shop", app=town.fill(app))
    assert ran.status == 0
    assert "hub's half    autopeer-shop: allowVirtualNetworkAccess, allowForwardedTraffic" in ran.out
    assert "2026-11-22 12:00:00Z  Pending" in ran.out


WHY = [
    ("shop", 0, "shop at hub prod-weu: Connected for 3 hours, since 2026-11-23 12:10:00Z"),
    ("billing", 1, "Do: Choose an address space that is free: 10.7.0.0/24, 10.8.0.0/24."),
    ("search", 0, "The next look is in 2 minutes, at 2026-11-23 15:02:00Z: AnotherOperationInProgress."),
    ("lab", 0, "A person has to decide: `autopeer approve` or `autopeer refuse`."),
    ("BILLING", 1, "Its past, newest first:\n  2026-11-23 13:35:00Z  Refused  OverlapsSpoke\n"),
    (str(town.BILLING), 1, "OverlapsSpoke: 10.2.0.0/24 of billing overlaps"),
]


@pytest.mark.parametrize(("spoke", "status", "told"), WHY, ids=range(len(WHY)))
def test_why(app: FakeApp, spoke: str, status: int, told: str) -> None:
    rows = [row for row in town.ALL if spoke in (row.spoke.name, str(row.spoke))] if "/" in spoke else town.ALL
    ran = run("why", spoke, app=town.fill(app, *rows))
    assert (ran.status, told in ran.out) == (status, True), ran.out


def test_a_key_names_a_network_too(app: FakeApp) -> None:
    assert run("why", town.SHOP.key, app=town.fill(app)).out.startswith("shop at hub prod-weu: Connected")


def test_a_name_of_two_networks_is_asked_about(app: FakeApp) -> None:
    double = town.CONNECTED.__class__(hub="prod-weu", spoke=town.ELSEWHERE, state="Failed", asked=town.CONNECTED.asked)
    ran = run("why", "shop", app=town.fill(app, *town.ALL, double))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("2 networks are called 'shop'. Give the resource id of one:\n  /subscriptions/1111")
    assert str(town.ELSEWHERE) in ran.err


def test_a_name_that_nobody_has(app: FakeApp) -> None:
    ran = run("why", "nobody", app=town.fill(app))
    assert (ran.status, ran.err) == (1, "No record is of a network with the name 'nobody'. Give its resource id.\n")


def test_what_is_no_id_of_a_network_is_not_asked_about(app: FakeApp) -> None:
    ran = run("why", "/subscriptions/1/resourceGroups/a/providers/Microsoft.Web/sites/b", app=app)
    assert (ran.status, app.asked) == (2, [])
    assert ran.err.startswith("SPOKE: ")


def test_a_network_without_a_record_is_foreseen(app: FakeApp) -> None:
    app.says("GET peerings", {"value": [], "next": None})
    app.says("POST plan", {"verdict": "nothing to do", "hub": None, "findings": [], "writes": []})
    ran = run("why", str(town.SHOP), app=app)
    assert ran.status == 0
    assert "has no record: Autopeer has not heard of it. If it were looked at now:" in ran.out
    assert "verdict  nothing to do" in ran.out
    assert app.bodies("POST plan") == [{"spoke": str(town.SHOP)}]


def test_what_a_terminal_would_obey_is_not_printed(app: FakeApp) -> None:
    evil = record_body(town.CONNECTED) | {"who": "\x1b]0;owned\x07mallory\x9b2J", "history": []}
    app.says("GET peerings", {"value": [evil], "next": None})
    app.says(f"GET {town.path_of(town.CONNECTED)}", evil)
    ran = run("show", "shop", app=app)
    assert "]0;ownedmallory2J" in ran.out
    assert not set(ran.out) & {"\x1b", "\x07", "\x9b"}


def test_a_pair_that_was_cleared_away_meanwhile_is_told(app: FakeApp) -> None:
    said = problem("no-such-record", 404, "Hub 'prod-weu' has no record.")
    app.says("GET peerings", {"value": [record_body(town.CONNECTED)], "next": None})
    app.says(f"GET {town.path_of(town.CONNECTED)}", said.body, said.status)
    ran = run("show", "shop", app=app)
    assert (ran.status, ran.err) == (1, "Hub 'prod-weu' has no record.\n")
