"""`python -m release.package [--out FILE] [--example]`: the zip that is deployed, and nothing that is not.

It is complete: the app, its packages and the bytecode of both, so that Azure runs the very bytes that were tested. The
same input gives the same bytes wherever the same Python packs: files in the order of their names, one fixed time, no
compression (whose output differs between versions of zlib).
"""

import argparse
import hashlib
import os
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from peering.catalogue_file import load_catalogue
from peering.core.catalogue.fault import Fault
from peering.core.catalogue.reader import CatalogueError
from release.bytecode import BytecodeError, bytecode, check_version
from release.dependencies import FOLDER, DependenciesError, dependencies

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = ROOT / "dist" / "autopeer.zip"
CATALOGUE, EXAMPLE = "hubs.toml", "hubs.example.toml"
_CATALOGUES = "hubs*.toml"  # one for each environment, if there are several
VERSION = (ROOT / ".python-version").read_text("utf-8").strip()
_FILES = ("function_app.py", "host.json", "requirements.txt")
_APP = "peering"
_AT_HOME = ("cli", "shell.py")  # the command line: it needs packages that are not deployed, and runs where people are
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
_READABLE = 0o100644 << 16  # an ordinary file, as Unix says it in the upper half of the attributes
_UNIX = 3


@dataclass(frozen=True)
class Package:
    """The deployed files by their path in the zip, and what its maker should know."""

    files: Mapping[str, bytes]
    warnings: tuple[str, ...] = ()

    def to_zip(self) -> bytes:
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(self.files):
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.create_system = _UNIX
                entry.external_attr = _READABLE
                archive.writestr(entry, self.files[name])
        return buffer.getvalue()


def collect(root: Path, named: str = "", *, example: bool = False) -> Package:
    """The app's own files. `named` is what AUTOPEER_CATALOGUE will say there, if anything.

    With `example`, and no catalogue, the example is packed in its place: for a release, which is nobody's yet. The app
    refuses it as long as nobody has put a catalogue there.

    Raises:
        CatalogueError: the catalogue has faults, or there is none.
        OSError: a file that belongs to the app is missing.
    """
    catalogues, warnings = _catalogues(root, named, example=example)
    files = {name: (root / name).read_bytes() for name in _FILES}
    files |= {path.relative_to(root).as_posix(): path.read_bytes() for path in _sources(root / _APP)}
    return Package(files | {name: path.read_bytes() for name, path in catalogues.items()}, warnings)


def _catalogues(root: Path, named: str, *, example: bool) -> tuple[dict[str, Path], tuple[str, ...]]:
    """Each by its path in the zip; the one that this environment uses has no faults."""
    found = {path.name: path for path in sorted(root.glob(_CATALOGUES)) if path.name != EXAMPLE}
    used = Path(os.path.normpath(named or CATALOGUE)).as_posix()
    if used.startswith(("/", "../")):
        raise CatalogueError(used, (Fault("AUTOPEER_CATALOGUE", "names a file outside of the package."),))
    if named or CATALOGUE in found or not example:
        load_catalogue(root / used)
        return found | {used: root / used}, ()
    warning = f"there is no {CATALOGUE}: {EXAMPLE} is packed in its place, and the app does nothing with it."
    return found | {CATALOGUE: root / EXAMPLE}, (warning,)


def complete(app: Package, packages: Mapping[str, bytes]) -> Package:
    """The app and what it needs, each module with its bytecode. Raises BytecodeError."""
    files = {**app.files, **packages}
    return replace(app, files={**files, **bytecode(files)})


def _sources(folder: Path) -> Iterator[Path]:
    """Every file below, but the command line, and what Python, an editor or a file browser leaves behind."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        ours = not any(part == "__pycache__" or part.startswith(".") for part in parts)
        if ours and parts[0] not in _AT_HOME and path.is_file() and path.suffix != ".pyc":
            yield path


type Install = Callable[[Path, str], Mapping[str, bytes]]


def main(arguments: Sequence[str] | None = None, root: Path = ROOT, install: Install = dependencies) -> int:
    parser = argparse.ArgumentParser(prog="python -m release.package", description="Make the zip that is deployed.")
    parser.add_argument("--out", type=Path, default=DEFAULT, help="default: dist/autopeer.zip")
    parser.add_argument("--example", action="store_true", help=f"pack {EXAMPLE} where there is no {CATALOGUE}")
    given = parser.parse_args(arguments)
    out: Path = given.out
    try:
        check_version(VERSION)
        app = collect(root, os.environ.get("AUTOPEER_CATALOGUE", ""), example=given.example)
        package = complete(app, install(root, VERSION))
    except CatalogueError as error:
        for fault in error.faults:
            sys.stderr.write(f"{error.source}: {fault.key}: {fault.reason}\n")
        sys.stderr.write("Nothing was packed: the app would not start with this catalogue.\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}. Nothing was packed: the app would lack it.\n")
        return 1
    except (BytecodeError, DependenciesError) as error:
        sys.stderr.write(f"{error}\nNothing was packed.\n")
        return 1
    content = package.to_zip()
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    sys.stdout.write(report(package, content, out))
    return 0


def report(package: Package, content: bytes, out: Path) -> str:
    """Size and digest of the zip, every file of the app, and the rest in a line each."""
    sizes = {name: len(package.files[name]) for name in sorted(package.files)}
    compiled = {name: sizes.pop(name) for name in list(sizes) if name.endswith(".pyc")}
    needed = {name: sizes.pop(name) for name in list(sizes) if name.startswith(FOLDER)}
    lines = [f"{out}  {len(content):,} bytes  sha256 {hashlib.sha256(content).hexdigest()}"]
    lines += [f"{size:>10,}  {name}" for name, size in sizes.items()]
    lines += [f"{sum(needed.values()):>10,}  {FOLDER}: {len(needed)} files of the packages in requirements.txt"]
    lines += [f"{sum(compiled.values()):>10,}  bytecode of {len(compiled)} modules, for Python {VERSION}"]
    lines += [f"warning: {warning}" for warning in package.warnings]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
