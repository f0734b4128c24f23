"""Each mechanism has a test that fails when it is broken: it is broken here, in a copy, and the test is run.

A patch says in its first lines what it breaks and which test must fail. After a change to the mechanism it may not
apply any more: make it anew, or show that the fault cannot be made any more, and delete it.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("peering", "tests", "localazure", "pyproject.toml")
_LIMIT = 180  # seconds, on a busy machine: a mutant may well make a loop that never ends
_FAILED, _PASSED = 1, 0  # pytest's exit codes; 2 and more are no verdict of a test


@dataclass(frozen=True, slots=True)
class Mutant:
    """One patch: what it breaks, and the test that must fail."""

    patch: Path
    what: str
    test: str

    @classmethod
    def read(cls, patch: Path) -> "Mutant":
        found = re.match(r"Mutant: (.+)\nFails: (.+)\n\n", patch.read_text("utf-8"))
        assert found, f"{patch.name} should begin with a line 'Mutant: …', a line 'Fails: …' and an empty one"
        return cls(patch, found[1], found[2])


MUTANTS = [Mutant.read(patch) for patch in sorted(Path(__file__).parent.glob("*.patch"))]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project without what is installed into it."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "azurite"))
        else:
            shutil.copy(source, tmp_path / name)
    (tmp_path / "localazure" / "azurite").symlink_to(ROOT / "localazure" / "azurite")
    return tmp_path


def run(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-x", *tests]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_LIMIT, check=False
    )


def apply(mutant: Mutant, folder: Path) -> None:
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    command = ["git", "apply", "--whitespace=nowarn", str(mutant.patch)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{mutant.patch.name} does not apply any more, make it anew:\n{done.stderr}"


@pytest.mark.long
def test_the_tests_pass_without_a_mutant(copy: Path) -> None:
    done = run(copy, *dict.fromkeys(mutant.test for mutant in MUTANTS))
    assert done.returncode == _PASSED, done.stdout


@pytest.mark.long
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.patch.stem)
def test_a_mutant_is_caught(mutant: Mutant, copy: Path) -> None:
    apply(mutant, copy)
    done = run(copy, mutant.test)
    assert done.returncode == _FAILED, f"{mutant.test} does not notice that {mutant.what}:\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.patch.stem)
def test_a_patch_still_applies(mutant: Mutant) -> None:
    """Quick, so that whoever changes a mechanism hears of it at once."""
    checked = subprocess.run(
        ["git", "apply", "--check", str(mutant.patch)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, f"{mutant.patch.name} does not apply any more, make it anew:\n{checked.stderr}"
    assert (ROOT / mutant.test.partition("::")[0]).exists(), f"{mutant.patch.name} names a test that is not there"
