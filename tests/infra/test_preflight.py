"""The hook before provisioning: faults stop it, and azd is told the hubs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.infra.bicep import ROOT

HUB = (
    "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks"
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone as azd sees it, with a program of azd's name that notes what it is called with."""
    for folder in ("infra", "peering"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    azd = tmp_path / "bin" / "azd"
    azd.parent.mkdir()
    azd.write_text(f'#!/bin/sh\nfor word in "$@"; do echo "$word"; done > {tmp_path}/told\n', "utf-8")
    azd.chmod(0o755)
    return tmp_path


def _run(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{clone}/bin:{os.environ['PATH']}"
    return subprocess.run(
        [sys.executable, "infra/preflight.py"],
        cwd=clone,
        env={"PATH": path, "AZURE_ENV_NAME": "prod", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _told(clone: Path) -> list[str]:
    return (clone / "told").read_text("utf-8").splitlines()


def test_azd_is_told_the_hubs_of_the_catalogue(clone: Path) -> None:
    (clone / "hubs.toml").write_text(f'[hubs.a]\nvnet = "{HUB}/hub-a"\n[hubs.b]\nvnet = "{HUB}/hub-b"\n', "utf-8")
    answer = _run(clone)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert _told(clone) == ["env", "set", "AUTOPEER_HUB_VNET_IDS", f"{HUB}/hub-a,{HUB}/hub-b"]


def test_hub_owners_may_grant_access_themselves(clone: Path) -> None:
    shutil.copy(ROOT / "hubs.example.toml", clone / "hubs.toml")
    assert _run(clone, AUTOPEER_GRANT_HUB_ACCESS="false").returncode == 0
    assert _told(clone)[:3] == ["env", "set", "AUTOPEER_HUB_VNET_IDS"]
    assert "".join(_told(clone)[3:]) == ""


def test_outside_azd_it_only_checks(clone: Path) -> None:
    shutil.copy(ROOT / "hubs.example.toml", clone / "hubs.toml")
    assert _run(clone, AZURE_ENV_NAME="").returncode == 0
    assert not (clone / "told").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ["hubs.toml", "copy hubs.example.toml"]),
        ('[hubs.a]\nvnet = "/subscriptions/1/virtualNetworks/a"\n', ["hubs.toml", "hubs.a.vnet"]),
        (f'[hubs.a]\nvnet = "{HUB}/hub-a"\ngatway = "auto"\n', ["hubs.toml", "hubs.a.gatway"]),
    ],
)
def test_a_fault_stops_azd_and_names_file_and_key(clone: Path, text: str | None, words: list[str]) -> None:
    if text is not None:
        (clone / "hubs.toml").write_text(text, "utf-8")
    answer = _run(clone)
    assert answer.returncode == 1
    assert [word for word in words if word not in answer.stderr] == [], answer.stderr
    assert not (clone / "told").exists()


@pytest.mark.parametrize("private", ["true", "True", "1"])
@pytest.mark.parametrize("delivery", ["", "queue"])
def test_private_storage_is_refused_while_events_go_into_its_queue(clone: Path, private: str, delivery: str) -> None:
    """Event Grid's user-assigned identity does not pass a storage firewall: every event would be lost."""
    shutil.copy(ROOT / "hubs.example.toml", clone / "hubs.toml")
    answer = _run(clone, AUTOPEER_PRIVATE_NETWORKING=private, AUTOPEER_DELIVERY=delivery)
    assert answer.returncode == 1
    for word in ("AUTOPEER_PRIVATE_NETWORKING", "azd env set AUTOPEER_DELIVERY function", "docs/deploy.md"):
        assert word in answer.stderr
    assert not (clone / "told").exists()


@pytest.mark.parametrize(("private", "delivery"), [("true", "function"), ("false", "queue"), ("0", ""), ("", "")])
def test_either_of_the_two_is_let_through(clone: Path, private: str, delivery: str) -> None:
    shutil.copy(ROOT / "hubs.example.toml", clone / "hubs.toml")
    answer = _run(clone, AUTOPEER_PRIVATE_NETWORKING=private, AUTOPEER_DELIVERY=delivery)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_faults_of_both_kinds_are_told_at_once(clone: Path) -> None:
    answer = _run(clone, AUTOPEER_PRIVATE_NETWORKING="true")
    assert "copy hubs.example.toml" in answer.stderr
    assert "AUTOPEER_PRIVATE_NETWORKING" in answer.stderr


def test_an_azd_whose_down_could_take_a_hubs_group_is_refused() -> None:
    """1.22.4 to 1.23.15 delete every resource group that the deployment names, and it names those of the hubs."""
    document = yaml.safe_load((ROOT / "azure.yaml").read_text("utf-8"))
    assert document["requiredVersions"] == {"azd": ">= 1.24.0"}
    assert "azd](https://aka.ms/azd) 1.24 or newer" in (ROOT / "docs/deploy.md").read_text("utf-8")


def test_azd_runs_it() -> None:
    document = yaml.safe_load((ROOT / "azure.yaml").read_text("utf-8"))
    assert document["hooks"]["preprovision"]["posix"]["run"] == "python3 infra/preflight.py"
    assert document["services"]["app"] == {"project": ".", "language": "py", "host": "function"}
