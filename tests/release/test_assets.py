"""What a release publishes beside the zip: its digest, its notes, and the bill of materials."""

import hashlib
import json
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from peering.version import VERSION
from release.assets import NotReleasable, main, notes
from release.package import ROOT

CHANGELOG = "# Changes\n\n## [Unreleased]\n\n- Later.\n\n## [1.2.0] - 2026-01-02\n\n- Now.\n\n## [1.1.0]\n\n- Before.\n"


def test_the_notes_are_the_versions_own() -> None:
    assert notes(CHANGELOG, "1.2.0").startswith("- Now.\n\n## The files")
    assert "Before" not in notes(CHANGELOG, "1.2.0")
    assert "Later" not in notes(CHANGELOG, "1.2.0")


@pytest.mark.parametrize("version", ["1.3.0", "1.2", "1"])
def test_without_notes_there_is_no_release(version: str) -> None:
    with pytest.raises(NotReleasable, match=f"nothing under {version}"):
        notes(CHANGELOG, version)


def test_a_section_with_nothing_in_it_is_none() -> None:
    with pytest.raises(NotReleasable):
        notes("## [1.3.0]\n\n## [1.2.0]\n\n- Before.\n", "1.3.0")


def test_the_tag_must_be_the_versions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zip_file = tmp_path / "autopeer.zip"
    zip_file.write_bytes(b"zip")
    assert main(["--tag", "v99.0.0"], zip_file=zip_file) == 1
    assert f"The tag is v99.0.0, and peering/version.py says {VERSION}" in capsys.readouterr().err
    assert not (tmp_path / "notes.txt").exists()
    assert main(["--tag", f"v{VERSION}"], zip_file=zip_file) == 0
    assert "## The files" in (tmp_path / "notes.txt").read_text("utf-8")


def _make(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "UV_SYSTEM_CERTS": "1"}
    environment.pop("GH_TOKEN", None)
    done = subprocess.run(
        ["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def _packed(zip_file: Path) -> set[tuple[str, str]]:
    """The packages that lie in the zip, by the folders of their metadata."""
    with zipfile.ZipFile(zip_file) as archive:
        folders = {name.rsplit("/", 2)[-2] for name in archive.namelist() if name.endswith(".dist-info/METADATA")}
    return {_component(*folder.removesuffix(".dist-info").rsplit("-", 1)) for folder in folders}


def _component(name: str, version: str) -> tuple[str, str]:
    return re.sub(r"[-_.]+", "-", name).lower(), version


@pytest.mark.long
def test_make_release_makes_all_that_is_published() -> None:
    said = _make(ROOT, "release", f"TAG=v{VERSION}")
    assert said.startswith("0"), said
    dist = ROOT / "dist"
    digest, name = (dist / "autopeer.zip.sha256").read_text("utf-8").split()
    assert digest == hashlib.sha256((dist / name).read_bytes()).hexdigest()
    bill = json.loads((dist / "autopeer.cdx.json").read_text("utf-8"))
    own = bill["metadata"]["component"]
    assert (own["name"], own["version"], own["licenses"][0]["license"]["id"]) == ("autopeer", VERSION, "MIT")
    assert {_component(one["name"], one["version"]) for one in bill["components"]} == _packed(dist / name)
    assert str(ROOT) not in json.dumps(bill)
    assert (dist / "notes.txt").exists()


@pytest.mark.long
def test_make_workflows_finds_nothing_here() -> None:
    said = _make(ROOT, "workflows")
    assert said.startswith("0"), said


@pytest.mark.long
@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("workflows/check.yml", "persist-credentials: false", "fetch-depth: 1", "artipacked"),
        ("workflows/check.yml", "run: make demo", "run: echo ${{ github.head_ref }}", "template-injection"),
        ("workflows/release.yml", "timeout-minutes: 60", "timeout-minute: 60", "timeout-minute"),
        ("dependabot.yml", "interval: weekly", "interval: sometimes", "sometimes"),
        ("ISSUE_TEMPLATE/wish.yml", "type: textarea", "type: essay", "essay"),
    ],
)
def test_make_workflows_finds_a_fault(tmp_path: Path, file: str, old: str, new: str, fault: str) -> None:
    _clone(tmp_path)
    path = tmp_path / ".github" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    tools = ROOT / ".local" / "release"  # made by the test before
    said = _make(tmp_path, "-o", f"{tools}/.ready", "workflows", f"TOOLS={tools}")
    assert not said.startswith("0")
    assert fault in said


def _clone(folder: Path) -> None:
    """As much of a clone as is audited."""
    for name in ("Makefile", "requirements-release.lock", ".python-version"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    for path in (ROOT / ".github").rglob("*"):
        if path.is_file():
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
