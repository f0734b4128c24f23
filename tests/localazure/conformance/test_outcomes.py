"""The rows of conformance are sound, and a client that differs is told from one that does not."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from localazure.conformance import installation
from localazure.conformance.clients import ALL
from localazure.conformance.clients.azure_cli import calls
from localazure.conformance.installation import InstallationFailed
from localazure.conformance.outcomes import Outcome, difference, expectations, judged
from localazure.conformance.table import differences, table

SCRIPTS = Path(installation.__file__).parent / "scripts"


def test_every_call_of_az_says_what_must_come_of_it() -> None:
    rows = calls()
    assert len(rows) >= 130
    assert {name for row in rows for name in row} == {"operation", "az", "gives", "refused", "within"}
    for row in rows:
        assert not {"gives", "refused"} <= set(row), row["az"]
        assert re.fullmatch(r"[a-z ]+(: .+)?", row["operation"])
        assert shlex.split(row["az"])


def test_scripts_do_the_operations_that_are_expected() -> None:
    told = "".join(path.read_text("utf-8") for path in SCRIPTS.glob("*story*"))
    named = set(re.findall(r'tell\("([^"]+)"', told))
    assert named <= set(expectations())
    assert set(expectations()) - named == {"half: nothing to change"}  # only Ansible has the idea


@pytest.mark.parametrize(
    ("wanted", "got", "different"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, ""),
        ({"a": 1}, {"b": 2}, "a is None, not 1"),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "a.b[1] is 3, not 2"),
        ([{"a": 1}], [{"a": 1, "b": 2}], ""),
        ([1], [1, 2], "the answer is [1, 2], not [1]"),
        ({"a": 1}, [], "the answer is []"),
        ("x", None, "the answer is None, not 'x'"),
    ],
)
def test_difference(wanted: object, got: object, different: str) -> None:
    assert difference(wanted, got) == different


@pytest.mark.parametrize(
    ("told", "different"),
    [
        ({"operation": "half: list", "got": {"names": ["to-spoke"]}}, ""),
        ({"operation": "half: list", "got": {"names": []}}, "names is [], not ['to-spoke']"),
        ({"operation": "half: list", "got": {"status": 404}}, "nothing of it was shown: {'status': 404}"),
        ({"operation": "half: list", "error": "TypeError"}, "TypeError"),
        ({"operation": "half: paint", "got": {}}, "this operation is not in operations.toml"),
    ],
)
def test_a_line_of_a_script_is_judged(told: dict[str, object], different: str) -> None:
    assert judged("it", told) == Outcome("it", str(told["operation"]), different)


def test_table_has_a_row_for_each_operation_and_a_column_for_each_client() -> None:
    one, two = ALL[0], ALL[1]
    outcomes = [
        Outcome(one.name, "half: read", "", "az x"),
        Outcome(one.name, "half: read", "", "az y"),
        Outcome(two.name, "half: read", "state is 1|2,\nnot 3"),
        Outcome(one.name, "half: list", ""),
    ]
    text = table(outcomes, [one, two], date(2026, 11, 25))
    assert "2026-11-25: 3 of 4 as they must be, 2 of them calls of az. Versions: " in text
    assert f"| operation | {one.name} | {two.name} |\n|---|---|---|\n| half: list | pass |  |\n" in text
    assert "| half: read | pass (2) | **differs** (1 of 1): state is 1/2, not 3 |\n" in text
    assert differences(outcomes) == [f"{two.name}, half: read: state is 1|2,\nnot 3"]


def test_a_failed_installation_says_which_line_to_repeat(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(installation, "FOLDER", tmp_path)
    failing = [sys.executable, "-c", "raise SystemExit('no such package')"]
    with pytest.raises(InstallationFailed, match=r"(?s)Try it by hand: .*python.*no such package"):
        installation.run(failing)
    with pytest.raises(InstallationFailed, match="no-such-program"):
        installation.run(["no-such-program"])


def test_packages_are_installed_once_and_anew_when_they_change(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(installation, "FOLDER", tmp_path)
    ran: list[str] = []
    monkeypatch.setattr(installation, "run", lambda command: ran.append(command[-1]))
    (tmp_path / "client").mkdir()
    for package in ("thing==1", "thing==1", "thing==2"):
        installation.python_packages("client", package)
    assert [each for each in ran if each.startswith("thing")] == ["thing==1", "thing==2"]


def test_scripts_are_python_that_compiles() -> None:
    assert subprocess.run([sys.executable, "-m", "compileall", "-q", str(SCRIPTS)], check=False).returncode == 0
