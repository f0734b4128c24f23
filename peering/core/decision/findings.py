"""Why a spoke may not be peered: a code for machines, a sentence for the person who set the tag."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.network.addresses import Prefix
from peering.core.network.failures import AzureFailure, rule_for
from peering.core.network.resource_ids import ClassicNetworkId, VnetId


class Code(StrEnum):
    """Every reason for which Autopeer itself says no."""

    UNKNOWN_HUB = "UnknownHub"
    HUB_NOT_FOUND = "HubNotFound"
    SPOKE_NOT_FOUND = "SpokeNotFound"
    SPOKE_IS_HUB = "SpokeIsHub"
    SUBSCRIPTION_NOT_ALLOWED = "SubscriptionNotAllowed"
    REGION_NOT_ALLOWED = "RegionNotAllowed"
    NO_ADDRESS_SPACE = "NoAddressSpace"
    OVERLAPS_HUB = "OverlapsHub"
    OVERLAPS_SPOKE = "OverlapsSpoke"
    OVERLAPS_RESERVED = "OverlapsReserved"
    OUTSIDE_ALLOWED_SPACE = "OutsideAllowedSpace"
    HUB_FULL = "HubFull"
    SPOKE_HAS_GATEWAY = "SpokeHasGateway"
    SPOKE_USES_OTHER_GATEWAY = "SpokeUsesOtherGateway"
    NO_HUB_GATEWAY = "NoHubGateway"
    PEERED_BY_HAND = "PeeredByHand"
    MANAGED_ELSEWHERE = "ManagedElsewhere"
    LEFT_ON = "SwitchLeftOn"
    LEFT_OFF = "SwitchLeftOff"
    CLASSIC_NETWORK = "ClassicNetwork"
    NOT_PROVISIONED = "NotProvisioned"
    APPROVAL_NEEDED = "ApprovalNeeded"
    TAG_RENAMED = "TagRenamed"
    HUB_LEFT_CATALOGUE = "HubLeftCatalogue"
    OLD_HUB_FIRST = "OldHubFirst"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One reason. `code` is a Code of ours or, for a failure, ARM's own; `message` says what, why and what to do.

    `remedy` is what to do in at most 150 characters, without long names: it comes first where room is short, on a tag.
    Two findings that differ in nothing else are the same, so that a row of an earlier version is not told again.
    """

    code: str
    message: str
    remedy: str = field(default="", compare=False, repr=False)


def listing(items: Sequence[object], limit: int = 5) -> str:
    """`a, b and 3 more`: a list as a sentence has it."""
    shown = [str(item) for item in items[:limit]]
    if len(items) > limit:
        return f"{', '.join(shown)} and {len(items) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def explain(failure: AzureFailure) -> Finding:
    """What Azure answered, in its words, and what a person can do about it."""
    remedy = rule_for(failure).remedy
    return Finding(failure.code, f"Azure answered: {failure.message} {remedy}".strip())


def given_up(reason: str) -> Finding:
    """An error that nobody foresaw, every time."""
    return Finding("Abandoned", f"Autopeer gave up after an error that it did not foresee: {reason}")


def more(left: int) -> Finding:
    """What stands for the findings that a row has no room for."""
    return Finding("More", f"And {left} more. Mend these first.")


def spoke_is_gone(spoke: VnetId) -> Finding:
    """It is not there, and has not been for as long as Azure's reads can lag."""
    return Finding(Code.SPOKE_NOT_FOUND, f"There is no virtual network {spoke}. Check the id, or create it first.")


def spoke_not_there_yet(spoke: VnetId) -> Finding:
    """A 404 that may only be early."""
    return Finding(
        Code.SPOKE_NOT_FOUND,
        f"Azure says that there is no virtual network {spoke}. That is often true for a moment only, so it is looked "
        "at again for five minutes.",
    )


def gone_beside_connected(spoke: VnetId, policy: HubPolicy) -> Finding:
    """A 404 that the hub contradicts."""
    return Finding(
        Code.SPOKE_NOT_FOUND,
        f"Azure says that there is no virtual network {spoke}, but the half of hub {policy.name!r} says that it is "
        "connected with it. Nothing is changed; it is looked at again by itself. If the network is deleted for good, "
        "remove the hub's half.",
    )


def hub_gone_beside_connected(policy: HubPolicy) -> Finding:
    """A 404 of the hub that the spoke contradicts."""
    return Finding(
        Code.HUB_NOT_FOUND,
        f"Azure says that there is no network {policy.vnet}, which is hub {policy.name!r}, but the half of yours says "
        "that it is connected with it. Nothing is changed; it is looked at again by itself. Nothing is wrong with your "
        "network.",
    )


def classic_network(error: ClassicNetworkId) -> Finding:
    """The id is one of the classic deployment model (ASM), which Azure does not peer from."""
    return Finding(Code.CLASSIC_NETWORK, f"{error} Migrate it to Resource Manager first.")


def hub_not_found(policy: HubPolicy) -> Finding:
    """The catalogue names a network that does not exist."""
    return Finding(
        Code.HUB_NOT_FOUND,
        f"Hub {policy.name!r} is {policy.vnet} in the catalogue, and there is no such network. Nothing is wrong with "
        "yours; ask the hub's owners to correct hubs.toml.",
    )


def unknown_hub(wanted: str, catalogue: Catalogue, *, by_tag: bool) -> Finding:
    """The tag, or the request, names no hub of the catalogue; says which was most likely meant."""
    asked = f"The tag {catalogue.tag!r}" if by_tag else "The request"
    named = f"names {wanted[:100]!r}, which is no hub" if wanted else "is empty"
    meant = catalogue.closest(wanted)
    hint = f" Did you mean {meant!r}?" if meant else ""
    return Finding(Code.UNKNOWN_HUB, f"{asked} {named}.{hint} Known hubs: {listing(sorted(catalogue.hubs), 10)}.")


def while_it_stands(
    findings: Sequence[Finding], routed: Sequence[Prefix], unrouted: Sequence[Prefix]
) -> tuple[Finding, ...]:
    """Reasons against a pair that stands, which end it not: what it carries, and what not, is told with the first."""
    stands = "The pair stands as it is."
    if unrouted:
        stands = (
            f"The pair stands as it is{f' on {listing(routed)}' if routed else ''}; {listing(unrouted)} is not routed."
        )
    first, *others = findings
    return (replace(first, message=f"{first.message} {stands}"), *others)


def tag_renamed(former: str, policy: HubPolicy, catalogue: Catalogue) -> Finding:
    """The network still bears the tag that the catalogue no longer looks at."""
    remedy = f"Add the tag {catalogue.tag!r} = {policy.name!r} to your network."
    return Finding(
        Code.TAG_RENAMED,
        f"The tag that chooses a hub is called {catalogue.tag!r} now, and your network bears only the former one, "
        f"{former!r}. It stays connected to hub {policy.name!r} as it is. {remedy}",
        remedy,
    )


def hub_left_catalogue(hub: str) -> Finding:
    """The pair stands, and nobody looks after it any more."""
    remedy = "Ask the hub's owners which hub to name in the tag instead."
    return Finding(
        Code.HUB_LEFT_CATALOGUE,
        f"Hub {hub!r} is no longer in the catalogue. Your network stays connected to it as it is, but nobody keeps the "
        f"peering right any more. {remedy}",
        remedy,
    )


def old_hub_first(policy: HubPolicy, old: str) -> Finding:
    """Accepted; Azure does not let both pairs stand at once."""
    remedy = "Nothing is to be done: it moves by itself."
    return Finding(
        Code.OLD_HUB_FIRST,
        f"Hub {policy.name!r} has accepted your network. Its address space and that of hub {old!r} overlap, so Azure "
        f"does not allow both peerings at once: the one to {old!r} is removed first. {remedy}",
        remedy,
    )


def move_to_be_approved(spoke: VnetId, policy: HubPolicy, old: HubPolicy) -> Finding:
    """The hub that is left wants to be asked."""
    remedy = f"Ask the owners of hub {old.name!r} to let the network go, or set the tag back to {old.name!r}."
    return Finding(
        Code.APPROVAL_NEEDED,
        f"Hub {policy.name!r} would take {spoke.name}, but hub {old.name!r} wants a person to approve that it leaves. "
        f"{remedy}",
        remedy,
    )


def still_connected_to(finding: Finding, hub: str) -> Finding:
    """The same reason, and that nothing was lost by it."""
    return replace(finding, message=f"{finding.message} Your network stays connected to hub {hub!r}.")
