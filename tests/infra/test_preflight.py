"""The hook before provisioning: faults stop it; and who grants the hubs is told which they are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from peering.core.catalogue.toml_table import EXAMPLE_ID
from tests.infra.bicep import ROOT

EXAMPLE = (ROOT / "hubs.example.toml").read_text("utf-8")

HUB = (
    "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks"
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone as azd sees it."""
    for folder in ("infra", "peering"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def _run(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "infra/preflight.py", *arguments],
        cwd=clone,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_hubs_of_the_catalogue_are_printed_for_the_loop_that_grants_them(clone: Path) -> None:
    (clone / "hubs.toml").write_text(f'[hubs.b]\nvnet = "{HUB}/hub-b"\n[hubs.a]\nvnet = "{HUB}/hub-a"\n', "utf-8")
    answer = _run(clone, "--hubs")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == f"{HUB}/hub-a\n{HUB}/hub-b\n"


def test_without_a_word_it_only_checks(clone: Path) -> None:
    (clone / "hubs.toml").write_text(EXAMPLE.replace(EXAMPLE_ID, "a1b2c3d4-0000-4000-8000-000000000001"), "utf-8")
    answer = _run(clone)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "hubs.toml: warning: hubs.prod-weu.contact: 'network@contoso.example' looks like an example" in answer.stdout
    assert answer.stdout.endswith("hubs.toml: 1 hubs, no faults.\n")
    assert "/subscriptions/" not in answer.stdout


def test_another_word_is_not_understood(clone: Path) -> None:
    answer = _run(clone, "--hub")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "--hubs" in answer.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ["hubs.toml", "copy hubs.example.toml"]),
        (EXAMPLE, ["hubs.toml", "hubs.prod-weu.vnet", "is the example's network. Put"]),
        ('[hubs.a]\nvnet = "/subscriptions/1/virtualNetworks/a"\n', ["hubs.toml", "hubs.a.vnet"]),
        (f'[hubs.a]\nvnet = "{HUB}/hub-a"\ngatway = "auto"\n', ["hubs.toml", "hubs.a.gatway"]),
    ],
)
def test_a_fault_stops_azd_and_names_file_and_key(clone: Path, text: str | None, words: list[str]) -> None:
    if text is not None:
        (clone / "hubs.toml").write_text(text, "utf-8")
    for arguments in ([], ["--hubs"]):  # a loop over half the hubs would look like one over all
        answer = _run(clone, *arguments)
        assert (answer.returncode, answer.stdout) == (1, "")
        assert [word for word in words if word not in answer.stderr] == [], answer.stderr


def test_an_azd_whose_down_could_take_a_hubs_group_is_refused() -> None:
    """1.22.4 to 1.23.15 delete every resource group that a deployment names; before 1.18 `.funcignore` is not read."""
    document = yaml.safe_load((ROOT / "azure.yaml").read_text("utf-8"))
    assert document["requiredVersions"] == {"azd": ">= 1.24.0"}
    assert "azd](https://aka.ms/azd) 1.24 or newer" in (ROOT / "docs/deploy.md").read_text("utf-8")


def test_azd_runs_it() -> None:
    document = yaml.safe_load((ROOT / "azure.yaml").read_text("utf-8"))
    assert document["hooks"]["preprovision"]["posix"]["run"] == "python3 infra/preflight.py"
    assert document["services"]["app"].items() >= {"project": ".", "host": "function"}.items()
