"""The pair that is to stand between a hub and a spoke: its names, its flags, and whose gateway it uses."""

from dataclasses import dataclass, replace

from peering.core.catalogue.policy import GatewayUse, HubPolicy
from peering.core.decision.ownership import hub_half_name, spoke_half_name
from peering.core.network.resource_ids import VnetId, peering_id
from peering.core.network.vnets import Flags, Half, Vnet


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Both halves as they will stand, by name.

    `gateway` is the id of the hub's gateway that the spoke uses, None when it uses none; `notes` say why a gateway
    that is there is not used, for the record.
    """

    hub: VnetId
    spoke: VnetId
    hub_half: str
    spoke_half: str
    hub_flags: Flags
    spoke_flags: Flags
    gateway: str | None
    notes: tuple[str, ...] = ()

    @property
    def hub_half_id(self) -> str:
        return peering_id(self.hub, self.hub_half)

    @property
    def spoke_half_id(self) -> str:
        return peering_id(self.spoke, self.spoke_half)


def wanted_pair(hub: Vnet, spoke: Vnet, policy: HubPolicy) -> Pair:
    """What the policy wants. Halves that exist are kept under the name they have."""
    used, notes = gateway_use(hub, spoke, policy)
    on_hub, on_spoke = hub.half_to(spoke.id), spoke.half_to(hub.id)
    return Pair(
        hub=hub.id,
        spoke=spoke.id,
        hub_half=on_hub.name if on_hub else _free_name(hub, spoke.id),
        spoke_half=on_spoke.name if on_spoke else spoke_half_name(policy.name),
        hub_flags=Flags(
            virtual_network_access=policy.virtual_network_access.hub,
            forwarded_traffic=policy.forwarded_traffic.hub,
            gateway_transit=_offers_transit(hub, policy),
        ),
        spoke_flags=Flags(
            virtual_network_access=policy.virtual_network_access.spoke,
            forwarded_traffic=policy.forwarded_traffic.spoke,
            remote_gateways=used is not None,
        ),
        gateway=used,
        notes=notes,
    )


def own_names(hub: Vnet, spoke: VnetId, policy: HubPolicy) -> tuple[str, str]:
    """What we would call the hub's half and the spoke's, if neither were there."""
    on_hub = hub.half_to(spoke)
    others = replace(hub, halves=tuple(half for half in hub.halves if half is not on_hub))
    return _free_name(others, spoke), spoke_half_name(policy.name)


def _free_name(hub: Vnet, spoke: VnetId) -> str:
    """What the hub's half is to be called: a half that is there under the usual name is another network's pair.

    The name has eight digits of the key, which another network's may share: by chance, or because somebody tried names.
    """
    name = hub_half_name(spoke)
    return name if hub.half_named(name) is None else hub_half_name(spoke, digits=len(spoke.key))


def _offers_transit(hub: Vnet, policy: HubPolicy) -> bool:
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
