"""The admin API: what needs the master key, and running functions by hand."""

import json

import pytest

from tests.host.host_process import FUNCTION, MASTER, Host

KEY = {"x-functions-key": MASTER}


def test_ping_needs_no_key(host: Host) -> None:
    assert host.http.get("/admin/host/ping").status_code == 200
    assert host.http.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/admin/host/status", "/admin/functions", "/admin/functions/take", "/admin/else"])
def test_all_else_needs_the_master_key(host: Host, path: str) -> None:
    assert host.http.get(path).status_code == 401
    assert host.http.get(path, headers={"x-functions-key": FUNCTION}).status_code == 401


def test_status(host: Host) -> None:
    assert host.http.get("/admin/host/status", headers=KEY).json()["state"] == "Running"


def test_functions_are_listed_with_their_bindings_and_without_disabled_ones(host: Host) -> None:
    listed = host.http.get("/admin/functions", headers=KEY).json()
    names = [function["name"] for function in listed]
    assert names == sorted(names)
    assert "take" in names
    assert "every_second" not in names
    take = host.http.get("/admin/functions/take", headers=KEY).json()
    assert take == listed[names.index("take")]
    trigger = next(b for b in take["config"]["bindings"] if b["type"] == "queueTrigger")
    assert trigger["queueName"] == "%INCOMING%"


@pytest.mark.parametrize(
    ("function", "given", "seen"),
    [
        ("take", "by hand", "by hand"),
        ("on_event", json.dumps({"id": "9", "data": {"by": "hand"}}), '"hand"'),
        ("yearly", None, "past_due"),
    ],
)
def test_function_is_run_by_hand(host: Host, function: str, given: str | None, seen: str) -> None:
    answer = host.http.post(f"/admin/functions/{function}", headers=KEY, json={"input": given})
    assert answer.status_code == 202
    host.await_log(f"Executed '{function}' .Succeeded")
    (message,) = host.take("seen")
    assert seen in message


def test_http_function_is_run_by_hand(host: Host) -> None:
    host.http.post("/admin/functions/enqueue", headers=KEY, json={"input": "from the admin API"})
    host.await_log("Executed 'take'")
    assert "from the admin API" in host.take("seen")[0]


@pytest.mark.parametrize(
    ("function", "body", "status"),
    [("missing", "{}", 404), ("take", "no json", 400), ("on_event", '{"input": "no event"}', 400)],
)
def test_what_cannot_be_run(host: Host, function: str, body: str, status: int) -> None:
    assert host.http.post(f"/admin/functions/{function}", headers=KEY, content=body).status_code == status
