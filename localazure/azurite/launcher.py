"""Starts Azurite: its command line, and the connection string of one that runs.

Azurite picks free ports when told 0 and prints each service's URL once it listens, so nothing has to be probed.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from localazure.azurite.installation import SCRIPT, ensure_installed
from localazure.azurite.node import find_node

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Azurite's account and key are well known and the same everywhere."""

_LISTENING = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at (\S+)")


class AzuriteFailedError(RuntimeError):
    """Azurite ended before it listened; the message holds what it said."""


@dataclass(frozen=True)
class Ports:
    """Ports on 127.0.0.1; 0 picks a free one."""

    blob: int = 0
    queue: int = 0
    table: int = 0


@dataclass
class Listening:
    """Collects the URLs from Azurite's output."""

    urls: dict[str, str] = field(default_factory=dict)

    def read(self, line: str) -> str | None:
        """Take a line of output; the connection string as soon as all three services listen."""
        found = _LISTENING.search(line)
        if found:
            self.urls[found.group(1)] = found.group(2)
        return self._connection_string() if len(self.urls) == 3 else None

    def _connection_string(self) -> str:
        endpoints = ";".join(f"{service}Endpoint={url}/{ACCOUNT}" for service, url in sorted(self.urls.items()))
        return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};{endpoints};"


def command(ports: Ports | None = None) -> list[str]:
    """The command line, once Azurite is installed. It keeps everything in memory and asks nothing of the internet.

    `--skipApiVersionCheck` because the SDKs speak a newer service version than Azurite knows by name.

    Raises:
        NodeMissingError, InstallationError: with the line that helps.
    """
    node = find_node()
    ensure_installed(node)
    ports = ports or Ports()
    flags = ["--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"]
    chosen = ["--blobPort", str(ports.blob), "--queuePort", str(ports.queue), "--tablePort", str(ports.table)]
    return [node.node, str(SCRIPT), *flags, *chosen]


@contextmanager
def running(ports: Ports | None = None) -> Iterator[str]:
    """An Azurite for the length of a `with`, as its connection string."""
    with subprocess.Popen(command(ports), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:  # noqa: S603 - the command above
        try:
            yield _await_listening(process)
        finally:
            process.terminate()
            process.communicate()


def _await_listening(process: subprocess.Popen[str]) -> str:
    listening, said = Listening(), []
    for line in process.stdout or ():
        said.append(line)
        if connection := listening.read(line):
            return connection
    raise AzuriteFailedError(f"Azurite ended before it listened:\n{''.join(said)}")
