"""Why a spoke may not be peered: a code for machines, a sentence for the person who set the tag."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.network.addresses import Prefix
from peering.core.network.failures import NO_ANSWER, AzureFailure, StorageFailure, rule_for
from peering.core.network.resource_ids import ClassicNetworkId, VnetId
from peering.core.network.vnets import Overruled


class Code(StrEnum):
    """Every reason for which Autopeer itself says no."""

    UNKNOWN_HUB = "UnknownHub"
    NO_HUB_NAMED = "NoHubNamed"
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
    GATEWAY_PREFIXES_FULL = "GatewayPrefixesFull"
    SPOKE_HAS_GATEWAY = "SpokeHasGateway"
    SPOKE_USES_OTHER_GATEWAY = "SpokeUsesOtherGateway"
    NO_HUB_GATEWAY = "NoHubGateway"
    PEERED_BY_HAND = "PeeredByHand"
    MANAGED_ELSEWHERE = "ManagedElsewhere"
    LEFT_ON = "SwitchLeftOn"
    LEFT_OFF = "SwitchLeftOff"
    PAUSED = "Paused"
    OBSERVED = "OnlyObserved"
    BRAKED = "HeldBack"
    UNDONE_AGAIN = "UndoneAgain"
    CATALOGUE_IS_NEW = "CatalogueIsNew"
    CLASSIC_NETWORK = "ClassicNetwork"
    NOT_PROVISIONED = "NotProvisioned"
    APPROVAL_NEEDED = "ApprovalNeeded"
    APPROVAL_REFUSED = "ApprovalRefused"
    TAG_NOT_ALLOWED = "TagNotAllowed"
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


def choice(items: Sequence[object], limit: int = 3) -> str:
    """`a, b or c`: what there is to choose from."""
    shown = [str(item) for item in items[:limit]]
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


_TRIED_AGAIN = "It is tried again by itself."
_GIVEN_UP = "Autopeer looks again once a day, when the network changes, and when you ask."


def explain(failure: AzureFailure, *, given_up: bool = False) -> Finding:
    """What Azure answered, in its words, what it means, what a person can do about it, and what Autopeer does."""
    if isinstance(failure, StorageFailure):
        return _our_storage(failure)
    rule = rule_for(failure)
    said = failure.message if failure.status == NO_ANSWER else f"Azure answered: {failure.message}"
    after = _GIVEN_UP if given_up else _TRIED_AGAIN
    remedy = rule.remedy or (after if given_up else "")
    return Finding(failure.code, _sentences(said, rule.why, rule.remedy, after), remedy)


def _our_storage(failure: StorageFailure) -> Finding:
    """What says nothing about a network must not read like an answer about one."""
    remedy = "Nothing is wrong with your network. Ask those who operate Autopeer."
    said = f"Autopeer's own storage, not your network, answered: {failure.message}"
    return Finding(failure.code, _sentences(said, remedy, _TRIED_AGAIN), remedy)


def _sentences(*parts: str) -> str:
    """Parts as sentences one after another; words of others may end without a full stop."""
    texts = [part.strip() for part in parts if part.strip()]
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in texts)


def given_up(reason: str) -> Finding:
    """An error that nobody foresaw, every time."""
    remedy = "Ask those who operate Autopeer: their log says more under the correlation id."
    said = f"Autopeer gave up after an error that it did not foresee: {reason}"
    return Finding("Abandoned", _sentences(said, remedy, _GIVEN_UP), remedy)


def more(left: int) -> Finding:
    """What stands for the findings that a row has no room for."""
    return Finding("More", f"And {left} more. Mend these first.", "Mend these first.")


def spoke_is_gone(spoke: VnetId) -> Finding:
    """It is not there, and has not been for as long as Azure's reads can lag."""
    remedy = "Check the id, or create the network first."
    return Finding(Code.SPOKE_NOT_FOUND, f"There is no virtual network {spoke}. {remedy}", remedy)


def spoke_not_there_yet(spoke: VnetId) -> Finding:
    """A 404 that may only be early."""
    return Finding(
        Code.SPOKE_NOT_FOUND,
        f"Azure says that there is no virtual network {spoke}. That is often true for a moment only, so it is looked "
        "at again for five minutes. If you asked for it by its id, check the id.",
        "Check the id; it is looked at again for five minutes.",
    )


def gone_beside_connected(spoke: VnetId, policy: HubPolicy) -> Finding:
    """A 404 that the hub contradicts."""
    return Finding(
        Code.SPOKE_NOT_FOUND,
        f"Azure says that there is no virtual network {spoke}, but the peering of hub {policy.name!r} says that it is "
        "connected with it. Nothing is changed; it is looked at again by itself. If the network is deleted for good, "
        f"ask {policy.its_owners} to remove the hub's peering with it.",
        f"If the network is deleted for good, ask {policy.whom} to remove the hub's peering with it.",
    )


def hub_gone_beside_connected(policy: HubPolicy) -> Finding:
    """A 404 of the hub that the spoke contradicts."""
    return Finding(
        Code.HUB_NOT_FOUND,
        f"Azure says that there is no network {policy.vnet}, which is hub {policy.name!r}, but the peering of yours "
        "says that it is connected with it. Nothing is changed; it is looked at again by itself. Nothing is wrong with "
        f"your network; if it stays so, ask {policy.its_owners}.",
        f"Nothing is wrong with your network; if it stays so, ask {policy.whom}.",
    )


def classic_network(error: ClassicNetworkId) -> Finding:
    """The id is one of the classic deployment model (ASM), which Azure does not peer from."""
    remedy = "Migrate it to Resource Manager first."
    return Finding(Code.CLASSIC_NETWORK, f"{error} {remedy}", remedy)


def hub_not_found(policy: HubPolicy) -> Finding:
    """The catalogue names a network that does not exist."""
    return Finding(
        Code.HUB_NOT_FOUND,
        f"Hub {policy.name!r} is {policy.vnet} in the catalogue, and there is no such network. Nothing is wrong with "
        f"yours; ask {policy.its_owners} to correct hubs.toml.",
        f"Nothing is wrong with your network; ask {policy.whom} to correct the catalogue.",
    )


def unknown_hub(wanted: str, catalogue: Catalogue, *, by_tag: bool) -> Finding:
    """The tag, or the request, names no hub of the catalogue; says which was most likely meant."""
    asked = f"The tag {catalogue.tag!r}" if by_tag else "The request"
    meant = catalogue.closest(wanted)
    known = listing(sorted(catalogue.hubs), 2)
    remedy = f"Did you mean {meant!r}? Write the name of a hub." if meant else f"Write one of {known}."
    return Finding(
        Code.UNKNOWN_HUB,
        f"{asked} {names_no_hub(wanted, catalogue)} Write one of them, or remove the tag.",
        remedy,
    )


def names_no_hub(wanted: str, catalogue: Catalogue) -> str:
    """What a sentence says of something that should name a hub: what stands there, what was meant, what there is."""
    meant = catalogue.closest(wanted)
    hint = f" Did you mean {meant!r}?" if meant else ""
    named = f"names {wanted[:100]!r}, which is no hub" if wanted else "is empty"
    return f"{named}.{hint} Known hubs: {listing(sorted(catalogue.hubs), 10)}."


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


def tag_not_allowed(spoke: VnetId, policy: HubPolicy, overruled: Overruled) -> Finding:
    """Whoever may write the tag of the network may not choose this hub for it."""
    where, value = overruled.where, overruled.value
    remedy = f"Ask whoever looks after {where} to set the tag there."
    if value is not None:
        remedy = f"Write the hub that the tag of {where} names, or ask whoever looks after that to change it."
    says = "that has none" if value is None else f"that names {value[:100]!r}" if value else "that is empty"
    return Finding(
        Code.TAG_NOT_ALLOWED,
        f"The tag of {spoke.name} names hub {policy.name!r}, but for this hub the tag of {where} counts more, and "
        f"{says}. {remedy}",
        remedy,
    )


def tag_renamed(former: str, policy: HubPolicy, catalogue: Catalogue) -> Finding:
    """The network still bears the tag that the catalogue no longer looks at."""
    remedy = f"Set the tag {catalogue.tag[:60]!r} to {policy.name!r} on your network."
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
    remedy = "Nothing is wrong: it moves by itself."
    return Finding(
        Code.OLD_HUB_FIRST,
        f"Hub {policy.name!r} has accepted your network. Its address space and that of hub {old!r} overlap, so Azure "
        f"does not allow both peerings at once: the one to {old!r} is removed first. {remedy}",
        remedy,
    )


def still_connected_to(finding: Finding, hub: str) -> Finding:
    """The same reason, and that nothing was lost by it."""
    return replace(finding, message=f"{finding.message} Your network stays connected to hub {hub!r}.")


def no_hub_named(spoke: VnetId, catalogue: Catalogue) -> Finding:
    """A person asked for a network that has no tag, and named no hub either."""
    remedy = f"Set the tag {catalogue.tag[:60]!r} to the name of a hub, or name a hub in the request."
    return Finding(
        Code.NO_HUB_NAMED,
        f"{spoke.name} has no tag {catalogue.tag!r}, and the request named no hub, so nothing was done. {remedy} Known "
        f"hubs: {listing(sorted(catalogue.hubs), 10)}.",
        remedy,
    )
