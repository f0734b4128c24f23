"""The ready file: what a client must know of a local Azure, written whole once everything answers."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Ready:
    """The keys of docs/local-azure.md, by their own names there."""

    arm: str
    ca: str
    authority: str
    app: str
    appKey: str  # noqa: N815 - the key's name in the file
    storage: str
    page: str
    hubs: list[str]
    pids: dict[str, int]
    tenant: str
    subscription: str
    clientId: str  # noqa: N815 - the key's name in the file
    local: str
    appStorage: str = ""  # noqa: N815 - as above
    apps: list[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Put the file in place by a rename, so that a reader sees all of it or nothing. It has keys: for us alone."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{self.pids['up']}")
        part.touch(mode=0o600)
        part.write_text(json.dumps(asdict(self), indent=2) + "\n", "utf-8")
        part.replace(path)

    @classmethod
    def read(cls, path: Path) -> "Ready":
        return cls(**json.loads(path.read_text("utf-8")))


def is_of_another(path: Path) -> bool:
    """Whether it is of a local Azure that runs, and that is not this process's."""
    try:
        up = Ready.read(path).pids["up"]
        os.kill(up, 0)
    except (OSError, ValueError, TypeError, KeyError):
        return False
    return up != os.getpid()
