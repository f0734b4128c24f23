"""The bytecode in the zip is there for every module, and used, whatever becomes of the files' times on the way."""

import os
import re
import subprocess
import sys
import zipfile
from importlib.util import cache_from_source
from io import BytesIO
from pathlib import Path

import pytest

from release.package import collect, complete

ROOT = Path(__file__).parents[2]
_BY_HASH_UNCHECKED = 1  # the flags of PEP 552; 3 would be checked, 0 is by time
_LOADED = re.compile(r"# code object from '(?P<file>[^']+)'")


@pytest.fixture(scope="module")
def packed() -> dict[str, bytes]:
    return dict(complete(collect(ROOT, example=True), {}).files)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As an unzip leaves it: every file is as old as the moment."""
    folder = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(BytesIO(complete(collect(ROOT, example=True), {}).to_zip())).extractall(folder)
    return folder


@pytest.fixture
def app_by_times(tmp_path: Path) -> Path:
    with zipfile.ZipFile(BytesIO(collect(ROOT, example=True).to_zip())) as archive:
        archive.extractall(tmp_path)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "."], cwd=tmp_path, check=True)
    for path in tmp_path.rglob("*.py"):
        os.utime(path, (0, 0))
    return tmp_path


def imported(folder: Path) -> set[str]:
    """Files below the folder that Python made code objects of, relative to it."""
    program = "import function_app, peering.service.worker"
    command = [sys.executable, "-v", "-B", "-c", program]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    files = [Path(found["file"]) for found in _LOADED.finditer(done.stderr)]
    return {file.relative_to(folder).as_posix() for file in files if file.is_relative_to(folder)}


def test_every_module_has_its_bytecode_by_hash_and_unchecked(packed: dict[str, bytes]) -> None:
    modules = {cache_from_source(path) for path in packed if path.endswith(".py")}
    compiled = {path: content for path, content in packed.items() if path.endswith(".pyc")}
    assert compiled.keys() == modules
    assert {int.from_bytes(content[4:8], "little") for content in compiled.values()} == {_BY_HASH_UNCHECKED}
    assert not any(str(ROOT).encode() in content for content in compiled.values())


def test_python_takes_the_bytecode_and_compiles_nothing(unpacked: Path) -> None:
    files = imported(unpacked)
    assert len(files) > 50
    assert [file for file in files if not file.endswith(".pyc")] == []


def test_bytecode_that_goes_by_times_would_not_be_taken(app_by_times: Path) -> None:
    """What compileall makes of itself, after any way that does not keep times: the test above would see it."""
    assert [file for file in imported(app_by_times) if file.endswith(".pyc")] == []
