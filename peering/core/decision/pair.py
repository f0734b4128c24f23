"""The pair that is to stand between a hub and a spoke: its names, its flags, and whose gateway it uses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from peering.core.catalogue.policy import GatewayUse, HubPolicy
from peering.core.decision.changes import Side
from peering.core.decision.findings import Finding
from peering.core.decision.gateway_room import no_room
from peering.core.decision.ownership import hub_half_name, spoke_half_name
from peering.core.decision.switches import NO_RECORD, Known, Rule, Word, told_of
from peering.core.network.addresses import Prefix
from peering.core.network.resource_ids import VnetId, peering_id
from peering.core.network.vnets import Flags, Half, Vnet

_GATEWAY_SWITCHES = ("gateway_transit", "remote_gateways")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Both halves as they will stand, by name.

    `gateway` is the id of the hub's gateway that the spoke uses, None when it uses none; `notes` say why a gateway
    that is there is not used, for the record. `findings` are the switches that are left as somebody else has set them,
    `left_off` those of the hub's half among them that are off.
    """

    hub: VnetId
    spoke: VnetId
    hub_half: str
    spoke_half: str
    hub_flags: Flags
    spoke_flags: Flags
    gateway: str | None
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    left_off: tuple[str, ...] = ()
    installation: str = ""

    @property
    def hub_half_id(self) -> str:
        return peering_id(self.hub, self.hub_half)

    @property
    def spoke_half_id(self) -> str:
        return peering_id(self.spoke, self.spoke_half)


def wanted_pair(
    hub: Vnet,
    spoke: Vnet,
    policy: HubPolicy,
    known: Known = NO_RECORD,
    word: Word = Word.NONE,
    others: Sequence[Prefix] = (),
) -> Pair:
    """What the policy wants. Halves that exist are kept under the name they have, with what is not ours to switch.

    `others` are the prefixes of those who are let in beside it, and share the gateway.
    """
    on_hub, on_spoke = hub.half_to(spoke.id), spoke.half_to(hub.id)
    known = known.of(_id(hub, on_hub), _id(spoke, on_spoke))
    lost = () if policy.gateway is GatewayUse.NEVER else _GATEWAY_SWITCHES
    hub_rule = Rule(Side.HUB, known.hub_flags, known.left_off, lost, word)
    at_hub = hub_rule.choose(_hub_flags(hub, policy), on_hub)
    used, notes = gateway_use(hub, spoke, policy)
    if used and not at_hub.flags.gateway_transit:
        used, notes = None, (f"the owners of hub {policy.name!r} have switched its gateway off for this spoke",)
    full = no_room(hub, spoke, policy, others) if used else []
    used = None if full else used
    at_spoke = Rule(Side.SPOKE, known.spoke_flags, (), lost, word).choose(_spoke_flags(policy, used), on_spoke)
    return Pair(
        hub=hub.id,
        spoke=spoke.id,
        hub_half=on_hub.name if on_hub else _free_name(hub, spoke.id, policy),
        spoke_half=on_spoke.name if on_spoke else spoke_half_name(policy.name, policy.installation),
        hub_flags=at_hub.flags,
        spoke_flags=at_spoke.flags,
        gateway=hub.gateway if at_spoke.flags.remote_gateways else None,
        notes=notes,
        findings=(*full, *told_of(at_hub, on_hub, Side.HUB), *told_of(at_spoke, on_spoke, Side.SPOKE)),
        left_off=at_hub.left_off,
        installation=policy.installation,
    )


def _id(network: Vnet, half: Half | None) -> str:
    return peering_id(network.id, half.name) if half else ""


def standing_pair(hub: Vnet, spoke: Vnet) -> Pair | None:
    """The pair as it stands, None when it does not: both halves are there and say `Connected`."""
    on_hub, on_spoke = hub.half_to(spoke.id), spoke.half_to(hub.id)
    if not (on_hub and on_spoke and on_hub.is_connected and on_spoke.is_connected):
        return None
    return Pair(
        hub=hub.id,
        spoke=spoke.id,
        hub_half=on_hub.name,
        spoke_half=on_spoke.name,
        hub_flags=on_hub.flags,
        spoke_flags=on_spoke.flags,
        gateway=hub.gateway if on_spoke.flags.remote_gateways else None,
    )


def without_gateway(pair: Pair) -> Pair:
    """The pair for as long as the hub's gateway is there and cannot be used yet: one takes 45 minutes to be built."""
    note = f"the gateway of {pair.hub.name} is not ready yet; it is used as soon as it is"
    flags = replace(pair.spoke_flags, remote_gateways=False)
    return replace(pair, spoke_flags=flags, gateway=None, notes=(*pair.notes, note))


def _hub_flags(hub: Vnet, policy: HubPolicy) -> Flags:
    return Flags(
        virtual_network_access=policy.virtual_network_access.hub,
        forwarded_traffic=policy.forwarded_traffic.hub,
        gateway_transit=_offers_transit(hub, policy),
    )


def _spoke_flags(policy: HubPolicy, gateway: str | None) -> Flags:
    return Flags(
        virtual_network_access=policy.virtual_network_access.spoke,
        forwarded_traffic=policy.forwarded_traffic.spoke,
        remote_gateways=gateway is not None,
    )


def own_names(hub: Vnet, spoke: VnetId, policy: HubPolicy) -> tuple[str, str]:
    """What we would call the hub's half and the spoke's, if neither were there."""
    on_hub = hub.half_to(spoke)
    others = replace(hub, halves=tuple(half for half in hub.halves if half is not on_hub))
    return _free_name(others, spoke, policy), spoke_half_name(policy.name, policy.installation)


def _free_name(hub: Vnet, spoke: VnetId, policy: HubPolicy) -> str:
    """What the hub's half is to be called: a half that is there under the usual name is another network's pair.

    The name has eight digits of the key, which another network's may share: by chance, or because somebody tried names.
    """
    name = hub_half_name(spoke, installation=policy.installation)
    if hub.half_named(name) is None:
        return name
    return hub_half_name(spoke, digits=len(spoke.key), installation=policy.installation)


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
