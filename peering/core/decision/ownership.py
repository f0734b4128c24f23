"""Whose a half is: the names that are our mark, and what of the peerings of others we may adopt or must leave alone.

The pattern of a name, together with the record, is our mark: what lacks it we never remove.
"""

import re

from peering.core.catalogue.policy import Existing, HubPolicy
from peering.core.decision.findings import Code, Finding, listing
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet

_LONGEST = 80  # of a peering's name (docs/facts/arm-peering.md, Names)
# No network's or hub's name can follow `autopeer.` without an installation between: that has neither dot nor hyphen.
_MARKED = re.compile(r"autopeer(?:\.(?P<installation>[a-z0-9]{1,12}))?-[\w.-]+", re.IGNORECASE | re.ASCII)
# docs/facts/arm-peering.md, Virtual Network Manager; what Virtual WAN names its halves is not documented
_MANAGERS = {"anm_": "Azure Virtual Network Manager (AVNM)", "remotevnettohubpeering_": "Azure Virtual WAN"}


def hub_half_name(spoke: VnetId, digits: int = 8, installation: str = "") -> str:
    """On the hub: the spoke's name for the reader, and some digits of its key because names repeat."""
    mark = _mark(installation)
    room = _LONGEST - len(mark) - 1 - digits
    return f"{mark}{spoke.name[:room]}-{spoke.key[:digits]}"


def spoke_half_name(hub: str, installation: str = "") -> str:
    """On the spoke: the hub's name in the catalogue."""
    return f"{_mark(installation)}{hub}"


def _mark(installation: str) -> str:
    return f"autopeer.{installation}-" if installation else "autopeer-"


def bears_our_mark(name: str, installation: str = "") -> bool:
    return _marked_by(name) == installation


def is_ours(half: Half, policy: HubPolicy) -> bool:
    """Whether Autopeer made it, as far as the half itself tells: what is not so is never removed."""
    return bears_our_mark(half.name, policy.installation) and _foreign_kind(half, policy) is None


def _marked_by(name: str) -> str | None:
    """The installation whose mark the name bears, empty for the one without a name; None for a name without a mark."""
    found = _MARKED.fullmatch(name)
    return (found["installation"] or "").lower() if found else None


def hands_off(spoke: Vnet, hub: Vnet, policy: HubPolicy) -> list[Finding]:
    """Why a pair that stands is none of ours to write, record or not: it is of a kind that we do not make."""
    on_hub, on_spoke = hub.half_to(spoke.id), spoke.half_to(hub.id)
    for half in (half for half in (on_hub, on_spoke) if half):
        if what := _foreign_kind(half, policy):
            return [_managed(half, what, spoke, policy)]
    if on_hub and on_hub.flags.remote_gateways:
        what = f"makes hub {policy.name!r} use a gateway of {spoke.id.name}, which is a transit network"
        return [_managed(on_hub, what, spoke, policy)]
    return []


def _foreign_kind(half: Half, policy: HubPolicy) -> str | None:
    """What the half is, as the end of a sentence about it; None for one that Autopeer could have made."""
    if manager := next((who for start, who in _MANAGERS.items() if half.name.lower().startswith(start)), None):
        return f"belongs to {manager}"
    if half.is_ipv6_only:
        return "carries IPv6 only (enableOnlyIPv6Peering)"
    if not half.is_complete:
        return "joins only some subnets of the two (peerCompleteVnets is off)"
    if (installation := _marked_by(half.name)) not in (None, policy.installation):
        return f"belongs to another installation of Autopeer, {installation or 'the one without a name'!r}"
    return None


def _managed(half: Half, what: str, spoke: Vnet, policy: HubPolicy) -> Finding:
    return Finding(
        Code.MANAGED_ELSEWHERE,
        f"{spoke.id.name} and hub {policy.name!r} are joined by the peering {half.name!r}, which {what}. Autopeer "
        "does not make such peerings and leaves this one as it is. Remove the tag, or ask whoever made it to remove it "
        "first.",
        remedy="Remove the tag, or have whoever made the peering remove it.",
    )


def made_by_hand(spoke: Vnet, hub: Vnet, policy: HubPolicy) -> list[Finding]:
    """Why a spoke without a record of ours cannot be peered: what is there already is not ours to change."""
    if taken := _under_our_name(spoke, hub, policy):
        return [
            Finding(
                Code.PEERED_BY_HAND,
                f"{spoke.id.name} has a peering called {taken.name!r} with {taken.leads_to}, of which Autopeer has no "
                f"record, so it is not replaced by one with hub {policy.name!r}. Remove it, or make it anew under "
                "another name.",
                remedy="Remove the peering that has the name of ours, or make it anew under another name.",
            )
        ]
    pair = (hub.half_to(spoke.id), spoke.half_to(hub.id))
    foreign = [half.name for half in pair if half and not bears_our_mark(half.name, policy.installation)]
    if policy.existing is Existing.ADOPT or not foreign:
        return []
    return [
        Finding(
            Code.PEERED_BY_HAND,
            f"{spoke.id.name} and hub {policy.name!r} are already peered by hand ({listing(foreign)}), and this "
            f'hub does not adopt such peerings. Remove it, or ask {policy.its_owners} to set existing = "adopt".',
            remedy=f"Remove the peering made by hand, or ask {policy.whom} to adopt it.",
        )
    ]


def _under_our_name(spoke: Vnet, hub: Vnet, policy: HubPolicy) -> Half | None:
    """A half called as ours would be that leads elsewhere: another installation's, perhaps."""
    half = spoke.half_named(spoke_half_name(policy.name, policy.installation))
    return half if half and half.remote != hub.id and not spoke.half_to(hub.id) else None
