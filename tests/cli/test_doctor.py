"""`doctor`: each thing that can be wrong is told, with what to do, and ends the command as it should."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from peering.core.record.document import record_body
from peering.version import VERSION
from tests.builders import NOON
from tests.cli import town
from tests.cli.fake_app import FakeApp, Said
from tests.cli.running import run
from tests.cli.scenes import healthy


def checks(app: FakeApp) -> tuple[int, dict[str, Any]]:
    ran = run("doctor", "-o", "json", app=app)
    return ran.status, {each["check"]: each for each in json.loads(ran.out)["value"]}


def test_a_healthy_app(app: FakeApp) -> None:
    healthy(app)
    status, found = checks(app)
    assert (status, {each["health"] for each in found.values()}) == (0, {"ok"})
    assert found["roles"]["detail"] == "you may read, request, approve; not operate"
    assert {"storage tables", "storage queue", "arm", "events", "sweep", "clock"} <= found.keys()


def test_what_tries_the_roles_can_never_be_carried_out(app: FakeApp) -> None:
    healthy(app)
    run("doctor", app=app)
    assert [asked.body for asked in app.asked if asked.method != "GET"] == [{}, {}, {}]


def instead(app: FakeApp, route: str, body: dict[str, Any], status: int = 200) -> None:
    app._answers[route] = [Said(body, status)]


def _behind(app: FakeApp) -> None:
    app.date = NOON + timedelta(hours=3, seconds=-40)


def _far(app: FakeApp) -> None:
    app.date = NOON + timedelta(hours=4)


def _older(app: FakeApp) -> None:
    instead(app, "GET health", {"status": "ok", "version": "0.0.1"})


def _no_storage(app: FakeApp) -> None:
    check = {"check": "storage tables", "ok": False, "detail": "AuthorizationFailure", "milliseconds": 9}
    instead(app, "GET health/ready", {"checks": [check]}, 503)


def _no_role(app: FakeApp) -> None:
    row = record_body(town.REFUSED) | {"findings": [{"code": "AuthorizationFailed", "message": "m", "remedy": "r"}]}
    instead(app, "GET peerings", {"value": [row], "next": None})


def _no_event(app: FakeApp) -> None:
    instead(app, "GET peerings", {"value": [record_body(town.CONNECTED) | {"door": "sweep"}], "next": None})


def _no_sweep(app: FakeApp) -> None:
    instead(app, "GET sweep", {"latest": None, "lastComplete": None})


def _paused(app: FakeApp) -> None:
    instead(app, "GET pause", {"value": [{"scope": "everything"}]})


def _abandoned(app: FakeApp) -> None:
    instead(app, "GET peerings", {"value": [record_body(town.CONNECTED) | {"state": "Abandoned"}], "next": None})


ILLS: list[tuple[Callable[[FakeApp], None], str, str, int]] = [
    (_behind, "clock", "warn", 0),
    (_far, "clock", "fail", 1),
    (_older, "version", "warn", 0),
    (_no_storage, "storage tables", "fail", 1),
    (_no_role, "roles in Azure", "fail", 1),
    (_no_event, "events", "warn", 0),
    (_no_sweep, "sweep", "warn", 0),
    (_paused, "pauses", "warn", 0),
    (_abandoned, "abandoned", "fail", 1),
]


@pytest.mark.parametrize(("ill", "name", "health", "status"), ILLS, ids=[name for _, name, _, _ in ILLS])
def test_what_is_wrong(app: FakeApp, ill: Callable[[FakeApp], None], name: str, health: str, status: int) -> None:
    healthy(app)
    ill(app)
    ended, found = checks(app)
    assert (ended, found[name]["health"]) == (status, health), found[name]
    assert found[name]["remedy"]


def test_a_hub_that_cannot_be_read_and_one_that_is_full(app: FakeApp) -> None:
    healthy(app)
    whole = {"hub": "prod-weu", "toRelease": {"count": 2, "digest": town.DIGEST}, "unread": None}
    instead(app, "GET hubs/prod-weu", whole | {"peerings": {"free": 3, "most": 500}})
    text = run("doctor", app=app).out
    assert "3 of 500 peerings are free" in text
    assert "hub prod-weu: Look at them: autopeer held prod-weu" in text
    instead(app, "GET hubs/prod-weu", whole | {"unread": "no role", "peerings": {"free": None, "most": 500}})
    assert checks(app)[0] == 1


def test_who_is_not_let_in_is_told_that_alone(app: FakeApp) -> None:
    app.says("GET health", {"status": "ok", "version": VERSION})
    app.says("GET peerings", "", 401)
    status, found = checks(app)
    assert (status, list(found)) == (1, ["app", "access"])


def test_nobody_answers() -> None:
    ran = run("doctor", "--app", "http://127.0.0.1:1")
    assert (ran.status, "fail  app" in ran.out) == (1, True)
