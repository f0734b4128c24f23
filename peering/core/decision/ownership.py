"""Whose a half is: the names that are our mark, and what of the peerings of others we may adopt or must leave alone.

The pattern of a name, together with the record, is our mark: what lacks it we never remove.
"""

import re

from peering.core.catalogue.policy import Existing, HubPolicy
from peering.core.decision.findings import Code, Finding, listing
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet

_MARK = "autopeer-"
_LONGEST = 80  # of a peering's name (docs/facts/arm-peering.md, Names)
_OURS = re.compile(r"autopeer-[\w.-]+", re.IGNORECASE | re.ASCII)


def hub_half_name(spoke: VnetId, digits: int = 8) -> str:
    """On the hub: the spoke's name for the reader, and some digits of its key because names repeat."""
    room = _LONGEST - len(_MARK) - 1 - digits
    return f"{_MARK}{spoke.name[:room]}-{spoke.key[:digits]}"


def spoke_half_name(hub: str) -> str:
    """On the spoke: the hub's name in the catalogue."""
    return f"{_MARK}{hub}"


def bears_our_mark(name: str) -> bool:
    return bool(_OURS.fullmatch(name))


def made_by_hand(spoke: Vnet, hub: Vnet, policy: HubPolicy) -> list[Finding]:
    """Why a spoke without a record of ours cannot be peered: what is there already is not ours to change."""
    if taken := _under_our_name(spoke, hub, policy):
        return [
            Finding(
                Code.PEERED_BY_HAND,
                f"{spoke.id.name} has a peering called {taken.name!r} with {taken.leads_to}, of which Autopeer has no "
                f"record, so it is not replaced by one with hub {policy.name!r}. Remove it, or make it anew under "
                "another name.",
                "Remove the peering that has the name of ours, or make it anew under another name.",
            )
        ]
    pair = (hub.half_to(spoke.id), spoke.half_to(hub.id))
    foreign = [half.name for half in pair if half and not bears_our_mark(half.name)]
    if policy.existing is Existing.ADOPT or not foreign:
        return []
    return [
        Finding(
            Code.PEERED_BY_HAND,
            f"{spoke.id.name} and hub {policy.name!r} are already peered by hand ({listing(foreign)}), and this "
            f'hub does not adopt such peerings. Remove it, or ask {policy.its_owners} to set existing = "adopt".',
            f"Remove the peering made by hand, or ask {policy.whom} to adopt it.",
        )
    ]


def _under_our_name(spoke: Vnet, hub: Vnet, policy: HubPolicy) -> Half | None:
    """A half called as ours would be that leads elsewhere: another installation's, perhaps."""
    half = spoke.half_named(spoke_half_name(policy.name))
    return half if half and half.remote != hub.id and not spoke.half_to(hub.id) else None
