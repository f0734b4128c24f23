"""Tests that need `../shared`: left out and named in a clone alone, run beside it, missed where they are required."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
_TESTS = """
import pytest
from tests import shared

FILES = sorted(file.name for file in shared.folder("things").glob("*"))


@shared.needs("things")
def test_one() -> None:
    assert FILES == ["thing"]


@shared.needs("things")
@pytest.mark.parametrize("file", FILES)
def test_each(file: str) -> None:
    assert file == "thing"


def test_other() -> None:
    pass
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with nothing beside it, of three tests."""
    tests = tmp_path / "clone" / "tests"
    tests.mkdir(parents=True)
    for name in ("__init__.py", "conftest.py", "shared.py"):
        shutil.copy(ROOT / "tests" / name, tests)
    shutil.copy(ROOT / "pyproject.toml", tests.parent)
    (tests / "test_things.py").write_text(_TESTS, "utf-8")
    return tests.parent


def _run(clone: Path, shared: str = "") -> tuple[int, str]:
    environment = {**os.environ, "AUTOPEER_SHARED": shared, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no"]
    answer = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)
    return answer.returncode, answer.stdout


def test_a_clone_alone_passes_and_names_what_it_left_out(clone: Path) -> None:
    status, output = _run(clone)
    assert status == 0, output
    assert "1 passed, 2 skipped" in output
    (named,) = re.findall(r"^left out: (.*\n(?:  .*\n)+)", output, re.MULTILINE)
    assert named.splitlines() == [
        "2 tests, because ../shared/things is not beside this clone",
        "  tests/test_things.py::test_each",
        "  tests/test_things.py::test_one",
    ]


def test_an_empty_folder_is_as_good_as_none(clone: Path) -> None:
    (clone.parent / "shared" / "things").mkdir(parents=True)
    assert "1 passed, 2 skipped" in _run(clone)[1]


def test_beside_it_they_run_and_nothing_is_said(clone: Path) -> None:
    things = clone.parent / "shared" / "things"
    things.mkdir(parents=True)
    (things / "thing").touch()
    status, output = _run(clone, "required")
    assert status == 0, output
    assert "3 passed" in output
    assert "left out" not in output


def test_where_it_is_required_its_absence_is_a_failure(clone: Path) -> None:
    status, output = _run(clone, "required")
    assert status == 1
    assert "1 passed, 2 errors" in output
    assert "../shared/things is not beside this clone, and AUTOPEER_SHARED says that it is required." in output


def test_no_test_looks_for_it_by_another_way() -> None:
    """Else it would be left out unnamed, or pass where the folder is required."""
    others = [file for file in (ROOT / "tests").rglob("*.py") if file.name not in ("shared.py", "test_shared.py")]
    assert [str(file) for file in others if re.search(r'"(\.\./)?shared["/]', file.read_text("utf-8"))] == []


def test_it_is_required_here_and_not_of_a_clone() -> None:
    """GitHub's machines have what any clone has."""
    assert "export AUTOPEER_SHARED=required" in (ROOT / ".ci" / "run").read_text("utf-8")
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        assert "AUTOPEER_SHARED" not in str(yaml.safe_load(file.read_text("utf-8"))), file.name
