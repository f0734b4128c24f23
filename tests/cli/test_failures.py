"""What a command ends with, and says, when the app does not do what it is asked."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.cli.fake_app import FakeApp, problem
from tests.cli.running import run

ANSWERS = [
    ("problem", 401, "Sign in again.", 4, "does not know you (401). Sign in again."),
    ("html", 401, "", 4, "does not know you (401). Give a function key (--key or AUTOPEER_KEY), or sign in"),
    ("problem", 403, "This needs the app role Autopeer.Approve.", 4, "not let you (403). This needs the app role"),
    ("html", 403, "", 4, "does not let you (403). A role is missing, or a firewall."),
    ("problem", 404, "'neu' is no hub; the hubs are prod-weu.", 1, "'neu' is no hub; the hubs are prod-weu."),
    ("html", 404, "", 3, "is not Autopeer (404). Is it the address of the function app, without a path?"),
    ("html", 200, "", 3, "is not Autopeer (200)."),
    ("html", 302, "", 4, "sends on to https://login.example (302): it wants a sign-in."),
    ("problem", 400, "size is 'x'.", 2, "size is 'x'."),
    ("problem", 409, "The tag still names the hub. Remove it.", 1, "The tag still names the hub. Remove it."),
    ("problem", 422, "spoke is missing.", 2, "spoke is missing."),
    ("problem", 503, "Autopeer is not configured.", 3, "cannot answer (503). Autopeer is not configured."),
    ("html", 503, "", 3, "is not up (503). Wait a minute; then look whether the app runs."),
    ("html", 500, "", 3, "failed (500). Why is in Application Insights"),
]


@pytest.mark.parametrize(("kind", "answered", "detail", "status", "told"), ANSWERS, ids=range(len(ANSWERS)))
def test_an_answer_that_is_none(app: FakeApp, kind: str, answered: int, detail: str, status: int, told: str) -> None:
    body = problem("some-kind", answered, detail).body if kind == "problem" else "<html>Hello</html>"
    app.says("GET hubs", body, answered, Location="https://login.example")
    ran = run("hubs", app=app)
    assert (ran.status, ran.out, told in ran.err) == (status, "", True), ran.err


def test_every_fault_of_a_problem_is_told_once(app: FakeApp) -> None:
    faults = (("#/hub", "names no hub"), ("#/reason", "should say why"))
    said = problem("unusable", 422, "hub names no hub. There is more: 1 in errors.", *faults)
    app.says("POST pause", said.body, said.status)
    ran = run("pause", "--hub", "neu", "--reason", "x", app=app)
    assert ran.err == "hub names no hub. There is more: 1 in errors.\n  reason: should say why\n"


def test_an_older_app_is_told(app: FakeApp) -> None:
    ran = run("free", "prod-weu", app=app)
    assert ran.status == 3
    assert "Nothing is known at /api/free." in ran.err
    assert "may be older than this command line" in ran.err


def test_an_app_that_nobody_knows() -> None:
    ran = run("hubs", "--app", "https://autopeer.invalid", "--key", "k")
    assert ran.status == 3
    assert ran.err.startswith("https://autopeer.invalid cannot be reached: ")
    assert "Check the address (--app or AUTOPEER_APP)" in ran.err


@pytest.fixture
def untrusted() -> Iterator[str]:
    """A server whose certificate nobody knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_shake, args=(listening, context))
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def _shake(listening: socket.socket, context: ssl.SSLContext) -> None:
    taken, _ = listening.accept()
    with taken, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(taken, server_side=True).recv(1)


def test_a_certificate_that_nobody_knows(untrusted: str) -> None:
    ran = run("hubs", "--app", untrusted)
    assert ran.status == 3
    assert "If its CA is your company's, name its PEM file in SSL_CERT_FILE." in ran.err


@pytest.mark.parametrize(
    "typed", [["lst"], ["list", "--stat", "Failed"], ["list", "--state", "Fine"], ["show"], ["why"]]
)
def test_what_is_not_understood(app: FakeApp, typed: list[str]) -> None:
    ran = run(*typed, app=app)
    assert (ran.status, ran.out, app.asked) == (2, "", [])
    assert "Error: " in ran.err


def test_nothing_typed_is_help() -> None:
    ran = run()
    assert (ran.status, ran.out) == (2, "")
    for word in ("hubs", "why", "doctor", "catalogue", "Exit status"):
        assert word in ran.err


def test_a_question_that_is_broken_off_says_what_goes_on(app: FakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("peering.cli.app.App.get", interrupt)
    ran = run("hubs", app=app)
    assert (ran.status, ran.err.splitlines()[-1]) == (5, "Interrupted. What was asked for goes on without you.")


def test_it_works_from_any_folder(app: FakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app.says("GET hubs", {"value": []})
    assert run("hubs", app=app).out == "The catalogue has no hub.\n"
