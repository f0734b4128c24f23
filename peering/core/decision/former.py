"""What becomes of a pair of ours with a network that was the hub's before the catalogue named another one. Pure."""

from dataclasses import dataclass

from peering.core.catalogue.policy import Catalogue, Departure, HubPolicy
from peering.core.decision.changes import Change, Side
from peering.core.decision.moves import is_connected
from peering.core.decision.ownership import is_ours
from peering.core.decision.plan import removal
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerHalf:
    """The hub's half `name` on `network`, which references `spoke`. `policy` is None where its hub left the catalogue.

    `has_left`: the spoke is on its way out of the hub, or out already; else it goes on to the hub's present network.
    """

    network: VnetId
    name: str
    spoke: VnetId
    policy: HubPolicy | None
    has_left: bool


@dataclass(frozen=True, slots=True)
class Fate:
    """What to write, in order, and what the record says of it. `note` is empty when it is too early for either."""

    changes: tuple[Change, ...] = ()
    note: str = ""


_TOO_EARLY = Fate()


def fate_of(half: FormerHalf, network: Vnet | None, spoke: Vnet | None, catalogue: Catalogue) -> Fate:
    """Decided by looking, as every removal is: both networks as they were read just now, None where there is none."""
    where, policy = half.network.name, half.policy
    if policy is None:
        return Fate(note=f"the pair with {where} was left alone: its hub is no longer in the catalogue")
    if policy.vnet == half.network or _is_wanted(half, spoke, catalogue):
        return Fate(note=f"the pair with {where} was left alone: it is wanted there")
    if not _may_go(half, policy, network, spoke, catalogue):
        return _TOO_EARLY
    if spoke is not None and policy.departure is Departure.KEEP:
        return Fate(note=f"the pair with {where} was kept, as the catalogue says")
    changes = tuple(_removals(half, policy, network, spoke))
    return Fate(changes, f"the pair with {where}, which was the hub's network before, was removed")


def _is_wanted(half: FormerHalf, spoke: Vnet | None, catalogue: Catalogue) -> bool:
    """Whether the tag names the hub that this network is today: names may have been swapped."""
    tag = catalogue.tag_value(spoke.tags) if spoke else None
    hub = catalogue.hub(tag) if tag is not None else None
    return hub is not None and hub.vnet == half.network


def _may_go(
    half: FormerHalf, policy: HubPolicy, network: Vnet | None, spoke: Vnet | None, catalogue: Catalogue
) -> bool:
    """The new pair stands, or the spoke has left; a network that is gone leaves no half that is Connected."""
    if spoke is None:
        return not (network and is_connected(network.half_to(half.spoke)))
    if is_connected(spoke.half_to(policy.vnet)):
        return True
    tag = catalogue.tag_value(spoke.tags)
    return half.has_left and (tag is None or catalogue.hub(tag) is not policy)


def _removals(half: FormerHalf, policy: HubPolicy, network: Vnet | None, spoke: Vnet | None) -> list[Change]:
    on_spoke = spoke.half_to(half.network) if spoke else None
    on_hub = network.half_named(half.name) if network else None
    found = []
    if on_spoke and is_ours(on_spoke, policy):
        found.append(removal(Side.SPOKE, half.spoke, on_spoke, "of a former network of the hub"))
    if on_hub and on_hub.remote == half.spoke and is_ours(on_hub, policy):
        found.append(removal(Side.HUB, half.network, on_hub, "on a former network of the hub"))
    return found
