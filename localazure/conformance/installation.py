"""Puts each client into a folder of its own under `.local/conformance`: their packages would fight with the app's."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".local" / "conformance"
_ALONE = ("--no-deps",)
_OWN_UV = ROOT / ".tools" / "bin" / "uv"


class InstallationFailed(RuntimeError):
    """A client could not be installed; the message has the line to repeat and what it said."""


def python_packages(name: str, *packages: str, read_only: bool = False) -> Path:
    """The `bin` of an environment that holds these packages; made on first use, and anew when they change.

    `read_only` is for packages that are read and never imported: they are taken alone, and not compiled.
    """
    venv, wanted = FOLDER / name / "venv", "\n".join(packages)
    mark = FOLDER / name / "installed"
    if not mark.exists() or mark.read_text("utf-8") != wanted:
        shutil.rmtree(venv, ignore_errors=True)
        run([sys.executable, "-m", "venv", *(["--without-pip"] if _uv() else []), str(venv)])
        _install(name, *packages, *(_ALONE if read_only else ()), compiled=not read_only)
        mark.write_text(wanted, "utf-8")
    return venv / "bin"


def add_python_packages(name: str, *packages: str) -> None:
    _install(name, *packages, compiled=True)


def _install(name: str, *packages: str, compiled: bool) -> None:
    python = str(FOLDER / name / "venv" / "bin" / "python")
    uv = _uv()
    pip = [uv, "pip", "install", "-p", python] if uv else [python, "-m", "pip", "install"]
    by_uv = ["--compile-bytecode"] if compiled else []
    by_pip = [] if compiled else ["--no-compile"]
    run([*pip, "-q", *(by_uv if uv else by_pip), *packages])


def node_packages(name: str, *packages: str) -> Path:
    """The folder whose `node_modules` holds these packages."""
    folder, wanted = FOLDER / name, "\n".join(packages)
    mark = folder / "installed"
    if not mark.exists() or mark.read_text("utf-8") != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true, "type": "module"}\n', "utf-8")
        npm = shutil.which("npm") or "npm"
        run([npm, "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder), *packages])
        mark.write_text(wanted, "utf-8")
    return folder


def run(command: Sequence[str]) -> None:
    """Raises InstallationFailed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())  # noqa: S603 - ours
    except OSError as error:
        raise InstallationFailed(f"{error}. Try it by hand: {shlex.join(command)}") from error
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-1500:]
        raise InstallationFailed(f"Try it by hand: {shlex.join(command)}\n{said}")


def _uv() -> str | None:
    """The one of `make setup`, which is quicker by far; without it pip does."""
    return str(_OWN_UV) if _OWN_UV.exists() else shutil.which("uv")


def _environment() -> dict[str, str]:
    return {**os.environ, "UV_SYSTEM_CERTS": "1"}
