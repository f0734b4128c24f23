"""What is observed in Azure: virtual networks and the halves of peerings they carry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from peering.core.network.addresses import Prefix
from peering.core.network.resource_ids import VnetId


class PeeringState(StrEnum):
    """`peeringState` of a half: alone, matched by its other half, or left behind by it."""

    INITIATED = "Initiated"
    CONNECTED = "Connected"
    DISCONNECTED = "Disconnected"


class SyncLevel(StrEnum):
    """`peeringSyncLevel` of a half: which side's picture of the other's address space is out of date."""

    FULLY_IN_SYNC = "FullyInSync"
    REMOTE_NOT_IN_SYNC = "RemoteNotInSync"
    LOCAL_NOT_IN_SYNC = "LocalNotInSync"
    LOCAL_AND_REMOTE_NOT_IN_SYNC = "LocalAndRemoteNotInSync"


@dataclass(frozen=True, slots=True)
class Flags:
    """The four switches of a half, as ARM names them without the `allow` and `use`."""

    virtual_network_access: bool = True
    forwarded_traffic: bool = False
    gateway_transit: bool = False
    remote_gateways: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One `virtualNetworkPeerings` resource as it is now. `remote` is None when its id cannot be read.

    `remote_prefixes` are what is routed to the other network: what that has grown by is among them after a sync only.
    `rest` are the properties that we know nothing of, as ARM sent them: an update sends them back.
    """

    name: str
    remote: VnetId | None
    state: str
    sync_level: str
    flags: Flags
    remote_prefixes: tuple[Prefix, ...] = ()
    provisioning_state: str = "Succeeded"
    is_complete: bool = True
    is_ipv6_only: bool = False
    rest: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def leads_to(self) -> str:
        """The other network, in words a person recognises."""
        return str(self.remote) if self.remote else f"the network behind peering {self.name!r}, whose id cannot be read"

    @property
    def is_connected(self) -> bool:
        """One that is, has its other half by definition."""
        return self.state == PeeringState.CONNECTED

    @property
    def settled(self) -> bool:
        level = self.sync_level == SyncLevel.FULLY_IN_SYNC
        return self.is_connected and level and not self.has_failed

    @property
    def has_failed(self) -> bool:
        """The last operation on it ended badly: what stands there is not what was asked for."""
        return self.provisioning_state in ("Failed", "Canceled")

    @property
    def is_under_way(self) -> bool:
        """Azure is at it, and shows the state that it will have (docs/facts/arm-peering.md, Create and update)."""
        return self.provisioning_state in ("Creating", "Updating", "Deleting")

    @property
    def needs_sync(self) -> bool:
        """Only the side that says `LocalNotInSync` can be cured by a sync (docs/facts/arm-peering.md, Sync)."""
        return self.sync_level in (SyncLevel.LOCAL_NOT_IN_SYNC, SyncLevel.LOCAL_AND_REMOTE_NOT_IN_SYNC)


@dataclass(frozen=True, slots=True)
class Overruled:
    """A tag further up says something else than the network's own, and counts more.

    `where` is what bears it, in words; `value` is None where it does not bear the tag at all.
    """

    where: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vnet:
    """One virtual network as it is now.

    `gateway` is the id of the gateway in its GatewaySubnet (or of the Route Server), None when there is none: an
    empty GatewaySubnet is no gateway. `guid` is its `resourceGuid`, which stays when it is moved and is another when it
    is made anew; empty where Azure shows none. `overruled` is set where its tag names a hub and may not.
    `summarized` are the prefixes that its gateway announces in place of those inside them.
    """

    id: VnetId
    location: str
    prefixes: tuple[Prefix, ...]
    provisioning_state: str = "Succeeded"
    tags: Mapping[str, str] = field(default_factory=dict)
    gateway: str | None = None
    halves: tuple[Half, ...] = ()
    guid: str = ""
    overruled: Overruled | None = None
    summarized: tuple[Prefix, ...] = ()
    _by_remote: Mapping[str, Half] | None = field(default=None, init=False, repr=False, compare=False)

    def half_to(self, remote: VnetId) -> Half | None:
        """The half that references `remote`. ARM allows one at most (AnotherPeeringAlreadyReferencesRemoteVnet)."""
        if self._by_remote is None:  # by the first verdict: each of a batch asks about thirty times
            found = {half.remote.lowered: half for half in reversed(self.halves) if half.remote}
            object.__setattr__(self, "_by_remote", found)
            return found.get(remote.lowered)
        return self._by_remote.get(remote.lowered)

    def half_named(self, name: str) -> Half | None:
        return next((half for half in self.halves if half.name.lower() == name.lower()), None)
