"""Installs the pinned Azurite into `node_modules` beside this file, from the lock file and nothing else."""

import fcntl
import json
import logging
import subprocess
from pathlib import Path

from localazure.azurite.node import Node

FOLDER = Path(__file__).parent
SCRIPT = FOLDER / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"

_log = logging.getLogger("localazure.azurite")


class InstallationError(RuntimeError):
    """npm failed; the message holds what it said and the line to run by hand."""


def pinned_version() -> str:
    version: str = json.loads((FOLDER / "package.json").read_text())["dependencies"]["azurite"]
    return version


def installed_version() -> str | None:
    package = FOLDER / "node_modules" / "azurite" / "package.json"
    if not (package.exists() and SCRIPT.exists()):
        return None
    version: str = json.loads(package.read_text())["version"]
    return version


def ensure_installed(node: Node) -> None:
    """Install unless it is there. Safe when several processes do so at once: one installs, the others wait.

    Raises:
        InstallationError: npm could not.
    """
    if installed_version() == pinned_version():
        return
    with (FOLDER / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if installed_version() != pinned_version():
            _install(node)


def _install(node: Node) -> None:
    _log.info("Installing Azurite %s with npm; this takes some seconds, once.", pinned_version())
    command = [*node.npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)  # noqa: S603 - our own npm
    if done.returncode:
        raise InstallationError(
            f"npm could not install Azurite {pinned_version()}:\n{(done.stdout + done.stderr).strip()}\n"
            f"Try it by hand: cd {FOLDER} && npm ci"
        )
