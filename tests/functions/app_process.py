"""The function app as a process, run by the worker library over an Azurite of its own."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from azure.core.exceptions import ResourceExistsError
from azure.data.tables import TableClient
from azure.storage.queue import QueueClient

from localazure.azurite.launcher import running
from peering.settings import POISON_QUEUE, QUEUE
from tests.builders import HUB_ID, OTHER_HUB_ID
from tests.documented import documented
from tests.host.host_process import EVENT_GRID, FUNCTION, ROOT, Host, command, environment

OURS = "aaaaaaaa-0000-0000-0000-000000000001"
PASTED = "Zm9yIG5vYm9keQ+to/be/shown/anywhere=="
"""What somebody pasted into the wrong setting."""
CATALOGUE = f'[hubs.prod-weu]\nvnet = "{HUB_ID}"\n[hubs.neu]\nvnet = "{OTHER_HUB_ID}"\n'
BROKEN = '[hubs.prod-weu]\nvnet = "hub-weu"\ngateway = "sometimes"\n[hubs.unknown]\ncolour = 1\n'


class App:
    """What a caller, Event Grid and an operator can do to the app, and see of it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.await_log, self.logged = host.await_log, host.logged

    def call(self, method: str, path: str, key: str = FUNCTION, **rest: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        return self.host.http.request(method, path, headers={"x-functions-key": key}, **rest)

    def deliver(self, *events: object) -> httpx.Response:
        query = {"functionName": "on_network_event", "code": EVENT_GRID}
        kind = {"aeg-event-type": "Notification"}
        body = events[0] if len(events) == 1 else list(events)
        return self.host.http.post("/runtime/webhooks/EventGrid", params=query, json=body, headers=kind)

    def queue(self, name: str = QUEUE) -> QueueClient:
        client = QueueClient.from_connection_string(self.host.storage, name)
        try:
            client.create_queue()
        except ResourceExistsError:
            return client
        return client

    def take(self) -> list[dict[str, Any]]:
        """The requests on the queue, removed."""
        with self.queue() as queue:
            messages = list(queue.receive_messages(messages_per_page=32))
            for message in messages:
                queue.delete_message(message)
        return [json.loads(message.content) for message in messages]

    def send(self, body: str, queue: str = QUEUE) -> None:
        with self.queue(queue) as client:
            client.send_message(body)

    def bury(self, body: str) -> None:
        self.send(body, POISON_QUEUE)

    def await_messages(self, queue: QueueClient, number: int, within: float = 10) -> None:
        """Ask until the queue holds so many: the host deletes a message a moment after it has run the function."""
        end = time.monotonic() + within
        while (found := queue.get_queue_properties().approximate_message_count) != number:
            assert time.monotonic() < end, f"the queue holds {found} messages, not {number}"

    def unreadable(self) -> list[str]:
        """The messages that were laid aside."""
        with TableClient.from_connection_string(self.host.storage, "history") as table:
            return [row["body"] for row in table.query_entities("PartitionKey eq 'unreadable'")]


@contextmanager
def running_app(folder: Path, catalogue: str = CATALOGUE, **settings: str) -> Iterator[App]:
    """An app whose ARM nobody answers: what needs Azure itself is tested elsewhere."""
    hubs, file = folder / "hubs.toml", folder / "local.settings.json"
    hubs.write_text(catalogue, encoding="utf-8")
    nowhere = {"AUTOPEER_ARM_ENDPOINT": "https://127.0.0.1:1", "AUTOPEER_PRINCIPAL_ID": OURS}
    with running() as storage:
        usual = {"AUTOPEER_SWEEP_SCHEDULE": "0 0 3 * * *", "AUTOPEER_KEYS_MAY_OPERATE": "true"}
        values = {"AzureWebJobsStorage": storage, "AUTOPEER_CATALOGUE": str(hubs), **nowhere, **usual, **settings}
        file.write_text(json.dumps({"Values": values}))
        pipe = subprocess.PIPE
        started = subprocess.Popen(command(file, ROOT), env=environment(), stdout=pipe, stderr=pipe, text=True)
        with started as process:
            assert process.stdout
            line = process.stdout.readline()
            assert line, process.stderr and process.stderr.read()
            host = Host(process, json.loads(line)["app"], storage)
            host.http.event_hooks["response"].append(documented)
            try:
                yield App(host)
            finally:
                host.stop()
