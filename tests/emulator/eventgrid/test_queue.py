"""Delivery to a storage queue: the message, and a signature computed here by Microsoft's description."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET  # the input is our own

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from azure.storage.queue import QueueClient

from localazure.azurite.launcher import running
from localazure.emulator.eventgrid import EventGrid
from localazure.emulator.eventgrid.shared_key import StorageAccount
from localazure.emulator.identity import Authority

KEY = base64.b64encode(b"a key of sixteen").decode()
EVENT = {
    "id": "1",
    "topic": "/subscriptions/s",
    "subject": "a <b> & c",
    "eventType": "Microsoft.Resources.ResourceWriteSuccess",
    "eventTime": "2026-01-02T03:04:05Z",
    "data": {},
    "dataVersion": "2",
}


class QueueService:
    """Takes messages whose SharedKey signature is right; answers others 403 as Storage does."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    async def put(self, request: web.Request) -> web.Response:
        body = await request.read()
        if request.headers["Authorization"] != f"SharedKey account:{self.signature(request, body)}":
            return web.Response(status=403)
        self.messages.append(ET.fromstring(body).findtext("MessageText") or "")  # noqa: S314 - our own
        return web.Response(status=201)

    def signature(self, request: web.Request, body: bytes) -> str:
        sent = request.headers
        text = (
            f"POST\n\n\n{len(body)}\n\n{sent['Content-Type']}\n\n\n\n\n\n\n"
            f"x-ms-date:{sent['x-ms-date']}\nx-ms-version:{sent['x-ms-version']}\n"
            f"/account{request.path}"
        )
        key = base64.b64decode(KEY)
        return base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()


@pytest.fixture
def service() -> QueueService:
    return QueueService()


@pytest.fixture
async def connection_string(service: QueueService) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/account/events/messages", service.put)
    async with TestServer(app) as server:
        endpoint = f"{server.make_url('/account')}"
        yield f"AccountName=account;AccountKey={KEY};QueueEndpoint={endpoint}"


async def deliver(connection_string: str, **more: object) -> EventGrid:
    grid = EventGrid(Authority("7f58f1a2-6d84-4c3c-9d5e-0f4b1d2a3c11"))
    await grid.start()
    endpoint = {"type": "StorageQueue", "connectionString": connection_string, "queueName": "events"}
    retry = {"maxAttempts": 1}
    await grid.subscribe("queue", {"endpoint": {**endpoint, **more}, "retry": retry})
    grid.publish(EVENT)
    await grid.idle()
    await grid.close()
    return grid


async def test_one_event_is_one_message_in_base64(service: QueueService, connection_string: str) -> None:
    grid = await deliver(connection_string)
    assert json.loads(base64.b64decode(service.messages[0])) == EVENT
    assert not grid.dead_letters


async def test_plain_text_is_escaped_for_xml(service: QueueService, connection_string: str) -> None:
    await deliver(connection_string, encoding="none")
    assert json.loads(service.messages[0]) == EVENT


async def test_a_wrong_key_is_a_failed_delivery(service: QueueService, connection_string: str) -> None:
    wrong = base64.b64encode(b"another").decode()
    grid = await deliver(connection_string.replace(KEY, wrong))
    assert service.messages == []
    assert grid.dead_letters[0]["event"]["lastDeliveryOutcome"] == "Forbidden"


async def test_azurite_takes_the_signature_and_the_real_client_reads_the_message() -> None:
    with running() as connection_string, QueueClient.from_connection_string(connection_string, "events") as queue:
        queue.create_queue()
        grid = await deliver(connection_string)
        assert not grid.dead_letters
        [message] = queue.receive_messages()
    assert json.loads(base64.b64decode(message.content)) == EVENT


def test_connection_strings() -> None:
    emulator = StorageAccount.parse("UseDevelopmentStorage=true")
    assert emulator.queue_endpoint == "http://127.0.0.1:10001/devstoreaccount1"
    public = StorageAccount.parse(f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={KEY}")
    assert public.queue_endpoint == "https://a.queue.core.windows.net"
    assert KEY not in repr(public)
    assert "sixteen" not in repr(public)
    with pytest.raises(ValueError, match="no AccountName and no AccountKey"):
        StorageAccount.parse("BlobEndpoint=http://x")
