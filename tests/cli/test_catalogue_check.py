"""`python -m peering catalogue check`, and the version that the app tells."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from peering.cli.commands import main
from peering.core.catalogue.toml_table import EXAMPLE_ID
from peering.version import VERSION
from peering.web import api
from tests.builders import catalogue

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXAMPLE = ROOT / "hubs.example.toml"
SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
REAL = "a1b2c3d4-0000-4000-8000-000000000001"  # one that does not look made up
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
VNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/hub"


def check(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit status and output for a catalogue of this text, whose file is called hubs.toml."""
    file = folder / "hubs.toml"
    file.write_text(text, "utf-8")
    status = main(ROOT, ["catalogue", "check", str(file)])
    return status, capsys.readouterr().out.replace(str(file), "hubs.toml")


def test_the_example_as_it_is_is_refused_with_what_to_edit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ROOT, ["catalogue", "check", str(EXAMPLE)]) == 1
    assert capsys.readouterr().out.replace(str(EXAMPLE), "hubs.toml") == (
        "hubs.toml: hubs.prod-weu.vnet: is the example's network. "
        "Put the resource id of your hub's virtual network there.\n"
    )


def test_the_example_with_an_id_of_ones_own_is_summed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is left of it to edit are warnings."""
    status, shown = check(EXAMPLE.read_text("utf-8").replace(EXAMPLE_ID, REAL), tmp_path, capsys)
    assert status == 0
    assert [line.split(": ", 3)[:3] for line in shown.splitlines() if "warning" in line] == [
        ["hubs.toml", "warning", "hubs.prod-weu.contact"]
    ]
    assert "prod-weu: Spokes in West Europe\n" in shown
    assert "1 hub, chosen by the tag 'hub'" in shown
    assert "allowed    10.64.0.0/10\n" in shown
    assert "departure  remove the pair, 1440 minutes after its tag is gone\n" in shown


def test_rules_are_summed_up_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, shown = check(
        f"""
        [hubs.a]
        vnet = "{VNET}-a"
        forwarded_traffic = {{ hub = true, spoke = false }}
        departure = "keep"
        approval = [{{ decision = "accept", space = "10.96.0.0/12", region = "westeurope" }}, {{ decision = "hold" }}]
        approval_days = 14
        [hubs.b]
        vnet = "{VNET}-b"
        """,
        tmp_path,
        capsys,
    )
    assert status == 0
    assert "2 hubs" in shown
    assert "forwarded on at the hub and off at the spoke, access on" in shown
    assert "departure  keep the pair\n" in shown
    expected = "inside 10.96.0.0/12 in westeurope: at once; everything else: after a person's approval"
    assert f"approval   {expected}, within 14 days\n" in shown


DANGEROUS = f"""
[defaults]
grace_minutes = 0
[hubs.a]
vnet = "{VNET}-a"
regions = ["westeurop"]
""".replace(SUBSCRIPTION, REAL)


def test_warnings_follow_the_summary_and_are_no_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, shown = check(DANGEROUS, tmp_path, capsys)
    assert (status, shown.startswith("hubs.toml: 1 hub")) == (0, True)
    assert [line.split(": ")[:3] for line in shown.splitlines()[-2:]] == [
        ["hubs.toml", "warning", "hubs.a.regions"],
        ["hubs.toml", "warning", "defaults.grace_minutes"],
    ]


def test_strict_makes_warnings_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "hubs.toml"
    file.write_text(DANGEROUS, "utf-8")
    assert main(ROOT, ["catalogue", "check", "--strict", str(file)]) == 1
    assert [line.split(": ")[1] for line in capsys.readouterr().out.splitlines()] == [
        "hubs.a.regions",
        "defaults.grace_minutes",
    ]
    file.write_text(f'[hubs.a]\nvnet = "{VNET}"\nallowed_space = "10.64.0.0/10"\n'.replace(SUBSCRIPTION, REAL), "utf-8")
    assert main(ROOT, ["catalogue", "check", "--strict", str(file)]) == 0
    assert "warning: " not in capsys.readouterr().out


def test_every_fault_is_told_by_file_key_and_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f'[hubs.a]\nvnet = "{VNET}-a"\ngateway = "perhaps"\ngrace_minuts = 5\n[hubs.b]\nregions = []\n'
    status, shown = check(text, tmp_path, capsys)
    assert status == 1
    assert [line.split(": ", 2)[:2] for line in shown.splitlines()] == [
        ["hubs.toml", "hubs.a.gateway"],
        ["hubs.toml", "hubs.a.grace_minuts"],
        ["hubs.toml", "hubs.b.vnet"],
        ["hubs.toml", "hubs.b.regions"],
    ]
    assert "Did you mean 'grace_minutes'?" in shown


NO_CATALOGUES = [
    ("[hubs", "is not TOML"),
    ("", "names no hub"),
    (f"a = {'[' * 500}{']' * 500}", "is nested too deeply"),
    (f"a = {'[' * 100_000}", "is nested too deeply"),
    (f"[{'a.' * 5_000}a]", "is not known"),
    (f"a = {'{b=' * 500}1{'}' * 500}", "is nested too deeply"),
    (f"[tag.{'a.' * 50_000}a]", "is nested too deeply"),
    (f"a = {'9' * 5_000}", "is not TOML"),
    ("\x00", "is not TOML"),
]


@pytest.mark.parametrize(("text", "reason"), NO_CATALOGUES, ids=range(len(NO_CATALOGUES)))
def test_what_is_no_catalogue_is_a_fault(
    text: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, shown = check(text, tmp_path, capsys)
    assert (status, reason in shown) == (1, True)


def test_a_byte_order_mark_is_no_part_of_the_catalogue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Some editors write one at the beginning."""
    status, shown = check(f'\ufeff[hubs.a]\nvnet = "{VNET}"\n', tmp_path, capsys)
    assert (status, "1 hub" in shown) == (0, True)


def test_what_is_no_utf8_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "hubs.toml"
    file.write_bytes('tag = "ü"'.encode("utf-16"))
    assert main(ROOT, ["catalogue", "check", str(file)]) == 1
    assert "is not TOML" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ROOT, ["catalogue", "check", str(tmp_path / "none.toml")]) == 1
    assert "none.toml: (file): cannot be read" in capsys.readouterr().out


def test_the_command_imports_no_azure_sdk(tmp_path: Path) -> None:
    """It must run where the command line was installed and nothing else."""
    file = tmp_path / "hubs.toml"
    file.write_text(f'[hubs.a]\nvnet = "{VNET}"\n', "utf-8")
    source = (
        "import sys; sys.modules['azure'] = None; from peering.__main__ import run; "
        f"sys.argv = ['autopeer', 'catalogue', 'check', {str(file)!r}]; sys.exit(run())"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_its_libraries_the_command_line_says_what_to_install() -> None:
    """As in the deployed zip, which has none of them."""
    command = [sys.executable, "-S", "-m", "peering", "catalogue", "check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install '.[cli]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_the_command_line_needs_is_what_its_extra_installs() -> None:
    wanted = [each.partition(">")[0] for each in PROJECT["project"]["optional-dependencies"]["cli"]]
    found = {
        name
        for file in (ROOT / "peering" / "cli").glob("*.py")
        for name in re.findall(r"^(?:import|from) (\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    assert found - sys.stdlib_module_names - {"peering"} == set(wanted)


def test_the_version_is_that_of_the_project_and_of_the_latest_release() -> None:
    project = PROJECT["project"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    released = [line.split("[")[1].split("]")[0] for line in changes.splitlines() if line.startswith("## [")]
    assert next(version for version in released if version != "Unreleased") == VERSION == project["version"]


def test_the_version_is_shown_by_health_and_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert api.healthy(catalogue()).body["version"] == VERSION
    assert main(ROOT, ["--version"]) == 0
    assert capsys.readouterr().out == f"Autopeer {VERSION}\n"
