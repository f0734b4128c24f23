"""What the tests of networks build on: networks in memory, and networks in the emulator."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import httpx

from peering.adapters.networks import ArmNetworks
from peering.core.decision.changes import Action, Change, Phase, Side
from peering.core.network.addresses import parse_prefixes
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags, SyncLevel
from peering.ports import Networks
from tests.builders import SUBSCRIPTION, gateway_of, vnet
from tests.fakes.networks import FakeNetworks

API = {"api-version": "2024-07-01"}


class Ground(Protocol):
    """What a test builds on: it makes and changes networks by another way than the port."""

    port: Networks

    def id(self, name: str) -> VnetId: ...

    async def make(self, name: str, *prefixes: str, gateway: bool = False, **tags: str) -> VnetId: ...

    async def delete(self, network: VnetId) -> None: ...

    async def tag_above(self, network: VnetId, **tags: str) -> None:
        """Tag the network's resource group, and nothing else."""

    async def grow(self, network: VnetId, prefix: str, behind: VnetId) -> None:
        """Give the network one more prefix, which `behind` has not seen yet."""


class FakeGround:
    def __init__(self) -> None:
        self.port = self.networks = FakeNetworks()

    def id(self, name: str) -> VnetId:
        return VnetId(SUBSCRIPTION, "rg", name)

    async def make(self, name: str, *prefixes: str, gateway: bool = False, **tags: str) -> VnetId:
        self.networks.vnets[self.id(name)] = replace(vnet(self.id(name), *prefixes, gateway=gateway), tags=tags)
        return self.id(name)

    async def delete(self, network: VnetId) -> None:
        self.networks.delete(network)

    async def tag_above(self, network: VnetId, **tags: str) -> None:
        self.networks.above[network.subscription, network.group.lower()] = tags

    async def grow(self, network: VnetId, prefix: str, behind: VnetId) -> None:
        there = self.networks.vnets[network]
        self.networks.vnets[network] = replace(there, prefixes=(*there.prefixes, *parse_prefixes([prefix])))
        self._level(network, SyncLevel.REMOTE_NOT_IN_SYNC)
        self._level(behind, SyncLevel.LOCAL_NOT_IN_SYNC)

    def _level(self, network: VnetId, level: SyncLevel) -> None:
        there = self.networks.vnets[network]
        self.networks.vnets[network] = replace(
            there, halves=tuple(replace(half, sync_level=level) for half in there.halves)
        )


@dataclass
class RealGround:
    """The emulator, over plain HTTP."""

    port: ArmNetworks
    http: httpx.Client
    group: str

    def id(self, name: str) -> VnetId:
        return VnetId(SUBSCRIPTION, self.group, name)

    def _put(self, path: str, body: dict[str, Any]) -> None:
        self.http.put(path, params=API, json={"location": "westeurope", **body}).raise_for_status()

    async def make(self, name: str, *prefixes: str, gateway: bool = False, **tags: str) -> VnetId:
        made = self.id(name)
        self._put(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{self.group}", {})
        room = parse_prefixes(prefixes)[0]
        subnet = {"name": "GatewaySubnet", "properties": {"addressPrefix": str(room._replace(length=27))}}
        subnets = {"subnets": [subnet]} if gateway else {}
        self._put(str(made), {"tags": tags, "properties": {"addressSpace": {"addressPrefixes": prefixes}, **subnets}})
        if gateway:
            configuration = {"name": "default", "properties": {"subnet": {"id": f"{made}/subnets/GatewaySubnet"}}}
            self._put(gateway_of(made), {"properties": {"gatewayType": "Vpn", "ipConfigurations": [configuration]}})
        return made

    async def delete(self, network: VnetId) -> None:
        self.http.delete(str(network), params=API).raise_for_status()

    async def tag_above(self, network: VnetId, **tags: str) -> None:
        self._put(f"/subscriptions/{network.subscription}/resourceGroups/{network.group}", {"tags": tags})

    async def grow(self, network: VnetId, prefix: str, behind: VnetId) -> None:  # noqa: ARG002 - ARM knows by itself
        document = self.http.get(str(network), params=API).raise_for_status().json()
        document["properties"]["addressSpace"]["addressPrefixes"].append(prefix)
        self._put(str(network), {"tags": document.get("tags", {}), "properties": document["properties"]})


def put(vnet: VnetId, remote: VnetId, name: str | None = None, action: Action = Action.PUT, **flags: bool) -> Change:
    return Change(
        action=action,
        side=Side.HUB,
        phase=Phase.HUB,
        vnet=vnet,
        name=name or f"to-{remote.name}",
        remote=remote,
        flags=Flags(**flags),
        why="a test",
    )
