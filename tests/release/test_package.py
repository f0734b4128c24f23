"""The zip that is deployed: what is in it, what is not, and that it is the same every time."""

import re
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from peering.core.catalogue.toml_table import EXAMPLE_ID
from release.bytecode import BytecodeError, check_version
from release.dependencies import FOLDER, DependenciesError
from release.package import collect, complete, main

ROOT = Path(__file__).parents[2]
_MOST_BYTES = 1_200_000  # of the app itself, without its bytecode: read at each cold start, so keep it small
_SECRETS = re.compile(
    rb"AccountKey=[A-Za-z0-9+/=]{20,}|SharedAccessSignature=|[?&]sig=[A-Za-z0-9%]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY"
    rb"|client_secret\s*=\s*[\"'][^\"']+|eyJ[A-Za-z0-9_-]{20,}\.eyJ"
)

_TO_ZIP = """
import pathlib, sys
from release.package import collect, complete
sys.stdout.buffer.write(complete(collect(pathlib.Path(sys.argv[1])), {}).to_zip())
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """The sources of the app in a folder of their own, with a catalogue."""
    for name in ("function_app.py", "host.json", "requirements.txt", "hubs.example.toml"):
        shutil.copy(ROOT / name, tmp_path)
    edited = (ROOT / "hubs.example.toml").read_text("utf-8").replace(EXAMPLE_ID, "a1b2c3d4-0000-4000-8000-000000000001")
    (tmp_path / "hubs.toml").write_text(edited, "utf-8")
    shutil.copytree(ROOT / "peering", tmp_path / "peering", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def tracked(*arguments: str) -> set[str]:
    """Paths that git lists."""
    command = ["git", "ls-files", *arguments]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


def test_the_zip_holds_the_app_and_nothing_else(app: Path) -> None:
    content = collect(app).to_zip()
    names = zipfile.ZipFile(BytesIO(content)).namelist()
    assert {name.partition("/")[0] for name in names} == {
        "function_app.py",
        "host.json",
        "hubs.toml",
        "peering",
        "requirements.txt",
    }
    assert all(name.endswith(".py") for name in names if name.startswith("peering/"))
    assert [name for name in names if name.startswith(("peering/cli", "peering/shell"))] == []
    assert "peering/__main__.py" in names  # which says where the command line is
    assert len(content) < _MOST_BYTES


def test_what_lies_about_is_not_packed(app: Path) -> None:
    before = collect(app).to_zip()
    for litter in ("peering/__pycache__/a.cpython-313.pyc", "peering/core/old.pyc", "peering/.env", "peering/.a/b.py",
                   "local.settings.json", "notes.txt", "tests/test_a.py"):  # fmt: skip
        (app / litter).parent.mkdir(parents=True, exist_ok=True)
        (app / litter).write_text("litter")
    assert collect(app).to_zip() == before


def test_every_file_of_the_repository_is_packed_or_ignored() -> None:
    """`func` packs by .funcignore, we by a list: what the one deploys the other must deploy too."""
    packed = set(collect(ROOT, example=True).files) - {"hubs.toml"}
    known = tracked("--cached", "--others", "--exclude-standard")
    ignored = tracked("--cached", "--others", "--ignored", "--exclude-from=.funcignore")
    assert {name for name in known - ignored if (ROOT / name).exists()} - {"hubs.toml"} == packed


def test_no_secret_is_packed() -> None:
    found = {name: _SECRETS.findall(content) for name, content in collect(ROOT, example=True).files.items()}
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize("secret", [b"AccountKey=" + b"x" * 40, b"https://a/b?sv=1&sig=" + b"x" * 30])
def test_a_secret_would_be_found(secret: bytes) -> None:
    assert _SECRETS.search(secret)


def test_the_same_input_gives_the_same_bytes(app: Path) -> None:
    first = complete(collect(app), {}).to_zip()
    for path in sorted(app.rglob("*.py"), reverse=True):  # other times, other modes, another order on disk
        text = path.read_bytes()
        path.unlink()
        path.write_bytes(text)
        path.chmod(0o755)
    command = [sys.executable, "-c", _TO_ZIP, str(app)]
    abroad = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    elsewhere = subprocess.run(command, cwd=ROOT, env=abroad, capture_output=True, check=True)
    assert elsewhere.stdout == first


def no_packages(_root: Path, python: str) -> dict[str, bytes]:
    """In place of a download."""
    return {f"{FOLDER}/needed.py": f"PYTHON = '{python}'".encode()}


def test_the_command_tells_size_and_files(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = app / "out" / "app.zip"
    assert main(["--out", str(out)], app, no_packages) == 0
    shown = capsys.readouterr().out
    assert f"{FOLDER}: 1 files of the packages in requirements.txt" in shown
    assert {f"{FOLDER}/needed.py", f"{FOLDER}/__pycache__/needed.cpython-313.pyc"} <= set(
        zipfile.ZipFile(out).namelist()
    )
    assert f"{out}  {out.stat().st_size:,} bytes  sha256 " in shown
    assert re.search(r"^ +[\d,]+  peering/core/decision/verdict.py$", shown, re.MULTILINE)
    assert "warning" not in shown


def test_without_a_catalogue_nothing_is_packed(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "hubs.toml").unlink()
    assert main(["--out", str(app / "app.zip")], app, no_packages) == 1
    assert "copy hubs.example.toml" in capsys.readouterr().err
    assert not (app / "app.zip").exists()


def test_the_example_as_it_is_is_not_packed_as_a_catalogue(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(app / "hubs.example.toml", app / "hubs.toml")
    assert main(["--out", str(app / "app.zip"), "--example"], app, no_packages) == 1
    assert "hubs.toml: hubs.prod-weu.vnet: is the example's network. Put" in capsys.readouterr().err
    assert not (app / "app.zip").exists()


def test_of_a_release_the_example_takes_the_place_of_the_catalogue(
    app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (app / "hubs.toml").unlink()
    assert main(["--out", str(app / "app.zip"), "--example"], app, no_packages) == 0
    assert "warning: there is no hubs.toml" in capsys.readouterr().out
    packed = zipfile.ZipFile(app / "app.zip").read("hubs.toml")
    assert packed == (app / "hubs.example.toml").read_bytes()


def test_a_catalogue_with_faults_is_refused_by_file_and_key(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "hubs.toml").write_text('[hubs.weu]\nvnet = "nowhere"\ngateway = "perhaps"\n')
    assert main(["--out", str(app / "app.zip")], app) == 1
    said = capsys.readouterr().err
    assert f"{app / 'hubs.toml'}: hubs.weu.vnet: " in said
    assert f"{app / 'hubs.toml'}: hubs.weu.gateway: should be one of auto, required, never" in said
    assert not (app / "app.zip").exists()


def test_the_catalogue_of_another_environment_is_packed_too(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name that AUTOPEER_CATALOGUE has in azd's environment, whose variables its hooks are given."""
    (app / "hubs.toml").rename(app / "hubs.prod.toml")
    monkeypatch.setenv("AUTOPEER_CATALOGUE", "hubs.prod.toml")
    assert main(["--out", str(app / "app.zip")], app, no_packages) == 0
    assert "hubs.prod.toml" in zipfile.ZipFile(app / "app.zip").namelist()


@pytest.mark.parametrize("named", ["hubs.prd.toml", "../hubs.toml", "/etc/hubs.toml"])
def test_a_catalogue_that_would_not_be_in_the_package_is_refused(
    app: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    (app.parent / "hubs.toml").write_bytes((app / "hubs.toml").read_bytes())
    monkeypatch.setenv("AUTOPEER_CATALOGUE", named)
    assert main(["--out", str(app / "app.zip")], app, no_packages) == 1
    assert "Nothing was packed" in capsys.readouterr().err
    assert not (app / "app.zip").exists()


def test_an_app_that_lacks_a_file_is_refused(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "host.json").unlink()
    assert main(["--out", str(app / "app.zip")], app) == 1
    assert "host.json: No such file or directory" in capsys.readouterr().err


def test_without_its_packages_nothing_is_packed(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def unreachable(_root: Path, _python: str) -> dict[str, bytes]:
        raise DependenciesError("The index does not answer.")

    assert main(["--out", str(app / "app.zip")], app, unreachable) == 1
    assert capsys.readouterr().err == "The index does not answer.\nNothing was packed.\n"
    assert not (app / "app.zip").exists()


def test_a_module_that_cannot_be_compiled_is_named(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "peering" / "broken.py").write_text("def f(:\n")
    assert main(["--out", str(app / "app.zip")], app, no_packages) == 1
    assert "peering/broken.py" in capsys.readouterr().err


def test_another_python_than_the_apps_is_refused() -> None:
    """It would make bytecode that Azure's cannot read, and nobody would be told."""
    with pytest.raises(BytecodeError, match=r"the app runs on 3\.9"):
        check_version("3.9")
