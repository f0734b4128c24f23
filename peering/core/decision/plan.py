"""A plan: what has to change so that a pair stands as it should. Frozen, ordered data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from peering.core.decision.changes import Action, Change, Phase, Side
from peering.core.decision.ownership import bears_our_mark
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


def make_plan(hub: Vnet, spoke: Vnet, pair: Pair, *, spoke_first: bool = False) -> Plan:
    """Compare what is with the pair that is wanted.

    `spoke_first`: the spoke's side refused the last time, so its half is tried before the hub's is written. It cannot
    use the hub's gateway then, which needs the hub's half: that is a second write.
    """
    on_hub, on_spoke = hub.half_to(spoke.id), spoke.half_to(hub.id)
    # A half of ours that references another VNet (the hub was rebuilt elsewhere) cannot be turned round: remake it.
    stale_spoke = None if on_spoke else spoke.half_named(pair.spoke_half)
    at_hub = tuple(_changes(Side.HUB, hub.id, spoke, pair, (on_hub, on_spoke)))
    at_spoke = tuple(_changes(Side.SPOKE, spoke.id, hub, pair, (on_spoke or stale_spoke, on_hub)))
    if _takes_transit_away(on_hub, pair):
        at_spoke = tuple(replace(change, phase=Phase.FIRST) for change in at_spoke)
    elif at_hub and not _is_left_behind(on_hub) and (spoke_first or _is_left_behind(on_spoke)):
        at_spoke = tuple(_spoke_first(at_spoke))
    return Plan((*at_hub, *at_spoke))


def _takes_transit_away(on_hub: Half | None, pair: Pair) -> bool:
    """Azure refuses it for as long as the spoke uses the gateway."""
    if on_hub is None or _is_left_behind(on_hub):  # its spoke's half is gone: it uses nothing, and comes back second
        return False
    return on_hub.flags.gateway_transit and not pair.hub_flags.gateway_transit


def _is_left_behind(half: Half | None) -> bool:
    return half is not None and half.state == PeeringState.DISCONNECTED


def _changes(
    side: Side, vnet: VnetId, remote: Vnet, pair: Pair, halves: tuple[Half | None, Half | None]
) -> Iterator[Change]:
    """What is to be done to one half, given it and the other one as they stand.

    A half that was left behind is brought back by an update, which a lock against deletion allows too. Where both were,
    each would block the other's: then the hub's is remade.
    """
    half, other = halves
    name, flags = _wanted(side, pair)

    def change(action: Action, why: str, *, anew: bool = False) -> Change:
        return Change(
            action=action,
            side=side,
            phase=Phase.HUB if side is Side.HUB else Phase.FIRST if action is Action.REMOVE else Phase.SPOKE,
            vnet=vnet,
            name=name,
            remote=remote.id,
            flags=flags,
            why=why,
            rest=half.rest if half and not anew else {},
        )

    if half is None:
        yield change(Action.PUT, "missing")
    elif half.remote != remote.id:
        yield change(Action.REMOVE, f"references {half.remote}")
        yield change(Action.PUT, "remade", anew=True)
    elif _is_left_behind(half) and _is_left_behind(other) and side is Side.SPOKE:
        yield change(Action.REMOVE, "disconnected")
        yield change(Action.PUT, "remade")
    elif _is_left_behind(half):
        yield change(Action.PUT, "revived")
    elif half.needs_sync:
        yield change(Action.SYNC, half.sync_level)  # a sync writes the switches too
    elif half.flags != flags:
        yield change(Action.PUT, "switches differ")
    elif _is_still_to_be_written(half, other, pair):
        yield change(Action.PUT, "its last write failed" if half.has_failed else "not connected yet")


def _is_still_to_be_written(half: Half, other: Half | None, pair: Pair) -> bool:
    """Two halves of which this one is only `Initiated` never find each other; nor is a failed one done."""
    alone = half.state == PeeringState.INITIATED and other is not None and other.state == PeeringState.INITIATED
    return half.has_failed or (alone and bears_our_mark(half.name, pair.installation))


def _wanted(side: Side, pair: Pair) -> tuple[str, Flags]:
    match side:
        case Side.HUB:
            return pair.hub_half, pair.hub_flags
        case Side.SPOKE:
            return pair.spoke_half, pair.spoke_flags


def _spoke_first(changes: tuple[Change, ...]) -> Iterator[Change]:
    for change in changes:
        if change.action is Action.REMOVE:
            yield change
            continue
        yield replace(change, phase=Phase.FIRST, flags=replace(change.flags, remote_gateways=False))
        if change.flags.remote_gateways:
            yield replace(change, why="the hub's gateway")


def make_room(hub: Vnet, halves: Iterable[Half]) -> Plan:
    """Remove halves of ours that nobody stands behind any more, and that are in the way."""
    return Plan(tuple(removal(Side.HUB, hub.id, half, "nobody stands behind it") for half in halves))


def take_back(hub: Vnet | None, spoke: Vnet | None, spoke_id: VnetId, names: tuple[str, str]) -> Plan:
    """Remove what we began and cannot finish: a half under exactly our name, to exactly that network, and `Initiated`.

    Decided by looking: a half that is Connected, or that somebody else made, stays. `names` are those that we would
    give the hub's half and the spoke's.
    """
    sides = ((Side.SPOKE, spoke, names[1], hub.id if hub else None), (Side.HUB, hub, names[0], spoke_id))
    changes = []
    for side, network, name, remote in sides:
        half = network.half_to(remote) if network and remote else None
        if network and half and half.name.lower() == name.lower() and half.state == PeeringState.INITIATED:
            changes.append(removal(side, network.id, half, "taken back"))
    return Plan(tuple(changes))


def removal(side: Side, vnet: VnetId, half: Half, why: str) -> Change:
    """The change that removes a half; on the spoke first, as its half may use the hub's gateway."""
    if half.remote is None:
        raise ValueError(f"half {half.name} on {vnet} leads nowhere that can be read")
    return Change(
        action=Action.REMOVE,
        side=side,
        phase=Phase.HUB if side is Side.HUB else Phase.FIRST,
        vnet=vnet,
        name=half.name,
        remote=half.remote,
        flags=half.flags,
        why=why,
    )
