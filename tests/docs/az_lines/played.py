"""A shell block, played by bash itself, so that quotes, variables and nested calls mean what they would mean.

Nothing of it is run: there is no PATH, `az` only notes how it was called, and every other command answers one word.
"""

import re
import subprocess
import tempfile
from pathlib import Path

ID = "00000000-0000-0000-0000-000000000001"
RESOURCE = f"/subscriptions/{ID}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet"
_NAMED = re.compile(r"\$\{?([A-Z][A-Z0-9_]*)")
_PLACEHOLDER = re.compile(r"<[^<>\n|&;]+>|…")
_IDS = re.compile(r"(HUB|SPOKE|VNET|_ID)$")
_STAGE = """
az() { printf '%s\\0' "${BASH_LINENO[0]}" "$#" "$@" >> "$NOTES"; echo answer; }
command_not_found_handle() { echo answer; }
"""

type Call = tuple[int, tuple[str, ...]]


def calls(block: str) -> list[Call]:
    """Each call of `az`: the line of the block it stands in, from 0, and its words. A placeholder gets a value."""
    text = _PLACEHOLDER.sub("value", block)
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        environment = {name: sample(name) for name in _NAMED.findall(text)} | {"PATH": "/nowhere", "NOTES": str(notes)}
        command = ["/bin/bash", "--norc", "-c", f"{_STAGE}{text}"]
        subprocess.run(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False
        )
        words = notes.read_text("utf-8").split("\0")[:-1] if notes.exists() else []
    return list(_split(words))


def sample(name: str) -> str:
    """A value that a variable might have."""
    if name.endswith(("PRINCIPAL_ID", "CLIENT_ID")) or name == "SUBSCRIPTION":
        return ID
    return RESOURCE if _IDS.search(name) else "value"


def _split(notes: list[str]) -> list[Call]:
    found, rest = [], notes
    while rest:
        row, count = int(rest[0]), int(rest[1])
        found.append((row - 1 - _STAGE.count("\n"), tuple(rest[2 : 2 + count])))
        rest = rest[2 + count :]
    return found
