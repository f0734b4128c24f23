"""Why a spoke may not be peered: a code for machines, a sentence for the person who set the tag."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


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
    CLASSIC_NETWORK = "ClassicNetwork"
    NOT_PROVISIONED = "NotProvisioned"
    APPROVAL_NEEDED = "ApprovalNeeded"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One reason. `code` is a Code of ours or, for a failure, ARM's own; `message` says what, why and what to do."""

    code: str
    message: str


def listing(items: Sequence[object], limit: int = 5) -> str:
    """`a, b and 3 more`: a list as a sentence has it."""
    shown = [str(item) for item in items[:limit]]
    if len(items) > limit:
        return f"{', '.join(shown)} and {len(items) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
