"""What requirements.txt names, as wheels for the machines of Azure, so that nothing is built or downloaded there.

Azure's own build would leave bytecode that is stale on arrival, and has been seen to run on another Python
(docs/decisions/0028-a-package-that-is-complete.md).
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

FOLDER = ".python_packages/lib/site-packages"
"""Where the worker looks for an app's packages, below the app."""

_PLATFORM = "x86_64-manylinux_2_28"  # the worker's image is a Debian that is newer
_FROM_WHEELS = ("--require-hashes", "--only-binary", ":all:", "--no-deps", "--link-mode", "copy", "--quiet")
_INSTALLERS_OWN = {"INSTALLER", "RECORD", "REQUESTED", ".lock"}  # not from the wheel, and read by nobody


class DependenciesError(Exception):
    """The packages cannot be had; the message says why."""


def dependencies(root: Path, python: str) -> dict[str, bytes]:
    """Every file of the packages, by its path in the zip. `python` is the version they are for, such as 3.13.

    Raises:
        DependenciesError: there is no uv, or it could not install them.
    """
    with tempfile.TemporaryDirectory() as name:
        target = Path(name)
        chosen = ("--python-platform", _PLATFORM, "--python-version", python, "--target", name)
        command = [find_uv(root), "pip", "install", *_FROM_WHEELS, *chosen, "-r", str(root / "requirements.txt")]
        environment = {"UV_SYSTEM_CERTS": "1", **os.environ}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise DependenciesError(f"The packages of requirements.txt cannot be had:\n{done.stderr}".rstrip())
        files = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if path.is_file()}
        return {f"{FOLDER}/{path}": files[path].read_bytes() for path in sorted(files) if _ships(path)}


def _ships(path: str) -> bool:
    """Commands (`bin/`) and types are for people who develop."""
    folder, _, file = path.rpartition("/")
    return folder != "bin" and file not in _INSTALLERS_OWN and not file.endswith((".pyi", ".pyc"))


def find_uv(root: Path) -> str:
    """The machine's uv or our own: as in the Makefile, one that is there may be a shim that does not run."""
    for uv in (shutil.which("uv"), str(root / ".tools" / "bin" / "uv")):
        if uv and _runs(uv):
            return uv
    raise DependenciesError("There is no uv. `make package` installs one.")


def _runs(uv: str) -> bool:
    try:
        return subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False
