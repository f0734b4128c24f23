"""What speaks against a spoke's addresses, in sentences that say who holds them and what is free."""

from collections.abc import Iterable, Iterator

from peering.core.addresses import Prefix
from peering.core.estate import RESERVED, Estate
from peering.core.findings import Code, Finding, listing
from peering.core.model import PeeringState, Vnet


def address_findings(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    if not spoke.prefixes:
        yield Finding(
            Code.NO_ADDRESS_SPACE,
            f"{spoke.id.name} has no address space that could be peered. Give it at least one prefix.",
        )
    for prefix in spoke.prefixes:
        yield from _overlaps(prefix, spoke, estate)
        if not _allowed(prefix, estate):
            spaces = listing(_family(estate.policy.allowed_space, prefix)) or f"no IPv{prefix.version} range"
            yield Finding(
                Code.OUTSIDE_ALLOWED_SPACE,
                f"{prefix} is outside of what hub {estate.policy.name!r} allows: {spaces}.{_advice(prefix, estate)}",
            )


def _overlaps(prefix: Prefix, spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    by_owner: dict[str, list[Prefix]] = {}
    for claim in estate.book.overlapping(prefix):
        by_owner.setdefault(claim.owner, []).append(claim.prefix)
    for owner, held in by_owner.items():
        if owner.lower() != spoke.id.lowered:
            yield Finding(
                _code(owner, estate),
                f"{prefix} overlaps {_holder(owner, held, estate)}.{_advice(prefix, estate)}",
            )


def _code(owner: str, estate: Estate) -> Code:
    if owner == RESERVED:
        return Code.OVERLAPS_RESERVED
    return Code.OVERLAPS_HUB if owner == str(estate.hub.id) else Code.OVERLAPS_SPOKE


def _holder(owner: str, held: list[Prefix], estate: Estate) -> str:
    prefixes = listing(sorted(held))
    if owner == RESERVED:
        return f"{prefixes}, which is reserved behind hub {estate.policy.name!r} (on-premises or other use)"
    if owner == str(estate.hub.id):
        return f"{prefixes} of the hub's own network {owner}"
    left_behind = (half for half in estate.hub.halves if half.state == PeeringState.DISCONNECTED)
    orphan = any(half.leads_to == owner for half in left_behind)
    left = ", left behind by a peering that is Disconnected: its owner can remove it" if orphan else ""
    return f"{prefixes} of {owner}, a spoke of hub {estate.policy.name!r}{left}"


def peers_that_overlap_the_hub(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    """ARM also refuses when the *hub* overlaps a peer of the spoke (docs/facts/arm-peering.md, Overlap)."""
    for half in spoke.halves:
        clashing = [p for p in half.remote_prefixes if any(p.overlaps(own) for own in estate.hub.prefixes)]
        if clashing and half.remote != estate.hub.id:
            yield Finding(
                Code.OVERLAPS_HUB,
                f"{spoke.id.name} is already peered with {half.leads_to}, whose {listing(clashing)} overlaps the "
                f"network of hub {estate.policy.name!r}. Remove the peering {half.name!r} first, or choose another "
                "hub.",
            )


def _allowed(prefix: Prefix, estate: Estate) -> bool:
    allowed = estate.policy.allowed_space
    return not allowed or any(prefix.inside(block) for block in allowed)


def _family(blocks: Iterable[Prefix], prefix: Prefix) -> list[Prefix]:
    return [block for block in blocks if block.version == prefix.version]


def _advice(prefix: Prefix, estate: Estate) -> str:
    """Free ranges of the same size, the smallest thing that would cure the refusal."""
    blocks = _family(estate.policy.allowed_space, prefix)
    free = estate.book.free(blocks, prefix.length)
    if free:
        return f" Free ranges of that size: {listing(free)}."
    return (
        f" Use a range inside {listing(blocks)} that nobody holds." if blocks else " Choose a range that nobody holds."
    )
