"""What becomes of the pair of a spoke that leaves: the catalogue's word, and what of it is ours to remove."""

from dataclasses import replace

from peering.core.catalogue.policy import Departure, HubPolicy
from peering.core.decision.changes import Side
from peering.core.decision.moves import is_connected
from peering.core.decision.ownership import is_ours
from peering.core.decision.plan import Plan, removal
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet


def plan_departure(hub: Vnet | None, spoke: Vnet | None, policy: HubPolicy, spoke_id: VnetId) -> Plan:
    """What the policy wants done. A network that is gone leaves nothing that could be kept, nor does half a pair."""
    if hub is None and spoke is None:
        return Plan(notes=(f"the network and hub {policy.name!r} are both gone: nothing was left to remove",))
    removal = _removal(hub, spoke, policy, spoke_id)
    if spoke is None or not is_connected(spoke.half_to(policy.vnet)):
        return removal
    match policy.departure:
        case Departure.REMOVE:
            return removal
        case Departure.KEEP:
            return _kept(removal)


def _kept(removal: Plan) -> Plan:
    if not removal.changes:
        return removal
    return replace(removal, changes=(), notes=(*removal.notes, "the pair was kept, as the catalogue says"))


def _removal(hub: Vnet | None, spoke: Vnet | None, policy: HubPolicy, spoke_id: VnetId) -> Plan:
    """Remove both halves of ours, or what is left of them. A half that was only adopted is not ours to remove."""
    on_hub = hub.half_to(spoke_id) if hub else None
    on_spoke = spoke.half_to(policy.vnet) if spoke else None
    changes, notes = [], []
    for side, vnet, half in ((Side.SPOKE, spoke_id, on_spoke), (Side.HUB, policy.vnet, on_hub)):
        if half and is_ours(half, policy):
            changes.append(removal(side, vnet, half, "leaving"))
        elif half:
            notes.append(f"left {half.name!r} on {vnet.name} alone: it was made by hand")
    return Plan(tuple(changes), tuple(notes))
