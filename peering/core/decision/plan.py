"""A plan: what has to change so that a pair stands as it should. Frozen, ordered data."""

from dataclasses import dataclass

from peering.core.decision.changes import Action, Change, Phase, Side
from peering.core.decision.pair import Pair
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags, Half, PeeringState, Vnet


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to do for one spoke, in order. No changes means that all is as it should be: a success.

    `notes` say what was left alone, for the record.
    """

    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, side: Side) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.side is side)

    def at(self, phase: Phase) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.phase is phase)


def make_plan(hub: Vnet, spoke: Vnet, pair: Pair) -> Plan:
    """Compare what is with the pair that is wanted."""
    on_spoke = spoke.half_to(hub.id)
    # A half of ours that references another VNet (the hub was rebuilt elsewhere) cannot be turned round: remake it.
    stale_spoke = None if on_spoke else spoke.half_named(pair.spoke_half)
    return Plan(
        (
            *_changes(Side.HUB, hub.id, spoke, pair, hub.half_to(spoke.id)),
            *_changes(Side.SPOKE, spoke.id, hub, pair, on_spoke or stale_spoke),
        )
    )


def _changes(side: Side, vnet: VnetId, remote: Vnet, pair: Pair, half: Half | None) -> tuple[Change, ...]:
    name, flags = _wanted(side, pair)

    def change(action: Action, why: str) -> Change:
        return Change(action=action, side=side, vnet=vnet, name=name, remote=remote.id, flags=flags, why=why)

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


def _wanted(side: Side, pair: Pair) -> tuple[str, Flags]:
    match side:
        case Side.HUB:
            return pair.hub_half, pair.hub_flags
        case Side.SPOKE:
            return pair.spoke_half, pair.spoke_flags
