"""Custom topics and the control endpoint, the former asked by the real publisher client over https."""

import asyncio
import io
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from azure.core.credentials import AccessToken, AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, EventGridPublisherClient

from localazure.emulator.control.event_grid import EventGridControl
from localazure.emulator.eventgrid import EventGrid
from localazure.emulator.identity import Authority

TENANT = "7f58f1a2-6d84-4c3c-9d5e-0f4b1d2a3c11"
AUDIENCE = "https://eventgrid.azure.net"
CLOUD = {"id": "1", "source": "/autopeer", "type": "Autopeer.Connected", "specversion": "1.0"}
GRID_EVENT = {
    "id": "1",
    "subject": "s",
    "data": None,
    "eventType": "t",
    "eventTime": "2026-01-02T03:04:05Z",
    "dataVersion": "1",
}
POST = "/topics/outcomes/api/events?api-version=2018-01-01"

Client = TestClient[web.Request, web.Application]


class Credential:
    """A token credential over our authority, for the audience it was asked for."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        audience = scopes[0].removesuffix("/.default")
        return AccessToken(self._authority.issue(audience=audience), 2**31)


@pytest.fixture
def authority() -> Authority:
    return Authority(TENANT)


@pytest.fixture
async def grid(authority: Authority) -> AsyncIterator[EventGrid]:
    made = EventGrid(authority)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def client(grid: EventGrid) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes([*grid.arm_routes(), *EventGridControl(grid).routes()])
    async with TestClient(TestServer(app)) as made:
        yield made


@pytest.fixture
def bearer(authority: Authority) -> dict[str, str]:
    return {"Authorization": f"Bearer {authority.issue(audience=AUDIENCE)}"}


@pytest.fixture
async def publisher(
    grid: EventGrid, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EventGridPublisherClient]:
    """The client drops its constructor's `connection_verify`, so the CA is given by the environment."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    app = web.Application()
    app.add_routes(grid.arm_routes())
    runner = web.AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    # A client that was refused keeps its connection until its exception is collected: do not wait for it.
    loop, leave_within = asyncio.get_running_loop(), 0.05
    listener = await loop.create_server(runner.server, "127.0.0.1", ssl=context, ssl_shutdown_timeout=leave_within)
    port = listener.sockets[0].getsockname()[1]
    endpoint = f"https://127.0.0.1:{port}/topics/outcomes/api/events"
    with EventGridPublisherClient(endpoint, Credential(authority)) as made:
        yield made
    listener.close()
    await runner.cleanup()
    await listener.wait_closed()  # TLS connections end some turns of the loop after the client has left


async def test_the_real_client_publishes_cloud_events(publisher: EventGridPublisherClient, grid: EventGrid) -> None:
    event = CloudEvent(source="/autopeer", type="Autopeer.Connected", subject="vnet", data={"hub": "h"})
    await asyncio.to_thread(publisher.send, [event])
    [published] = grid.topics.log("outcomes").since(0)["events"]
    assert (published["id"], published["data"]) == (event.id, {"hub": "h"})


async def test_the_real_client_publishes_event_grid_events(
    publisher: EventGridPublisherClient, grid: EventGrid
) -> None:
    event = EventGridEvent(subject="vnet", event_type="Connected", data={}, data_version="1.0")
    await asyncio.to_thread(publisher.send, event)
    assert grid.topics.log("outcomes").since(0)["events"][0]["eventType"] == "Connected"


async def test_the_real_client_is_told_what_is_wrong(publisher: EventGridPublisherClient) -> None:
    with pytest.raises(HttpResponseError, match="unexpected property 'colour'") as refused:
        await asyncio.to_thread(publisher.send, [{"colour": "red"}])
    assert refused.value.status_code == 400


async def test_the_real_client_publishes_with_the_topics_key(
    publisher: EventGridPublisherClient, grid: EventGrid
) -> None:
    endpoint = publisher._client._endpoint  # type: ignore[attr-defined] # the class hides its inner client's type
    with EventGridPublisherClient(endpoint, AzureKeyCredential(grid.topics.key("Outcomes"))) as friend:
        await asyncio.to_thread(friend.send, CloudEvent(source="/x", type="t"))
    assert grid.topics.log("outcomes").since(0)["next"] == 1


async def test_another_topics_key_is_refused(client: Client, grid: EventGrid) -> None:
    response = await client.post(POST, json=[GRID_EVENT], headers={"aeg-sas-key": grid.topics.key("other")})
    assert response.status == 401
    assert "is not authorized" in (await response.json())["error"]["message"]


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("application/json", b"{", "is not JSON"),
        ("application/json", b"{}", "Expected: StartArray"),
        ("application/json", [{**GRID_EVENT, "sas_url": 1}], "unexpected property 'sas_url'"),
        ("application/json", [{**GRID_EVENT, "subject": ""}], "'subject' was not found or is empty"),
        ("application/json", [{**GRID_EVENT, "eventTime": "noon"}], "not an RFC 3339 time"),
        ("application/json", ["text"], "Expected a JSON object"),
        ("application/cloudevents-batch+json", [{**CLOUD, "specversion": "0.3"}], "must be '1.0'"),
        ("application/cloudevents-batch+json", [{**CLOUD, "source": None}], "'source' was not found"),
        ("application/cloudevents-batch+json", [{**CLOUD, "Hub_Name": "h"}], "lower-case letters or digits"),
        ("application/cloudevents-batch+json", [CLOUD, {**CLOUD, "data": 1, "data_base64": ""}], "not both"),
    ],
)
async def test_a_bad_event_refuses_the_whole_batch(
    client: Client, grid: EventGrid, bearer: dict[str, str], content_type: str, body: object, words: str
) -> None:
    headers = {**bearer, "Content-Type": content_type}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = await client.post(POST, headers=headers, data=data)
    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (400, "BadRequest")
    assert words in error["message"]
    assert error["details"][0]["code"] == "InputJsonInvalid"
    assert grid.topics.log("outcomes").since(0) == {"next": 0, "events": []}


async def test_other_refusals(client: Client, authority: Authority, bearer: dict[str, str]) -> None:
    arm = {"Authorization": f"Bearer {authority.issue()}"}
    for headers, status in (({}, 401), (arm, 401), ({**bearer, "Content-Type": "text/plain"}, 415)):
        response = await client.post(POST, json=[GRID_EVENT], headers=headers)
        assert response.status == status
    assert (await client.post(POST.partition("?")[0], json=[GRID_EVENT], headers=bearer)).status == 400
    big = io.BytesIO(json.dumps([{**GRID_EVENT, "data": "x" * 1024 * 1024}]).encode())
    too_large = await client.post(POST, data=big, headers={**bearer, "Content-Type": "application/json"})
    assert (too_large.status, (await too_large.json())["error"]["code"]) == (413, "RequestEntityTooLarge")


async def test_a_single_structured_cloud_event_is_taken(
    client: Client, grid: EventGrid, bearer: dict[str, str]
) -> None:
    headers = {**bearer, "Content-Type": "application/cloudevents+json"}
    response = await client.post(POST, json=CLOUD, headers=headers)
    assert (response.status, await response.read()) == (200, b"")
    assert grid.topics.log("OUTCOMES").since(0)["events"] == [{**CLOUD, "deliveries": []}]


async def test_events_are_read_from_a_number_on(client: Client, grid: EventGrid) -> None:
    for name in "abc":
        grid.publish({**GRID_EVENT, "id": name})
    first = await (await client.get("/control/events")).json()
    assert (first["next"], [one["id"] for one in first["events"]]) == (3, ["a", "b", "c"])
    rest = await (await client.get("/control/events?since=2")).json()
    assert [one["id"] for one in rest["events"]] == ["c"]
    assert (await (await client.get("/control/events?since=9")).json())["events"] == []
    assert (await client.get("/control/events?since=soon")).status == 400


async def test_subscriptions_are_put_read_and_removed(client: Client) -> None:
    endpoint = {"type": "StorageQueue", "connectionString": "UseDevelopmentStorage=true", "queueName": "q"}
    path = "/control/subscriptions/one"
    assert (await client.put(path, json={"endpoint": endpoint})).status == 201
    assert (await client.put(path, json={"endpoint": endpoint})).status == 200
    assert (await (await client.get(path)).json())["endpoint"] == endpoint
    listed = await (await client.get("/control/subscriptions")).json()
    assert [one["name"] for one in listed["subscriptions"]] == ["one"]
    assert (await client.delete(path)).status == 200
    assert [(await client.delete(path)).status, (await client.get(path)).status] == [404, 404]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "Event subscription 'one'"),
        ({}, "endpoint.type: 'None'"),
        ({"endpoint": {"type": "WebHook", "url": "ftp://x"}}, "not an http or https URL"),
        ({"endpoint": {"type": "WebHook", "url": "http://x"}, "schema": "Custom"}, "schema: 'Custom'"),
        ({"endpoint": {"type": "WebHook", "url": "http://x"}, "retry": {"maxAttempts": 31}}, "between 1 and 30"),
        ({"endpoint": {"type": "StorageQueue", "connectionString": "x"}}, "no AccountName"),
    ],
)
async def test_a_bad_subscription_is_refused(client: Client, body: object, words: str) -> None:
    response = await client.put("/control/subscriptions/one", json=body)
    assert response.status == 400
    assert words in (await response.json())["error"]["message"]


async def test_a_custom_topic_has_subscribers_of_its_own(
    client: Client, grid: EventGrid, bearer: dict[str, str]
) -> None:
    queue = {"type": "StorageQueue", "connectionString": "UseDevelopmentStorage=true", "queueName": "q"}
    await grid.subscribe("outcomes", {"endpoint": queue, "topic": "outcomes", "retry": {"maxAttempts": 1}})
    headers = {**bearer, "Content-Type": "application/cloudevents-batch+json"}
    await client.post(POST, json=[CLOUD], headers=headers)
    grid.publish(GRID_EVENT)
    [published] = (await (await client.get("/control/topics/Outcomes/events")).json())["events"]
    assert [one["subscription"] for one in published["deliveries"]] == ["outcomes"]
    assert grid.log.since(0)["events"][0]["deliveries"] == []


async def test_dead_letters_are_shown(client: Client, grid: EventGrid) -> None:
    grid.dead_letters.append({"subscription": "one", "event": GRID_EVENT})
    body = await (await client.get("/control/deadletters")).json()
    assert body == {"deadLetters": [{"subscription": "one", "event": GRID_EVENT}]}
