"""One TLS connection serves many requests, whoever makes them, and only a server that the CA vouches for is trusted."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from aiohttp import web
from azure.core.exceptions import AzureError
from azure.core.rest import HttpRequest
from azure.eventgrid.aio import EventGridPublisherClient

from peering.adapters.announcer import TopicAnnouncer
from peering.adapters.arm_clients import Arm
from peering.adapters.connections import Connections
from peering.adapters.estate import GraphEstate
from peering.adapters.networks import ArmNetworks
from peering.core.network.resource_ids import VnetId
from peering.core.record.announcement import of_spoke
from peering.noop import NoTelemetry
from tests.builders import HUB_ID, NOON, record
from tests.contract.conftest import ARM, Credential


@dataclass
class Server:
    """Answers as ARM, Resource Graph and a topic do, over TLS, and knows its connections."""

    endpoint: str
    ca: str
    connections: set[object] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.connections.add(request.transport)
        self.paths.append(request.path)
        if request.path.endswith("/events"):
            return web.Response()
        if request.path.endswith("/resources"):
            return web.json_response({"data": []})
        await asyncio.sleep(0)  # so that requests that are made at once are under way at once
        return web.json_response({"id": request.path, "properties": {}})

    def arm(self, connections: Connections) -> Arm:
        return Arm(Credential("token"), self.endpoint, ARM, connections, NoTelemetry())


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    found = Server("", str(tmp_path / "ca.pem"))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    found.endpoint = f"https://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


async def test_reads_one_after_another_use_one_connection(server: Server) -> None:
    networks = ArmNetworks(server.arm(Connections(server.ca)))
    for number in range(50):
        await networks.read(VnetId(f"{number:08}-1111-4111-8111-111111111111", "rg", "hub"))  # of 50 subscriptions
    assert (len(server.paths), len(server.connections)) == (50, 1)
    await networks.close()


async def test_reads_at_once_use_one_each_and_use_them_again(server: Server) -> None:
    networks = ArmNetworks(server.arm(Connections(server.ca)))
    for _ in range(3):
        await asyncio.gather(*(networks.read(HUB_ID) for _ in range(20)))
    assert len(server.paths) == 60
    assert 1 <= len(server.connections) <= 20
    await networks.close()


async def test_networks_the_estate_and_the_announcer_share_them(server: Server) -> None:
    connections = Connections(server.ca)
    arm = server.arm(connections)
    topic = EventGridPublisherClient(f"{server.endpoint}/api/events", Credential("t"), transport=connections)
    await ArmNetworks(arm).read(HUB_ID)
    await GraphEstate(arm).page((), None)
    await TopicAnnouncer(topic).announce(of_spoke(record(), None, NOON))
    assert (len(server.paths), len(server.connections)) == (3, 1)
    await connections.close()


async def test_a_server_of_another_authority_is_not_trusted(server: Server, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "another.pem"))
    for trusted in (None, str(tmp_path / "another.pem")):
        connections = Connections(trusted)
        with pytest.raises(AzureError, match="certificate verify failed"):
            await connections.send(HttpRequest("GET", server.endpoint))
        await connections.close()
    assert server.paths == []
