"""A plan: what has to change so that a spoke and its hub are peered as the policy says. Frozen, ordered data."""

from dataclasses import dataclass
from enum import StrEnum

from peering.core.model import Flags, Half, PeeringState, Vnet
from peering.core.names import bears_our_mark, hub_half_name, spoke_half_name
from peering.core.policy import GatewayUse, HubPolicy
from peering.core.resource_ids import VnetId, peering_id


class Side(StrEnum):
    """Whose half. The hub's is written first: ARM checks `useRemoteGateways` against its `allowGatewayTransit`."""

    HUB = "hub"
    SPOKE = "spoke"


class Action(StrEnum):
    """What happens to a half."""

    REMOVE = "remove"
    PUT = "put"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Change:
    """One write to ARM: to the half called `name` on `vnet`, which references `remote`."""

    action: Action
    side: Side
    vnet: VnetId
    name: str
    remote: VnetId
    flags: Flags
    why: str

    def __str__(self) -> str:
        return f"{self.action} {self.side} half {self.name} ({self.why})"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to do for one spoke, in order. No changes means that all is as it should be: a success.

    `gateway` is the id of the hub's gateway that the spoke uses, None when it uses none; `notes` say why a gateway
    that is there is not used, for the record.
    """

    spoke: VnetId
    hub: str
    hub_half: str
    spoke_half: str
    hub_flags: Flags
    spoke_flags: Flags
    gateway: str | None
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()

    def of(self, side: Side) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.side is side)

    @property
    def writes_before_hub(self) -> tuple[Change, ...]:
        """Removals on the spoke: a `Disconnected` half there blocks the hub's (RemotePeeringIsDisconnected)."""
        return tuple(change for change in self.of(Side.SPOKE) if change.action is Action.REMOVE)

    @property
    def writes_after_hub(self) -> tuple[Change, ...]:
        return tuple(change for change in self.of(Side.SPOKE) if change.action is not Action.REMOVE)


def make_plan(hub: Vnet, spoke: Vnet, policy: HubPolicy) -> Plan:
    """Compare what is with what the policy wants. Halves that exist are kept under the name they have."""
    used, notes = gateway_use(hub, spoke, policy)
    hub_flags = Flags(
        virtual_network_access=policy.virtual_network_access.hub,
        forwarded_traffic=policy.forwarded_traffic.hub,
        gateway_transit=offers_transit(hub, policy),
    )
    spoke_flags = Flags(
        virtual_network_access=policy.virtual_network_access.spoke,
        forwarded_traffic=policy.forwarded_traffic.spoke,
        remote_gateways=used is not None,
    )
    on_hub, on_spoke = hub.half_to(spoke.id), spoke.half_to(hub.id)
    hub_name = on_hub.name if on_hub else _free_name(hub, spoke.id)
    spoke_name = on_spoke.name if on_spoke else spoke_half_name(policy.name)
    # A half of ours that references another VNet (the hub was rebuilt elsewhere) cannot be turned round: remake it.
    stale_spoke = None if on_spoke else spoke.half_named(spoke_name)
    changes = (
        *_changes(Side.HUB, hub.id, spoke, hub_name, hub_flags, on_hub),
        *_changes(Side.SPOKE, spoke.id, hub, spoke_name, spoke_flags, on_spoke or stale_spoke),
    )
    names = (hub_name, spoke_name)
    return Plan(spoke.id, policy.name, *names, hub_flags, spoke_flags, used, changes, notes)


def _free_name(hub: Vnet, spoke: VnetId) -> str:
    """What the hub's half is to be called: a half that is there under the usual name is another network's pair.

    The name has eight digits of the key, which another network's may share: by chance, or because somebody tried names.
    """
    name = hub_half_name(spoke)
    return name if hub.half_named(name) is None else hub_half_name(spoke, digits=len(spoke.key))


def offers_transit(hub: Vnet, policy: HubPolicy) -> bool:
    return hub.gateway is not None and policy.gateway is not GatewayUse.NEVER


def gateway_use(hub: Vnet, spoke: Vnet, policy: HubPolicy) -> tuple[str | None, tuple[str, ...]]:
    """The hub's gateway that the spoke is to use, or None and the reasons why not."""
    if policy.gateway is GatewayUse.NEVER:
        return None, (f"hub {policy.name!r} never lends its gateway",)
    if hub.gateway is None:
        return None, (f"hub {policy.name!r} has no gateway yet",)
    if spoke.gateway is not None:
        return None, (f"the spoke has a gateway of its own, {spoke.gateway}",)
    if other := other_remote_gateway(spoke, hub.id):
        return None, (f"the spoke uses a gateway through peering {other.name!r}, and Azure allows one",)
    return hub.gateway, ()


def other_remote_gateway(spoke: Vnet, hub: VnetId) -> Half | None:
    """The spoke's half that already uses the gateway of a VNet other than the hub."""
    return next((half for half in spoke.halves if half.flags.remote_gateways and half.remote != hub), None)


def _changes(side: Side, vnet: VnetId, remote: Vnet, name: str, flags: Flags, half: Half | None) -> tuple[Change, ...]:
    def change(action: Action, why: str) -> Change:
        return Change(action, side, vnet, name, remote.id, flags, why)

    if half is None:
        return (change(Action.PUT, "missing"),)
    if half.remote != remote.id:
        return change(Action.REMOVE, f"references {half.remote}"), change(Action.PUT, "remade")
    if half.state == PeeringState.DISCONNECTED:
        return change(Action.REMOVE, "disconnected"), change(Action.PUT, "remade")
    if half.flags != flags:
        return (change(Action.PUT, "flags differ"),)
    if half.needs_sync:
        return (change(Action.SYNC, half.sync_level),)
    return ()


def make_departure(hub: Vnet | None, spoke: Vnet | None, policy: HubPolicy, spoke_id: VnetId) -> Plan:
    """Remove both halves of ours, or what is left of them. A half that was only adopted is not ours to remove."""
    on_hub = hub.half_to(spoke_id) if hub else None
    on_spoke = spoke.half_to(policy.vnet) if spoke else None
    changes, notes = [], []
    for side, vnet, half, remote in (
        (Side.SPOKE, spoke_id, on_spoke, policy.vnet),
        (Side.HUB, policy.vnet, on_hub, spoke_id),
    ):
        if half and bears_our_mark(half.name):
            changes.append(Change(Action.REMOVE, side, vnet, half.name, remote, half.flags, "leaving"))
        elif half:
            notes.append(f"left {half.name!r} on {vnet.name} alone: it was made by hand")
    names = (on_hub.name if on_hub else "", on_spoke.name if on_spoke else "")
    return Plan(spoke_id, policy.name, *names, Flags(), Flags(), None, tuple(changes), tuple(notes))


def half_ids(plan: Plan, hub: VnetId) -> tuple[str, str]:
    """The resource ids of the hub's half and of the spoke's."""
    return peering_id(hub, plan.hub_half), peering_id(plan.spoke, plan.spoke_half)
