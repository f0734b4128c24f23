"""The host as a process of its own, as tests see it: HTTP in, log lines and queues out."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from azure.storage.queue import QueueClient, TextBase64DecodePolicy, TextBase64EncodePolicy

MASTER, FUNCTION, EVENT_GRID = "master-key", "function-key", "event-grid-key"
SAMPLE_APP = Path(__file__).parent / "sample_app"
ROOT = Path(__file__).parents[2]


def command(settings: Path, app_dir: Path = SAMPLE_APP) -> list[str]:
    return [sys.executable, "-m", "localazure.host", "--app-dir", str(app_dir), "--settings", str(settings)]


def environment() -> dict[str, str]:
    """A developer's environment, with a sign-in of their own that the app must not see."""
    keys = {"HOST_MASTER_KEY": MASTER, "HOST_FUNCTION_KEY": FUNCTION, "HOST_EVENTGRID_KEY": EVENT_GRID}
    own = {"AZURE_CLIENT_SECRET": "the developer's", "AUTOPEER_CATALOGUE": "elsewhere"}
    return {**os.environ, **keys, **own, "PYTHONPATH": str(ROOT)}


class Host:
    """A running host of the sample app."""

    def __init__(self, process: subprocess.Popen[str], url: str, storage: str) -> None:
        self.process = process
        self.storage = storage
        self.http = httpx.Client(base_url=url, timeout=10, trust_env=False)
        self.log: list[str] = []
        self._logged = threading.Condition()
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()

    def await_log(self, pattern: str, times: int = 1, within: float = 10) -> None:
        """Wait until `times` lines of the log match."""

        def seen() -> bool:
            return self.logged(pattern) >= times

        with self._logged:
            assert self._logged.wait_for(seen, within), f"{pattern!r} is not in the log:\n{''.join(self.log)}"

    def logged(self, pattern: str) -> int:
        """How many lines of the log match so far."""
        return sum(1 for line in self.log if re.search(pattern, line))

    def queue(self, name: str) -> QueueClient:
        encode, decode = TextBase64EncodePolicy(), TextBase64DecodePolicy()
        return QueueClient.from_connection_string(
            self.storage, name, message_encode_policy=encode, message_decode_policy=decode
        )

    def take(self, name: str) -> list[str]:
        """All messages of a queue, removed."""
        with self.queue(name) as queue:
            messages = list(queue.receive_messages(messages_per_page=32))
            for message in messages:
                queue.delete_message(message)
        return [message.content for message in messages]

    def stop(self) -> int:
        self.process.terminate()
        status = self.process.wait(10)
        self._reader.join(10)
        self.http.close()
        return status

    def _read_log(self) -> None:
        for line in self.process.stderr or ():
            with self._logged:
                self.log.append(line)
                self._logged.notify_all()


@contextmanager
def running_host(storage: str, folder: Path, **settings: str) -> Iterator[Host]:
    file = folder / "local.settings.json"
    values = {"AzureWebJobsStorage": storage, "INCOMING": "incoming", **settings}
    file.write_text(json.dumps({"Values": values}))
    pipe = subprocess.PIPE
    with subprocess.Popen(command(file), env=environment(), stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        host = Host(process, json.loads(line)["app"], storage)
        try:
            yield host
        finally:
            host.stop()
