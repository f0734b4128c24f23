"""What speaks against a spoke's addresses, in sentences that say who holds them and what is free."""

from collections.abc import Container, Iterable, Iterator, Mapping

from peering.core.decision.findings import Code, Finding, choice, listing
from peering.core.decision.hub_snapshot import RESERVED, HubSnapshot, Rank
from peering.core.decision.room import Beside
from peering.core.network.addresses import Prefix, overlap
from peering.core.network.vnets import PeeringState, Vnet


def address_findings(spoke: Vnet, snapshot: HubSnapshot) -> Iterator[Finding]:
    if not spoke.prefixes:
        yield Finding(
            Code.NO_ADDRESS_SPACE,
            f"{spoke.id.name} has no address space that could be peered. Give it at least one prefix.",
            "Give the network at least one address prefix.",
        )
    beside = Beside(spoke, snapshot)
    for prefix in spoke.prefixes:
        yield from _overlaps(prefix, spoke, snapshot, beside)
        if not _allowed(prefix, snapshot):
            spaces = listing(_family(snapshot.policy.allowed_space, prefix)) or f"no IPv{prefix.version} range"
            yield Finding(
                Code.OUTSIDE_ALLOWED_SPACE,
                f"{prefix} is outside of what hub {snapshot.policy.name!r} allows: {spaces}."
                f"{_advice(prefix, snapshot, beside)}",
                _remedy(prefix, snapshot, beside),
            )


def refused_for_their_place(spoke: Vnet, snapshot: HubSnapshot) -> list[Prefix]:
    """The prefixes of which another range would cure a refusal."""
    beside = Beside(spoke, snapshot)
    return [
        prefix
        for prefix in spoke.prefixes
        if not _allowed(prefix, snapshot) or any(_overlaps(prefix, spoke, snapshot, beside))
    ]


def shared_ranges(spoke: Vnet, snapshot: HubSnapshot) -> Iterator[Finding]:
    """What is told and refuses nobody: the same addresses, held by two with equal right."""
    for prefix in spoke.prefixes:
        rank = snapshot.rank(prefix, spoke.id)
        equals = [rank] if rank != Rank.WISHED else []
        for owner, held in _holders(prefix, spoke, snapshot, equals).items():
            yield Finding(
                _code(owner, snapshot),
                f"{prefix} overlaps {_holder(owner, held, snapshot)}. Both were there before, so neither is refused, "
                "but not both can be reached. Give the range up in one of the two networks.",
                remedy="Give the range up in one of the two networks.",
            )


def _overlaps(prefix: Prefix, spoke: Vnet, snapshot: HubSnapshot, beside: Beside) -> Iterator[Finding]:
    """A claim yields to a better one only; among wishes to the one that came first, whose batch has let it in."""
    rank = snapshot.rank(prefix, spoke.id)
    better = range(rank + 1 if rank == Rank.WISHED else rank)
    for owner, held in _holders(prefix, spoke, snapshot, better).items():
        yield Finding(
            _code(owner, snapshot),
            f"{prefix} overlaps {_holder(owner, held, snapshot)}.{_advice(prefix, snapshot, beside)}",
            _remedy(prefix, snapshot, beside),
        )


def _holders(prefix: Prefix, spoke: Vnet, snapshot: HubSnapshot, ranks: Container[int]) -> Mapping[str, list[Prefix]]:
    """Who else holds addresses of the prefix, and which, by claims of these ranks."""
    by_owner: dict[str, list[Prefix]] = {}
    for claim in snapshot.book.overlapping(prefix):
        if claim.owner.lower() != spoke.id.lowered and claim.rank in ranks:
            by_owner.setdefault(claim.owner, []).append(claim.prefix)
    return by_owner


def _code(owner: str, snapshot: HubSnapshot) -> Code:
    if owner == RESERVED:
        return Code.OVERLAPS_RESERVED
    return Code.OVERLAPS_HUB if owner == str(snapshot.hub.id) else Code.OVERLAPS_SPOKE


def _holder(owner: str, held: list[Prefix], snapshot: HubSnapshot) -> str:
    prefixes = listing(sorted(held))
    if owner == RESERVED:
        return f"{prefixes}, which is reserved behind hub {snapshot.policy.name!r} (on-premises or other use)"
    if owner == str(snapshot.hub.id):
        return f"{prefixes} of the hub's own network {owner}"
    left_behind = (half for half in snapshot.hub.halves if half.state == PeeringState.DISCONNECTED)
    orphan = any(half.leads_to == owner for half in left_behind)
    left = ", left behind by a peering that is Disconnected: its owner can remove it" if orphan else ""
    return f"{prefixes} of {owner}, a spoke of hub {snapshot.policy.name!r}{left}"


def peers_that_overlap_the_hub(spoke: Vnet, snapshot: HubSnapshot) -> Iterator[Finding]:
    """ARM also refuses when the *hub* overlaps a peer of the spoke (docs/facts/arm-peering.md, Overlap)."""
    for half in spoke.halves:
        clashing = [p for p in half.remote_prefixes if overlap((p,), snapshot.hub.prefixes)]
        if clashing and half.remote != snapshot.hub.id:
            yield Finding(
                Code.OVERLAPS_HUB,
                f"{spoke.id.name} is already peered with {half.leads_to}, whose {listing(clashing)} overlaps the "
                f"network of hub {snapshot.policy.name!r}. Remove the peering {half.name!r} first, or choose another "
                "hub.",
                "Remove the peering that overlaps the hub's network, or choose another hub.",
            )


def _allowed(prefix: Prefix, snapshot: HubSnapshot) -> bool:
    allowed = snapshot.policy.allowed_space
    return not allowed or any(prefix.inside(block) for block in allowed)


def _family(blocks: Iterable[Prefix], prefix: Prefix) -> list[Prefix]:
    return [block for block in blocks if block.version == prefix.version]


def _advice(prefix: Prefix, snapshot: HubSnapshot, beside: Beside) -> str:
    """Free ranges of the same size, the smallest thing that would cure the refusal."""
    if free := beside.free(prefix):
        return f" Free ranges of that size: {listing(free)}."
    blocks = _family(snapshot.policy.allowed_space, prefix)
    return (
        f" Use a range inside {listing(blocks)} that nobody holds." if blocks else " Choose a range that nobody holds."
    )


def _remedy(prefix: Prefix, snapshot: HubSnapshot, beside: Beside) -> str:
    """The same where room is short. Three IPv6 ranges fit."""
    if free := beside.free(prefix):
        return f"Use {choice(free)}."
    blocks = _family(snapshot.policy.allowed_space, prefix)
    return f"Use a range inside {listing(blocks, 2)} that nobody holds." if blocks else "Use a range that nobody holds."
