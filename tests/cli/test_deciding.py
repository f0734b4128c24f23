"""`approve`, `refuse`, `held`, `release`, `pause` and `resume`: a person's word, as the app gets it."""

from dataclasses import replace

import pytest

from peering.core.decision.pause import Pause
from peering.core.record.document import record_body
from peering.core.record.record import State
from peering.web.limits import pause_body
from tests.builders import NOON
from tests.cli import town
from tests.cli.fake_app import FakeApp
from tests.cli.running import run

PATH = town.path_of(town.AWAITING)


@pytest.fixture
def waiting(app: FakeApp) -> FakeApp:
    """The same network waits at one hub and is refused at another."""
    elsewhere = record_body(replace(town.REFUSED, hub="prod-neu", spoke=town.LAB))
    app.says("GET peerings", {"value": [record_body(town.AWAITING), elsewhere], "next": None})
    app.says(f"POST {PATH}/approve", record_body(town.AWAITING) | {"state": "Pending"}, 202)
    app.says(f"POST {PATH}/refuse", record_body(town.AWAITING) | {"state": "Refused"}, 202)
    return app


def test_an_approval_is_for_the_addresses_that_it_shows(waiting: FakeApp) -> None:
    ran = run("approve", "lab", "--reason", "change 4711", app=waiting)
    assert (ran.status, ran.out) == (0, "lab may join hub prod-weu with 10.4.0.0/24.\n")
    assert waiting.bodies(f"POST {PATH}/approve") == [{"prefixes": ["10.4.0.0/24"], "reason": "change 4711"}]


def test_whoever_has_seen_other_addresses_says_so(waiting: FakeApp) -> None:
    run("approve", "lab", "--prefix", "10.9.0.0/24", "--prefix", "10.10.0.0/24", app=waiting)
    assert waiting.bodies(f"POST {PATH}/approve") == [{"prefixes": ["10.9.0.0/24", "10.10.0.0/24"]}]


def test_an_approval_waits_for_the_pair(waiting: FakeApp) -> None:
    waiting.says(f"GET {PATH}", town.with_history(town.AWAITING))
    waiting.says(f"GET {PATH}", town.after(town.AWAITING, State.CONNECTED))
    ran = run("approve", "lab", "--wait", app=waiting)
    assert (ran.status, ran.out.splitlines()[0]) == (0, "lab at hub prod-weu: Connected")


def test_a_refusal_has_a_reason(waiting: FakeApp) -> None:
    assert run("refuse", "lab", app=waiting).status == 2
    ran = run("refuse", "lab", "--reason", "not in this region", app=waiting)
    assert (ran.status, ran.out) == (0, "lab is refused at hub prod-weu.\n")
    assert waiting.bodies(f"POST {PATH}/refuse") == [{"reason": "not in this region"}]


def test_where_nobody_waits_one_pair_has_to_be_named(waiting: FakeApp) -> None:
    """Several hubs, and none of them waits: the app could say nothing of a choice that we made."""
    rows = [record_body(replace(town.REFUSED, hub=hub, spoke=town.SHOP)) for hub in ("prod-weu", "prod-neu")]
    waiting.says("GET peerings", {"value": rows, "next": None})
    run("list", app=waiting)  # takes the first answer away
    ran = run("approve", "shop", app=waiting)
    assert (ran.status, ran.err) == (2, "shop has several records, at the hubs prod-neu, prod-weu. Give --hub.\n")


def test_held_shows_the_list_and_how_to_let_go_of_it(app: FakeApp) -> None:
    rows = [record_body(town.CONNECTED)]
    app.says("GET hubs/prod-weu/held", {"hub": "prod-weu", "digest": town.DIGEST, "count": 1, "value": rows})
    told = run("held", "prod-weu", app=app).out
    assert "prod-weu  shop   rg-shop  Connected" in told
    assert told.endswith(f"Let go of it: autopeer release prod-weu {town.DIGEST}\n")


def test_a_release_names_the_list(app: FakeApp) -> None:
    app.says("POST hubs/prod-weu/release", {"hub": "prod-weu", "digest": town.DIGEST, "count": 3, "value": []}, 202)
    ran = run("release", "prod-weu", town.DIGEST, app=app)
    assert (ran.status, ran.out) == (0, "Let go at hub prod-weu: 3 changes.\n")
    assert app.bodies("POST hubs/prod-weu/release") == [{"digest": town.DIGEST}]


PAUSES = [
    (("--everything",), {}),
    (("--hub", "prod-weu", "--until", "2026-11-24T08:00:00Z"), {"hub": "prod-weu", "until": "2026-11-24T08:00:00Z"}),
    (("--spoke", "shop"), {"spoke": str(town.SHOP)}),
]


@pytest.mark.parametrize(("typed", "sent"), PAUSES, ids=range(len(PAUSES)))
def test_a_pause_is_of_one_thing(app: FakeApp, typed: tuple[str, ...], sent: dict[str, str]) -> None:
    app.says("POST pause", pause_body(Pause(reason="why", who="ada", since=NOON)))
    ran = run("pause", *typed, "--reason", "why", app=town.fill(app))
    assert (ran.status, ran.out) == (0, "Paused: everything, until `autopeer resume`.\n")
    assert app.bodies("POST pause") == [{**sent, "reason": "why"}]


MISUSES = [
    (("pause", "--hub", "a", "--everything", "--reason", "x"), "one of them"),
    (("pause", "--everything"), "Give a --reason"),
    (("pause", "--reason", "x"), "What is to be paused?"),
    (("resume", "-o", "json"), "Which pause?"),
    (("sweep", "--start", "--dry-run"), "one of them"),
]


@pytest.mark.parametrize(("typed", "told"), MISUSES, ids=range(len(MISUSES)))
def test_half_a_command_is_not_sent(app: FakeApp, typed: tuple[str, ...], told: str) -> None:
    ran = run(*typed, app=app)
    assert (ran.status, app.asked, told in ran.err) == (2, [], True)


def test_pauses_are_listed(app: FakeApp) -> None:
    listed = [
        Pause(reason="change 4711", who="ada", since=NOON, hub="prod-weu"),
        Pause(reason="b", who="a", since=NOON),
    ]
    app.says("GET pause", {"value": [pause_body(each) for each in listed]})
    _, first, second = run("pause", app=app).out.splitlines()
    assert first.split() == ["prod-weu", "change", "4711", "ada", "2026-11-23", "12:00:00Z", "it", "is", "ended"]
    assert second.startswith("everything")


def test_resume_ends_one(app: FakeApp) -> None:
    app.says("DELETE pause", {"scope": "hub prod-weu", "ended": True})
    ran = run("resume", "--hub", "prod-weu", app=app)
    assert (ran.out, app.asked[0].query) == ("The pause of hub prod-weu is over.\n", {"hub": "prod-weu"})
