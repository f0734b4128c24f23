"""Which app is asked, and as whom: options before variables, variables before a local Azure."""

import json
from pathlib import Path

import pytest

from peering.cli.tools import Trouble
from tests.cli.fake_app import FakeApp
from tests.cli.running import run
from tests.cli.test_estate_commands import FakeTools

FILE = Path(".local") / "ready.json"


def ready(folder: Path, **keys: str) -> Path:
    file = folder / FILE
    file.parent.mkdir()
    file.write_text(json.dumps(keys), "utf-8")
    return folder


def headers(app: FakeApp) -> dict[str, str]:
    return {name.lower(): value for name, value in app.asked[0].headers.items()}


@pytest.fixture
def hubs(app: FakeApp) -> FakeApp:
    app.says("GET hubs", {"value": []})
    return app


def test_nothing_set_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("hubs")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("Which app? Set AUTOPEER_APP to its address")


def test_an_option_goes_before_a_variable(hubs: FakeApp) -> None:
    ran = run("hubs", "--app", hubs.url, "--key", "mine", AUTOPEER_APP="https://elsewhere.invalid", AUTOPEER_KEY="not")
    assert (ran.status, headers(hubs)["x-functions-key"]) == (0, "mine")


@pytest.mark.parametrize("end", ["", "/", "/api", "/api/"])
def test_an_address_may_end_as_people_copy_it(hubs: FakeApp, end: str) -> None:
    assert run("hubs", "--app", f"{hubs.url}{end}").status == 0


BAD = ["ftp://somewhere", "https://", "http://app.example", "https://a:99999", "not an address"]


@pytest.mark.parametrize("address", BAD)
def test_what_is_no_address_is_not_asked(address: str) -> None:
    ran = run("hubs", "--app", address, "--key", "secret-key")
    assert (ran.status, repr(address) in ran.err) == (2, True)
    assert "secret-key" not in ran.err


def test_a_local_azure_is_found_here(hubs: FakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ready(tmp_path, app=hubs.url, appKey="local-key"))
    assert run("hubs").status == 0
    assert headers(hubs)["x-functions-key"] == "local-key"


def test_a_local_azure_is_found_in_the_clone(hubs: FakeApp, tmp_path: Path) -> None:
    assert run("hubs", root=ready(tmp_path, app=hubs.url, appKey="")).status == 0
    assert "x-functions-key" not in headers(hubs)  # of func start, which wants none


def test_local_goes_before_the_variables(hubs: FakeApp, tmp_path: Path) -> None:
    folder = ready(tmp_path, app=hubs.url, appKey="local-key")
    ran = run("hubs", "--local", root=folder, AUTOPEER_APP="https://elsewhere.invalid")
    assert ran.status == 0


def test_no_local_azure_is_told(tmp_path: Path) -> None:
    ran = run("hubs", "--local", root=tmp_path)
    assert ran.status == 3
    assert ran.err == f"No local Azure runs: there is no {tmp_path / FILE}. Start one: make local.\n"


def test_a_broken_ready_file_is_told(tmp_path: Path) -> None:
    ran = run("hubs", root=ready(tmp_path, app="http://127.0.0.1:1"))
    assert ran.status == 2
    assert "is no ready file of a local Azure: 'appKey'" in ran.err


def test_a_local_azure_that_has_ended_is_told(tmp_path: Path) -> None:
    ran = run("hubs", root=ready(tmp_path, app="http://127.0.0.1:1", appKey="k"))
    assert ran.status == 3
    assert ran.err.startswith("http://127.0.0.1:1 cannot be reached: ")
    assert ran.err.endswith("start one with `make local`.\n")


def test_by_entra_a_token_is_sent(hubs: FakeApp) -> None:
    ran = run("hubs", "--app", hubs.url, "--audience", "api://autopeer", tools=FakeTools())
    assert (ran.status, headers(hubs)["authorization"]) == (0, "Bearer token for api://autopeer")
    assert "x-functions-key" not in headers(hubs)


class NobodyIsLoggedIn(FakeTools):
    def token(self, audience: str) -> str:  # noqa: ARG002 - as the others
        raise Trouble("Azure does not know who you are. Run az login, then try again.")


def test_who_is_not_logged_in_is_told(hubs: FakeApp) -> None:
    ran = run("hubs", app=hubs, AUTOPEER_AUDIENCE="api://autopeer", tools=NobodyIsLoggedIn())
    assert (ran.status, ran.err) == (2, "Azure does not know who you are. Run az login, then try again.\n")
    assert hubs.asked == []
