"""The verdict on a spoke: a plan, or a refusal with every finding there is. Pure: all that matters is an argument."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from peering.core.addresses import AddressBook, Claim, Prefix
from peering.core.findings import Code, Finding, listing
from peering.core.made_by_hand import made_by_hand
from peering.core.model import PeeringState, Vnet
from peering.core.plan import Plan, gateway_use, make_plan, other_remote_gateway
from peering.core.policy import Catalogue, GatewayUse, HubPolicy
from peering.core.resource_ids import VnetId

_RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The spoke may not be peered, and why. Never empty."""

    findings: tuple[Finding, ...]


type Verdict = Plan | Refusal


@dataclass(frozen=True, slots=True)
class Estate:
    """A hub as a batch sees it: its VNet, its policy, and who holds which addresses around it.

    `admitted` are the spokes this batch has already let in: their halves do not exist yet, but they count.
    """

    hub: Vnet
    policy: HubPolicy
    catalogue: Catalogue
    book: AddressBook
    admitted: frozenset[VnetId] = frozenset()

    @classmethod
    def around(cls, hub: Vnet, policy: HubPolicy, catalogue: Catalogue) -> "Estate":
        return cls(hub, policy, catalogue, AddressBook(_claims(hub, policy)))

    def with_spoke(self, spoke: Vnet) -> "Estate":
        """The estate once this spoke is in, so that the next one of the batch cannot overlap it."""
        claims = [Claim(prefix, str(spoke.id)) for prefix in spoke.prefixes]
        return replace(self, book=self.book.plus(claims), admitted=self.admitted | {spoke.id})

    @property
    def peered(self) -> int:
        existing = {half.remote for half in self.hub.halves}
        return len(self.hub.halves) + len(self.admitted - existing)


def judge(spoke: Vnet, estate: Estate, *, ours: bool, approved: bool = False) -> Verdict:
    """Decide about one spoke.

    `ours` says that a record of ours stands behind the pair; without one, a half that is there was made by hand.
    `approved` says that a person has already let the spoke in.
    """
    findings = sorted({finding for check in _CHECKS for finding in check(spoke, estate)})
    if not ours:
        findings += made_by_hand(spoke, estate.hub, estate.policy)
    if not findings and not approved:
        findings += _approval(spoke, estate)
    return Refusal(tuple(findings)) if findings else make_plan(estate.hub, spoke, estate.policy)


def _claims(hub: Vnet, policy: HubPolicy) -> Iterator[Claim]:
    yield from (Claim(prefix, str(hub.id)) for prefix in hub.prefixes)
    yield from (Claim(prefix, _RESERVED) for prefix in policy.reserved_space)
    for half in hub.halves:
        yield from (Claim(prefix, half.leads_to) for prefix in half.remote_prefixes)


def _identity(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    if other := estate.catalogue.hub_of(spoke.id):
        yield Finding(
            Code.SPOKE_IS_HUB,
            f"{spoke.id.name} is itself the hub {other.name!r}. Remove its tag {estate.catalogue.tag!r}: hubs are "
            "not peered by tag.",
        )
    for vnet in (spoke, estate.hub):
        if vnet.provisioning_state == "Failed":
            yield Finding(
                Code.NOT_PROVISIONED,
                f"The last change to {vnet.id.name} failed and Azure does not peer a network in that state. Repeat the "
                "deployment that failed; its success is noticed by itself.",
            )


def _permission(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    policy = estate.policy
    if "*" not in policy.subscriptions and spoke.id.subscription.lower() not in policy.subscriptions:
        yield Finding(
            Code.SUBSCRIPTION_NOT_ALLOWED,
            f"Hub {policy.name!r} does not take spokes from subscription {spoke.id.subscription}. Ask its owners to "
            f"add the subscription to hubs.{policy.name}.subscriptions, or choose another hub.",
        )
    regions = (estate.hub.location,) if policy.regions == ("same",) else policy.regions
    if regions is not None and spoke.location not in regions:
        yield Finding(
            Code.REGION_NOT_ALLOWED,
            f"{spoke.id.name} is in {spoke.location or 'an unknown region'}, and hub {policy.name!r} takes spokes "
            f"from {listing(regions)} only. Choose a hub for that region, or create the network in one of these.",
        )


def _capacity(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    if estate.hub.half_to(spoke.id) is None and estate.peered >= estate.policy.max_peerings:
        yield Finding(
            Code.HUB_FULL,
            f"Hub {estate.policy.name!r} has {estate.peered} of at most {estate.policy.max_peerings} peerings. "
            "Remove one that is no longer needed, or choose another hub.",
        )


def _gateways(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    """A gateway that is optional costs the option; one that is required costs the peering (docs/decisions/0006)."""
    hub, policy = estate.hub, estate.policy
    if policy.gateway is not GatewayUse.REQUIRED or gateway_use(hub, spoke, policy)[0]:
        return
    if hub.gateway is None:
        yield Finding(
            Code.NO_HUB_GATEWAY,
            f"Hub {policy.name!r} requires its spokes to use its gateway, but {hub.id.name} has none yet. Nothing is "
            "wrong with your network; ask the hub's owners when the gateway comes.",
        )
    elif spoke.gateway is not None:
        yield Finding(
            Code.SPOKE_HAS_GATEWAY,
            f"{spoke.id.name} has a gateway of its own ({spoke.gateway}), so Azure cannot let it use the one of hub "
            f"{policy.name!r}, required there. Delete the gateway, or choose a hub that does not require its own.",
        )
    elif other := other_remote_gateway(spoke, hub.id):
        yield Finding(
            Code.SPOKE_USES_OTHER_GATEWAY,
            f"{spoke.id.name} already uses a remote gateway through its peering {other.name!r}, and Azure allows one. "
            "Switch useRemoteGateways off there, or remove that peering.",
        )


def _addresses(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
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
        if owner.lower() != str(spoke.id).lower():
            yield Finding(
                _code(owner, estate),
                f"{prefix} overlaps {_holder(owner, held, estate)}.{_advice(prefix, estate)}",
            )


def _code(owner: str, estate: Estate) -> Code:
    if owner == _RESERVED:
        return Code.OVERLAPS_RESERVED
    return Code.OVERLAPS_HUB if owner == str(estate.hub.id) else Code.OVERLAPS_SPOKE


def _holder(owner: str, held: list[Prefix], estate: Estate) -> str:
    prefixes = listing(sorted(held))
    if owner == _RESERVED:
        return f"{prefixes}, which is reserved behind hub {estate.policy.name!r} (on-premises or other use)"
    if owner == str(estate.hub.id):
        return f"{prefixes} of the hub's own network {owner}"
    left_behind = (half for half in estate.hub.halves if half.state == PeeringState.DISCONNECTED)
    orphan = any(half.leads_to == owner for half in left_behind)
    left = ", left behind by a peering that is Disconnected: its owner can remove it" if orphan else ""
    return f"{prefixes} of {owner}, a spoke of hub {estate.policy.name!r}{left}"


def _hub_among_other_peers(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    """ARM also refuses when the *hub* overlaps a network already peered with the spoke (arm.md, section 3)."""
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


def _approval(spoke: Vnet, estate: Estate) -> list[Finding]:
    if not estate.policy.holds(spoke.id.subscription, spoke.location, spoke.prefixes):
        return []
    return [
        Finding(
            Code.APPROVAL_NEEDED,
            f"Nothing is wrong with {spoke.id.name}, but hub {estate.policy.name!r} wants a person to approve it. Ask "
            f'the hub\'s owners for a rule with decision = "accept" under hubs.{estate.policy.name}.approval.',
        )
    ]


_CHECKS: tuple[Callable[[Vnet, Estate], Iterator[Finding]], ...] = (
    _identity,
    _permission,
    _capacity,
    _gateways,
    _addresses,
    _hub_among_other_peers,
)
