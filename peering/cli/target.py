"""Which app is asked, and as whom: by an option, by a variable, or by the ready file of a local Azure."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from peering.cli.failures import Misused, Unreachable

READY = Path(".local") / "ready.json"
"""Where a local Azure says how to reach it, below the project's folder (docs/local-azure.md, The ready file)."""

_NOTHING_SET = (
    "Which app? Set AUTOPEER_APP to its address (https://<name>.azurewebsites.net) and AUTOPEER_KEY to a function key, "
    "or give --app and --key. For a local Azure, start one: make local."
)
_SPACE = re.compile(r"\s")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Target:
    """An app: where it is, what to say to be let in, and, for a local one, whose certificates to trust."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_local: bool = False
    ca: str | None = None

    @property
    def is_loopback(self) -> bool:
        return urlsplit(self.url).hostname in _LOOPBACK

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options and the variables say of the app."""

    app: str | None = None
    key: str | None = None
    audience: str | None = None
    local: bool = False


def find(wish: Wish, folders: list[Path], token: Callable[[str], str]) -> Target:
    """The app that is meant. `folders` may have a ready file, the first that has one counts; `token` asks Entra.

    Raises:
        Misused: none is named, or not so that it can be used.
        Unreachable: there is no local Azure, and one was asked for.
    """
    if wish.app and not wish.local:
        return Target(_address(wish.app), _proof(wish, token))
    for folder in folders:
        if (file := folder / READY).is_file():
            return _from_ready_file(file, wish.key)
    if wish.local:
        raise Unreachable(f"No local Azure runs: there is no {folders[-1] / READY}. Start one: make local.")
    raise Misused(_NOTHING_SET)


def _address(text: str) -> str:
    """The address without a path; a bare host name means https."""
    full = text.strip() if "://" in text else f"https://{text.strip()}"
    wrong = f"{text[:100]!r} is no address of an app: write https://<name>.azurewebsites.net."
    try:
        parts = urlsplit(full)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not _SPACE.search(full)
    except ValueError as error:
        raise Misused(wrong) from error
    if not usable:
        raise Misused(wrong)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise Misused(f"{text[:100]!r} would send your key for all to read: write https.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/api')}"


def _proof(wish: Wish, token: Callable[[str], str]) -> dict[str, str]:
    """Either is enough, and an app behind Entra that also wants keys gets both."""
    proof = {"x-functions-key": wish.key} if wish.key else {}
    if wish.audience:
        proof["Authorization"] = f"Bearer {token(wish.audience)}"
    return proof


def _from_ready_file(file: Path, key: str | None) -> Target:
    try:
        ready = json.loads(file.read_text("utf-8"))
        proof = {"x-functions-key": key or ready["appKey"]} if key or ready["appKey"] else {}
        return Target(_address(ready["app"]), proof, is_local=True, ca=ready.get("ca"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Misused(
            f"{file} is no ready file of a local Azure: {error}. Remove it, and start one: make local."
        ) from error
