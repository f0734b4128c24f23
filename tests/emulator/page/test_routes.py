"""The page's routes and its data. What users can name reaches it as JSON and becomes text, never markup."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from localazure.emulator.eventgrid import EventGrid
from localazure.emulator.identity import Authority
from localazure.emulator.page import routes
from localazure.emulator.page.routes import MAX_NETWORKS, SHOWN

SUBSCRIPTION = "/subscriptions/11111111-1111-4111-8111-111111111111"
HOSTILE = '"><script>alert(1)</script>'

Client = TestClient[web.Request, web.Application]


def network_id(name: str) -> str:
    return f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/{name}"


def half(name: str, remote: str, **properties: object) -> dict[str, Any]:
    known = {"peeringState": "Connected", "peeringSyncLevel": "FullyInSync", "provisioningState": "Succeeded"}
    remote_body = {"remoteVirtualNetwork": {"id": remote}}
    return {"name": name, "properties": {**known, **remote_body, **properties}}


def network(name: str, *halves: dict[str, Any], **more: object) -> dict[str, Any]:
    space = {"addressPrefixes": ["10.64.0.0/24"]}
    properties = {"addressSpace": space, "provisioningState": "Succeeded", "virtualNetworkPeerings": halves}
    return {"id": network_id(name), "name": name, "location": "westeurope", "properties": properties, **more}


def with_gateway(body: dict[str, Any]) -> dict[str, Any]:
    gateway = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworkGateways/vpn"
    configuration = {"id": f"{gateway}/ipConfigurations/default"}
    body["properties"]["subnets"] = [{"name": "GatewaySubnet", "properties": {"ipConfigurations": [configuration]}}]
    return body


class Shown:
    """What the callable gives; a test fills it."""

    def __init__(self) -> None:
        self.networks: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []

    def view(self) -> dict[str, Any]:
        return {"networks": self.networks, "requests": self.requests}


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
async def grid() -> AsyncIterator[EventGrid]:
    made = EventGrid(Authority("7f58f1a2-6d84-4c3c-9d5e-0f4b1d2a3c11"))
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def client(shown: Shown, grid: EventGrid) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(routes(shown.view, grid))
    async with TestClient(TestServer(app)) as made:
        yield made


async def data(client: Client) -> dict[str, Any]:
    response = await client.get("/control/view")
    assert response.status == 200
    body = await response.json()
    assert isinstance(body, dict)
    return body


async def test_the_page_holds_everything_and_nothing_of_the_users(client: Client, shown: Shown) -> None:
    shown.networks = [network("secret-name", tags={"owner": HOSTILE})]
    response = await client.get("/")
    text = await response.text()
    assert response.content_type == "text/html"
    assert "secret-name" not in text
    assert HOSTILE not in text
    assert not re.search(r"(?:src|href)=\"(?!data:,|#)", text)
    assert "@import" not in text
    assert "url(" not in text


async def test_the_policy_allows_this_script_and_this_style_only(client: Client) -> None:
    response = await client.get("/")
    text, policy = await response.text(), response.headers["Content-Security-Policy"]
    for name in ("script", "style"):
        [inline] = re.findall(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\son\w+=|style=\"", text)


async def test_the_script_has_no_way_to_make_markup_of_a_text(client: Client) -> None:
    text = await (await client.get("/")).text()
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser"):
        assert way not in text


async def test_the_data_is_json_that_no_browser_takes_for_markup(client: Client, shown: Shown) -> None:
    shown.networks = [network("spoke", tags={"owner": HOSTILE})]
    response = await client.get("/control/view")
    assert response.content_type == "application/json"
    assert (await response.json())["networks"][0]["tags"] == {"owner": HOSTILE}


async def test_a_network_in_short(client: Client, shown: Shown) -> None:
    shown.networks = [with_gateway(network("hub", tags={"purpose": "hub"})), network("alone")]
    hub, alone = (await data(client))["networks"]
    assert (hub["name"], hub["group"], hub["gateway"], hub["hub"]) == ("hub", "rg", "vpn", True)
    assert (hub["prefixes"], hub["tags"]) == (["10.64.0.0/24"], {"purpose": "hub"})
    assert (alone["gateway"], alone["hub"], alone["peerings"], alone["tags"]) == (None, False, [], {})


async def test_halves_make_pairs_with_the_hub_first(client: Client, shown: Shown) -> None:
    to_spoke = half("to-a", network_id("a-spoke").upper(), allowGatewayTransit=True)
    to_hub = half("to-hub", network_id("hub"), useRemoteGateways=True, peeringState="Initiated")
    shown.networks = [network("a-spoke", to_hub), with_gateway(network("hub", to_spoke))]
    [pair] = (await data(client))["pairs"]
    assert (pair["hub"], pair["spoke"]) == (network_id("hub"), network_id("a-spoke"))
    assert pair["hubHalf"]["flags"] == ["offers its gateway"]
    assert (pair["spokeHalf"]["state"], pair["spokeHalf"]["name"]) == ("Initiated", "to-hub")


async def test_a_missing_half_is_null(client: Client, shown: Shown) -> None:
    shown.networks = [network("spoke", half("to-hub", network_id("hub"))), with_gateway(network("hub"))]
    [pair] = (await data(client))["pairs"]
    assert (pair["hubHalf"], pair["spokeHalf"]["name"]) == (None, "to-hub")


async def test_without_gateways_the_network_in_the_middle_is_the_hub(client: Client, shown: Shown) -> None:
    both = half("one", network_id("a")), half("two", network_id("b"))
    shown.networks = [
        network("a", half("x", network_id("z"))),
        network("b", half("x", network_id("z"))),
        network("z", *both),
    ]
    pairs = (await data(client))["pairs"]
    assert [one["hub"] for one in pairs] == [network_id("z")] * 2
    assert all(one["hubHalf"] and one["spokeHalf"] for one in pairs)


async def test_a_peering_to_a_network_that_is_not_here_is_drawn_too(client: Client, shown: Shown) -> None:
    shown.networks = [network("spoke", half("x", network_id("elsewhere")))]
    [pair] = (await data(client))["pairs"]
    assert {pair["hub"], pair["spoke"]} == {network_id("spoke"), network_id("elsewhere")}


async def test_many_networks_are_counted_and_some_of_them_shown(client: Client, shown: Shown) -> None:
    shown.networks = [network(f"n{number:04}") for number in range(MAX_NETWORKS + 5)]
    body = await data(client)
    assert (body["networkCount"], len(body["networks"])) == (MAX_NETWORKS + 5, MAX_NETWORKS)


async def test_requests_and_events_come_newest_first(client: Client, shown: Shown, grid: EventGrid) -> None:
    shown.requests = [{"n": number} for number in range(SHOWN + 2)]
    for number in range(SHOWN + 2):
        operation = {"operationName": "Microsoft.Network/virtualNetworks/write"}
        grid.publish({"id": str(number), "eventType": "t", "subject": network_id("a"), "data": operation})
    body = await data(client)
    assert [one["n"] for one in body["requests"]] == list(range(SHOWN + 1, 1, -1))
    assert [one["id"] for one in body["events"]] == [str(number) for number in range(SHOWN + 1, 1, -1)]
    assert body["eventCount"] == SHOWN + 2
    assert body["events"][0]["operation"] == "Microsoft.Network/virtualNetworks/write"


async def test_announcements_and_deliveries_are_shown_without_keys(client: Client, grid: EventGrid) -> None:
    storage = "AccountName=a;AccountKey=c2VjcmV0;QueueEndpoint=http://127.0.0.1:9/a"
    queue = {"type": "StorageQueue", "connectionString": storage, "queueName": "q"}
    await grid.subscribe("q", {"endpoint": queue, "topic": "outcomes", "retry": {"maxAttempts": 1}})
    event = {"id": "1", "source": "/a", "type": "Refused", "specversion": "1.0", "data": {"why": "é" * 500}}
    grid.publish_to("outcomes", event)
    await grid.idle()
    response = await client.get("/control/view")
    assert "c2VjcmV0" not in await response.text()
    body = await response.json()
    assert body["subscriptions"] == [{"name": "q", "to": "queue q", "topic": "outcomes"}]
    [line] = body["announcements"]["outcomes"]
    assert (line["type"], len(line["data"]), body["deadLetters"]) == ("Refused", 400, 1)
    [delivery] = line["deliveries"]
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("DeadLettered", 1, None)
