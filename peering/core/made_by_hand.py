"""Peerings that somebody else made: what of them we may adopt, and what we must leave alone."""

from peering.core.findings import Code, Finding, listing
from peering.core.model import Half, Vnet
from peering.core.names import bears_our_mark, spoke_half_name
from peering.core.policy import Existing, HubPolicy


def made_by_hand(spoke: Vnet, hub: Vnet, policy: HubPolicy) -> list[Finding]:
    """Why a spoke without a record of ours cannot be peered: what is there already is not ours to change."""
    if taken := _under_our_name(spoke, hub, policy):
        return [
            Finding(
                Code.PEERED_BY_HAND,
                f"{spoke.id.name} has a peering called {taken.name!r} with {taken.leads_to}, of which Autopeer has no "
                f"record, so it is not replaced by one with hub {policy.name!r}. Remove it, or make it anew under "
                "another name.",
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
            'hub does not adopt such peerings. Remove it, or ask the hub\'s owners to set existing = "adopt".',
        )
    ]


def _under_our_name(spoke: Vnet, hub: Vnet, policy: HubPolicy) -> Half | None:
    """A half called as ours would be that leads elsewhere: another installation's, perhaps."""
    half = spoke.half_named(spoke_half_name(policy.name))
    return half if half and half.remote != hub.id and not spoke.half_to(hub.id) else None
