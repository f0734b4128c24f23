"""A spoke that comes from another hub, or whose hub has become another network: the new pair first, then the old one.

The hub that it comes to judges as if the old pair were gone, and writes nothing to the old hub: the two meet only in
what is read from the spoke.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from peering.core.catalogue.policy import Departure, HubPolicy, Moves
from peering.core.decision import findings
from peering.core.decision.address_checks import peers_that_overlap_the_hub
from peering.core.decision.approval import NOBODY, Ask, Asking, Consent, Ruling, asked_to_let_go
from peering.core.decision.changes import Action, Change, Phase, Side
from peering.core.decision.findings import Finding
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.plan import Plan, removal
from peering.core.decision.verdict import Verdict
from peering.core.network.addresses import overlap
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet

_DIGITS = 8  # of a network's key, where a half's usual name is still in use


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A pair of ours that the spoke leaves for the hub it is judged at.

    `hub` is the policy of the hub that is left, `network` the network that the old pair is with. `is_former`: that
    network was this very hub's, before the catalogue named another one. `leave` is the last word of that hub's people.
    """

    hub: HubPolicy
    network: VnetId
    is_former: bool = False
    leave: Ruling | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The pair stands and is left as it is: neither repaired nor synced nor removed. `notes` say what it waits for.

    `unheard`: it is to go to another hub, which has not heard of it yet, or not that it may. `asks` is what a person
    has to decide first, or has decided against.
    """

    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    unheard: bool = False
    asks: Ask | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The hub would take the spoke, and waits for the old pair to go: both cannot stand at once."""

    finding: Finding


def is_connected(half: Half | None) -> bool:
    """A half that is, has its other half by definition: whatever else is read, that network is there."""
    return half is not None and half.is_connected


def without_old_pairs(spoke: Vnet, left: Sequence[Left]) -> Vnet:
    """The spoke as it will be once it has left: so its gateway and its peers are judged."""
    networks = {each.network for each in left}
    return replace(spoke, halves=tuple(half for half in spoke.halves if half.remote not in networks))


def arriving(
    verdict: Verdict, spoke: Vnet, left: Sequence[Left], snapshot: HubSnapshot, consent: Consent = NOBODY
) -> Verdict | Kept | Accepted:
    """What the verdict on a spoke without its old pairs means for the spoke that has them."""
    old = [(each, half) for each in left if (half := spoke.half_to(each.network))]
    standing = [(each, half) for each, half in old if is_connected(half)]
    if not old or verdict.as_it_stands:
        return verdict
    if verdict.pair is None:
        return refused(verdict, spoke, left)
    arrived = is_connected(spoke.half_to(snapshot.hub.id))
    asking = None if arrived else _asks_first([each for each, _ in standing], spoke, snapshot.policy, consent)
    if asking:
        held = Verdict(findings=(asking.finding,), asks=asking.ask, is_closed=asking.is_over)
        return refused(held, spoke, left)
    in_the_way = [(each, half) for each, half in standing if overlap(half.remote_prefixes, snapshot.hub.prefixes)]
    if not in_the_way or arrived:
        return _new_pair_first(verdict, spoke, [half for _, half in old], snapshot.hub)
    if all(_lets_go(each) for each, _ in in_the_way):
        return Accepted(findings.old_hub_first(snapshot.policy, in_the_way[0][0].hub.name))
    reasons = tuple(sorted(set(peers_that_overlap_the_hub(spoke, snapshot))))
    return refused(Verdict(findings=reasons), spoke, left)


def _asks_first(left: Sequence[Left], spoke: Vnet, policy: HubPolicy, consent: Consent) -> Asking | None:
    """What the people of a hub that it leaves have still to decide, or have decided against."""
    owned = [each for each in left if each.hub.moves is Moves.ASK and not each.is_former]
    asked = (asked_to_let_go(spoke, policy, each.hub, each.leave, consent) for each in owned)
    return next((each for each in asked if each), None)


def _lets_go(left: Left) -> bool:
    """Whether the old pair goes if it is asked to. That the catalogue names another network cuts nothing by itself."""
    return left.hub.departure is Departure.REMOVE and not left.is_former


def refused(verdict: Verdict, spoke: Vnet, left: Sequence[Left]) -> Verdict | Kept:
    """The old pair stays. Where it is the same hub's the row is Connected still, with the reason."""
    standing = [each for each in left if is_connected(spoke.half_to(each.network))]
    if any(each.is_former for each in standing):
        return Kept(verdict.findings, asks=verdict.asks)
    if not standing or not verdict.findings:
        return verdict
    first, *more = verdict.findings
    return replace(verdict, findings=(findings.still_connected_to(first, standing[0].hub.name), *more))


def _new_pair_first(verdict: Verdict, spoke: Vnet, old: Sequence[Half], hub: Vnet) -> Verdict:
    """The same pair beside the old ones: under a name that is free, and with the gateway last of all.

    Azure allows one remote gateway: the pair is made without, then the old half's is switched off and its own on. A
    half of ours that is left over and stands no more goes first, if it is in the way.
    """
    pair = verdict.pair
    if pair is None:
        return verdict
    standing = [half for half in old if is_connected(half)]
    taken = {half.name.lower() for half in standing}
    if pair.spoke_half.lower() in taken:
        verdict = _renamed(verdict, f"{pair.spoke_half}-{hub.id.key[:_DIGITS]}")
    gone = [half for half in old if not is_connected(half) and _is_in_the_way(half, verdict, hub)]
    cuts = tuple(removal(Side.SPOKE, spoke.id, half, "left over") for half in gone)
    changes = (*cuts, *_gateway_last(verdict.plan.changes, spoke, standing, hub))
    return replace(verdict, plan=replace(verdict.plan, changes=changes))


def _is_in_the_way(half: Half, verdict: Verdict, hub: Vnet) -> bool:
    wanted = verdict.pair.spoke_half if verdict.pair else ""
    is_same = half.name.lower() == wanted.lower()
    return is_same or half.flags.remote_gateways or overlap(half.remote_prefixes, hub.prefixes)


def _renamed(verdict: Verdict, name: str) -> Verdict:
    if verdict.pair is None:
        return verdict
    changes = (replace(each, name=name) if each.side is Side.SPOKE else each for each in verdict.plan.changes)
    plan = replace(verdict.plan, changes=tuple(changes))
    return replace(verdict, plan=plan, pair=replace(verdict.pair, spoke_half=name))


def _gateway_last(changes: Sequence[Change], spoke: Vnet, old: Sequence[Half], hub: Vnet) -> Iterator[Change]:
    stands = is_connected(spoke.half_to(hub.id))
    used = next((half for half in old if half.flags.remote_gateways), None)
    for change in changes:
        if used is None or not _uses_a_gateway(change):
            yield change
            continue
        if not stands:
            yield replace(change, flags=replace(change.flags, remote_gateways=False))
        yield _switched_off(used, spoke.id)
        yield replace(change, why="the new hub's gateway")
        used = None


def _uses_a_gateway(change: Change) -> bool:
    return change.side is Side.SPOKE and change.action is Action.PUT and change.flags.remote_gateways


def _switched_off(half: Half, spoke: VnetId) -> Change:
    if half.remote is None:
        raise ValueError(f"half {half.name} on {spoke} leads nowhere that can be read")
    return Change(
        action=Action.PUT,
        side=Side.SPOKE,
        phase=Phase.SPOKE,
        vnet=spoke,
        name=half.name,
        remote=half.remote,
        flags=replace(half.flags, remote_gateways=False),
        why="one remote gateway is allowed",
        rest=half.rest,
    )


def with_notes(plan: Plan, *notes: str) -> Plan:
    """The same plan, with more for the record."""
    return replace(plan, notes=(*plan.notes, *notes))
