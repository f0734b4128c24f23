"""The real SDK pointed at an emulator in this process, with words for what the tests do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.mgmt.network.aio import NetworkManagementClient

from localazure.emulator.latency import Mode
from localazure.emulator.scenario import seed
from localazure.emulator.server import EmulatorServer
from tests.emulator.running import SteppedClock, running

SUBSCRIPTION = "22222222-2222-4222-8222-222222222222"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
PROVIDER = f"{GROUP}/providers/Microsoft.Network"

type Json = dict[str, Any]


def network_id(name: str) -> str:
    return f"{PROVIDER}/virtualNetworks/{name}"


def half_id(local: str, remote: str) -> str:
    return f"{network_id(local)}/virtualNetworkPeerings/to-{remote}"


def vnet(name: str, *prefixes: str, subnets: list[Json] | None = None) -> Json:
    """A network as a scenario's resource."""
    properties: Json = {"addressSpace": {"addressPrefixes": list(prefixes)}}
    if subnets is not None:
        properties["subnets"] = subnets
    return {"id": network_id(name), "body": {"location": "westeurope", "properties": properties}}


def gateway(network: str, name: str = "vpn") -> Json:
    """A VPN gateway in the GatewaySubnet of a network, as a scenario's resource."""
    subnet = {"id": f"{network_id(network)}/subnets/GatewaySubnet"}
    configuration = {"name": "default", "properties": {"subnet": subnet}}
    properties = {"gatewayType": "Vpn", "ipConfigurations": [configuration]}
    return {
        "id": f"{PROVIDER}/virtualNetworkGateways/{name}",
        "body": {"location": "westeurope", "properties": properties},
    }


def gateway_subnet(prefix: str) -> list[Json]:
    return [{"name": "GatewaySubnet", "properties": {"addressPrefix": prefix}}]


HUB, SPOKE = vnet("hub", "10.0.0.0/16"), vnet("spoke", "10.1.0.0/16")
HUB_WITH_GATEWAY = [vnet("hub", "10.0.0.0/16", subnets=gateway_subnet("10.0.0.0/27")), gateway("hub")]


class Credential:
    """A token, as the SDKs want to be given one."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        return AccessToken(self._token, 4_000_000_000)

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Nothing to leave."""


class Azure:
    """One emulator and the SDK's client of it."""

    def __init__(self, server: EmulatorServer, clock: SteppedClock, client: NetworkManagementClient) -> None:
        self.server = server
        self.clock = clock
        self.client = client

    def given(self, *resources: Json) -> None:
        seed(self.server.emulator.estate, list(resources))

    async def start_peering(self, local: str, remote: str, *, sync: bool = False, **flags: object) -> Any:  # noqa: ANN401  the SDK's poller
        properties = {"remoteVirtualNetwork": {"id": network_id(remote)}, **flags}
        return await self.put_half(local, f"to-{remote}", properties, sync=sync)

    async def put_half(self, local: str, name: str, properties: Json, *, sync: bool = False) -> Any:  # noqa: ANN401  the SDK's poller
        body: Any = {"properties": properties}  # the SDK takes the JSON form and does not say so in its types
        options: Json = {"sync_remote_address_space": "true"} if sync else {}
        peerings = self.client.virtual_network_peerings
        return await peerings.begin_create_or_update("rg", local, name, body, **options)

    async def peer(self, local: str, remote: str, *, sync: bool = False, **flags: bool) -> Json:
        poller = await self.start_peering(local, remote, sync=sync, **flags)
        return dict((await poller.result()).as_dict()["properties"])

    async def peer_both(self, hub: str = "hub", spoke: str = "spoke") -> None:
        await self.peer(hub, spoke)
        await self.peer(spoke, hub)

    async def half(self, local: str, remote: str) -> Json:
        found = await self.client.virtual_network_peerings.get("rg", local, f"to-{remote}")
        return dict(found.as_dict()["properties"])

    async def unpeer(self, local: str, remote: str) -> None:
        poller = await self.client.virtual_network_peerings.begin_delete("rg", local, f"to-{remote}")
        await poller.result()

    async def write(self, network: str, *prefixes: str, **beside: object) -> Json:
        return await self.put(network, {**vnet(network, *prefixes)["body"], **beside})

    async def put(self, network: str, body: Json, group: str = "rg", **options: Any) -> Json:  # noqa: ANN401  passed on
        sent: Any = body  # as above
        poller = await self.client.virtual_networks.begin_create_or_update(group, network, sent, **options)
        return dict((await poller.result()).as_dict())

    async def network(self, name: str) -> Json:
        return dict((await self.client.virtual_networks.get("rg", name)).as_dict())

    async def delete(self, network: str) -> None:
        poller = await self.client.virtual_networks.begin_delete("rg", network)
        await poller.result()


async def refusal(call: Awaitable[object]) -> tuple[int | None, str, str]:
    """Status, code and message of the error that a call must end in."""
    try:
        result = await call
    except HttpResponseError as error:
        found = error.error
        return error.status_code, str(found.code if found else ""), str(found.message if found else "")
    raise AssertionError(f"The call was expected to be refused and returned {result!r}.")


@asynccontextmanager
async def sdk(folder: Path, mode: Mode) -> AsyncIterator[Azure]:
    clock = SteppedClock()
    async with running(folder, mode, clock) as server:
        client = NetworkManagementClient(
            Credential(server.authority.issue()),
            SUBSCRIPTION,
            base_url=server.arm_url,
            connection_verify=str(folder / "ca.pem"),
            retry_total=0,
            polling_interval=0,
        )
        async with client:
            yield Azure(server, clock, client)
