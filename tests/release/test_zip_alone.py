"""The zip alone does the main job: unpacked elsewhere, with the packages that are in it and an empty environment.

The interpreter runs verbosely (`-v`), so that it tells itself from where each module came.
"""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import source_from_cache
from pathlib import Path

import pytest

from localazure.client.stage import stage
from peering.core.catalogue.toml_table import EXAMPLE_ID
from peering.version import VERSION
from release.dependencies import FOLDER, dependencies, find_uv
from release.package import VERSION as PYTHON
from release.package import collect, complete
from tests.e2e.town import WEU, visit, vnet_id

ROOT = Path(__file__).parents[2]
# A line's end is written after its text, so that another thread's line may come between the two.
_LOADED = re.compile(r"# code object from '?(?P<file>/[^'#\n]+?\.pyc?)(?![A-Za-z_/.-])")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    archive = folder.with_suffix(".zip")
    archive.write_bytes(complete(collect(ROOT, example=True), dependencies(ROOT, PYTHON)).to_zip())
    zipfile.ZipFile(archive).extractall(folder)
    return folder


@pytest.fixture(scope="module")
def python(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A verbose Python in an empty environment, which looks for packages where Azure's worker does.

    It writes no bytecode, as where the package is mounted to be read only.
    """
    folder = tmp_path_factory.mktemp("environment")
    executable = folder / "venv" / "bin" / "python"
    subprocess.run([find_uv(ROOT), "venv", "--python", sys.executable, str(folder / "venv")], check=True)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "packages.pth").write_text(f"{unpacked / FOLDER}\n")
    verbose = folder / "python"
    verbose.write_text(f'#!/bin/sh\nexec "{executable}" -v -B "$@"\n')
    verbose.chmod(0o755)
    return verbose


@pytest.mark.long
async def test_the_zip_alone_peers_a_tagged_network(unpacked: Path, python: Path) -> None:
    """With its own catalogue: the example, edited: for the hub of the scenario, and no longer only observed."""
    catalogue = unpacked / "hubs.toml"
    edited = catalogue.read_text("utf-8").replace(EXAMPLE_ID, WEU.split("/")[2])
    catalogue.write_text(edited.replace('mode = "observe"', 'mode = "enforce"'), "utf-8")
    options = ("--app-dir", str(unpacked), "--app-python", str(python), "--setting", "AUTOPEER_CATALOGUE=hubs.toml")
    async with stage(*options, "--latency", "none") as ready, visit(ready) as town:
        health = (await town.app.get("/api/health/details")).json()
        assert (health["version"], health["hubs"]) == (VERSION, ["prod-weu"])
        spoke = vnet_id("from-the-zip")
        await town.arm.put_vnet(spoke, "westeurope", ["10.64.0.0/24"], {"hub": "prod-weu"})
        await town.record(spoke, "Connected")
        assert (await town.half(WEU, spoke))["peeringState"] == "Connected"
        assert (await town.half(spoke, WEU))["peeringState"] == "Connected"
        assert await town.outcomes(spoke) == ["Autopeer.Spoke.Connected"]
        files = list(_loaded(Path(ready.ca).parent / "host.log"))
    assert [file for file in files if file.is_relative_to(unpacked) and file.suffix != ".pyc"] == []
    loaded = [Path(source_from_cache(file)) if file.suffix == ".pyc" else file for file in files]
    _came_from(loaded, "peering", unpacked)
    _came_from(loaded, "azure", unpacked / FOLDER)
    in_repository = [file for file in loaded if file.is_relative_to(ROOT)]
    assert {file.relative_to(ROOT).parts[2:4] for file in in_repository} == {
        ("host-path", "localazure"),
        ("host-path", "croniter"),
        ("host-path", "dateutil"),
    }


def _loaded(log: Path) -> Iterator[Path]:
    """The file that the code of every module came from: its bytecode, or its source where that was compiled."""
    for match in _LOADED.finditer(log.read_text("utf-8", errors="replace")):
        yield Path(match["file"])


def _came_from(loaded: list[Path], package: str, folder: Path) -> None:
    """The package was imported, and only from this folder."""
    files = [file for file in loaded if package in file.parts]
    assert files
    assert [file for file in files if not file.is_relative_to(folder)] == []
