"""What exists: resource groups, virtual networks with their subnets and peerings, and plain resources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]
type Tags = dict[str, str] | None
"""None when the client sent no tags: the service then shows no `tags` member; {} is shown as {}."""


def new_guid() -> str:
    return str(uuid4())


@dataclass(kw_only=True)
class Resource:
    """What every resource in a group has, a virtual network as well as a plain one."""

    id: ResourceId
    location: str
    tags: Tags = None
    guid: str = field(default_factory=new_guid)
    etag: str = field(default_factory=new_guid)
    properties: Json
    """What a client may write, as it was written last."""
    provisioning_state: str = "Succeeded"
    created: float = 0.0
    changed: float = 0.0
    """Seconds since the epoch of the first and of the last write."""

    @property
    def entity_tag(self) -> str:
        """The etag as ARM shows it and clients send it back."""
        return f'W/"{self.etag}"'

    def touch(self) -> None:
        """Something about it is no longer what a client may have read."""
        self.etag = new_guid()

    def move_to(self, provisioning_state: str) -> None:
        self.provisioning_state = provisioning_state
        self.touch()


@dataclass(kw_only=True)
class ResourceGroup:
    """A resource group; its resources name it in their ids."""

    id: str
    name: str
    location: str
    tags: Tags = None
    provisioning_state: str = "Succeeded"


@dataclass(kw_only=True)
class Subscription:
    """A subscription; what it is called is ours."""

    id: str
    tags: Tags = None

    @property
    def name(self) -> str:
        return self.id.rpartition("/")[2]

    @property
    def display_name(self) -> str:
        return f"Local {self.name[:8]}"


@dataclass
class Subnet:
    """`properties` holds what clients may write; `used_by` the ip configurations that a scenario put there."""

    name: str
    properties: Json
    provisioning_state: str = "Succeeded"
    used_by: list[str] = field(default_factory=list)

    @property
    def prefixes(self) -> list[str]:
        single = self.properties.get("addressPrefix")
        return [single] if single else list(self.properties.get("addressPrefixes") or [])


@dataclass(kw_only=True)
class Peering:
    """One half. `remote_prefixes` is the remote address space as this half last learnt it."""

    name: str
    remote: ResourceId
    state: str
    remote_prefixes: list[str]
    flags: dict[str, bool]
    extra: Json = field(default_factory=dict)
    provisioning_state: str = "Succeeded"
    guid: str = ""


@dataclass(kw_only=True)
class VirtualNetwork(Resource):
    """One VNet: its etag is also that of every subnet and peering in it."""

    failed_by: str = ""
    """The operation that left the network Failed; children cannot be written until it is written again."""
    subnets: dict[str, Subnet] = field(default_factory=dict)
    peerings: dict[str, Peering] = field(default_factory=dict)
    _by_remote: dict[str, str] = field(default_factory=dict)

    @property
    def prefixes(self) -> list[str]:
        return list(self.properties["addressSpace"]["addressPrefixes"])

    def subnet(self, name: str) -> Subnet | None:
        return self.subnets.get(name.lower())

    def peering(self, name: str) -> Peering | None:
        return self.peerings.get(name.lower())

    def peering_to(self, remote: ResourceId) -> Peering | None:
        name = self._by_remote.get(remote.key)
        return self.peerings[name] if name is not None else None

    def add_peering(self, peering: Peering) -> None:
        self.peerings[peering.name.lower()] = peering
        self._by_remote[peering.remote.key] = peering.name.lower()

    def replace_peerings(self, peerings: dict[str, Peering]) -> None:
        self.peerings = peerings
        self._by_remote = {peering.remote.key: name for name, peering in peerings.items()}

    def remove_peering(self, name: str) -> None:
        peering = self.peerings.pop(name.lower())
        del self._by_remote[peering.remote.key]


@dataclass(kw_only=True)
class PlainResource(Resource):
    """A resource that is stored and shown without a state machine of its own."""

    top_level: Json = field(default_factory=dict)
    """Members beside `properties`: sku, zones, kind."""


type AnyResource = VirtualNetwork | PlainResource


def xor_guid(one: str, other: str) -> str:
    """The resourceGuid of a peering: the two VNets' resourceGuids, byte by byte (holds in all recordings)."""
    mixed = f"{int(one.replace('-', ''), 16) ^ int(other.replace('-', ''), 16):032x}"
    return "-".join((mixed[:8], mixed[8:12], mixed[12:16], mixed[16:20], mixed[20:]))
