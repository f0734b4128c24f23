"""Which rows of a hub differ from the hub as it stands now: those are worth a read of their spokes. Pure.

A look at one hub asks it after an event, a sweep of all; what is to be done about a difference is not said here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from peering.core.catalogue.policy import GatewayUse, HubPolicy
from peering.core.decision.findings import Code
from peering.core.decision.gateway_room import over_the_limit
from peering.core.network.addresses import AddressBook, Claim, overlap
from peering.core.network.failures import GATEWAY_NOT_READY
from peering.core.network.resource_ids import VnetId, peering_id
from peering.core.network.vnets import Half, PeeringState, Vnet
from peering.core.record.record import Found, Record, State


class Drift(StrEnum):
    """What differs, in words for the log.

    `GATEWAY_UNUSED` is the weak one: the hub lends its gateway and the pair does without. Mostly that is the spoke's
    own doing, and stays so; the gateway may also have been building when the pair was made.
    """

    HUB_MISSING = "there is no hub"
    HALF_MISSING = "the hub's half is missing"
    ANOTHER_HALF = "the hub's half has another name"
    NOT_CONNECTED = "the hub's half is not connected"
    FAILED = "the last write of the hub's half failed"
    NOT_IN_SYNC = "the hub's half is not in sync"
    SWITCHED = "the hub's half has other switches"
    GATEWAY_CAME = "the hub has a gateway now"
    GATEWAY_GONE = "the hub has no gateway any more"
    ANOTHER_GATEWAY = "the hub has another gateway"
    GATEWAY_UNUSED = "the hub's gateway is not used"
    REASON_GONE = "what the hub had against it seems to be gone"


def drifted(hub: Vnet | None, rows: Iterable[Record], policy: HubPolicy) -> Iterator[tuple[Record, Drift]]:
    """The rows of the hub for which it shows something else than they say, each with the first thing that differs.

    `hub` is None when it reads 404. A row on its way out, one that is over and one that a later version wrote are never
    among them; nor is an open one, unless it is known to have stood: that it is looked at already does not say that
    the hub was read after it changed.
    """
    seen = _Hub(hub, policy) if hub else None
    for row in rows:
        drift = _drift(row, seen) if row.is_understood else None
        if drift:
            yield row, drift


@dataclass(frozen=True)
class _Hub:
    """The hub's document, so that each row costs one look-up."""

    vnet: Vnet
    policy: HubPolicy

    @cached_property
    def halves(self) -> dict[VnetId, Half]:
        return {half.remote: half for half in reversed(self.vnet.halves) if half.remote}

    @cached_property
    def book(self) -> AddressBook:
        return AddressBook(
            Claim(prefix, half.remote.lowered if half.remote else half.name)
            for half in self.vnet.halves
            for prefix in half.remote_prefixes
        )

    @property
    def lends(self) -> str | None:
        """The gateway that spokes may use."""
        return None if self.policy.gateway is GatewayUse.NEVER else self.vnet.gateway


def _drift(row: Record, hub: _Hub | None) -> Drift | None:
    if hub is None:
        return Drift.HUB_MISSING if row.state is State.CONNECTED else None
    waits = row.state is State.PENDING and row.progress.not_before is not None
    stands = row.is_standing and row.state in (State.CONNECTED, State.PENDING)
    drift = _of_half(row, hub) or _of_gateway(row.found, hub) if stands else None
    if drift is None and (waits or row.state in (State.CONNECTED, State.REFUSED, State.FAILED)):
        return Drift.REASON_GONE if _may_be_over(row, hub) else None
    return drift


def _of_half(row: Record, hub: _Hub) -> Drift | None:
    half = hub.halves.get(row.spoke)
    if half is None:
        return Drift.HALF_MISSING
    if half.state != PeeringState.CONNECTED:
        return Drift.NOT_CONNECTED
    if half.has_failed:
        return Drift.FAILED
    if not half.settled:
        return Drift.NOT_IN_SYNC
    if row.found.hub_half and row.found.hub_half.lower() != peering_id(hub.vnet.id, half.name).lower():
        return Drift.ANOTHER_HALF
    flags = row.found.hub_flags
    return Drift.SWITCHED if flags is not None and half.flags != flags else None


def _of_gateway(found: Found, hub: _Hub) -> Drift | None:
    """What the record says of the gateway, and what the hub has. That the catalogue changed is not the hub's news."""
    used = "" if found.gateway == "none" else found.gateway
    if hub.policy.gateway is GatewayUse.NEVER or not found.gateway:
        return None
    if hub.lends is None:
        return Drift.GATEWAY_GONE if used else None
    if not used and "gateway_transit" in found.left_off:
        return None  # switched off there by the hub's owner: told, and left so until a person asks
    if not used:
        lent = found.hub_flags is not None and found.hub_flags.gateway_transit
        return Drift.GATEWAY_UNUSED if lent else Drift.GATEWAY_CAME
    return Drift.ANOTHER_GATEWAY if used.lower() != hub.lends.lower() else None


def _may_be_over(row: Record, hub: _Hub) -> bool:
    """Whether all that spoke against it was the hub's, and does not show there any more."""
    codes = {finding.code for finding in row.found.findings}
    return bool(codes) and all(code in _IS_OVER and _IS_OVER[code](row, hub) for code in codes)


def _has_a_gateway(_: Record, hub: _Hub) -> bool:
    return hub.lends is not None


def _has_room_behind_the_gateway(row: Record, hub: _Hub) -> bool:
    return not over_the_limit(hub.vnet, row.spoke, row.found.prefixes, ())


def _overlaps_no_hub(row: Record, hub: _Hub) -> bool:
    return not overlap(row.found.prefixes, hub.vnet.prefixes)


def _overlaps_no_neighbour(row: Record, hub: _Hub) -> bool:
    owners = (claim.owner for prefix in row.found.prefixes for claim in hub.book.overlapping(prefix))
    return all(owner == row.spoke.lowered for owner in owners)


_IS_OVER: Mapping[str, Callable[[Record, _Hub], bool]] = {
    Code.HUB_NOT_FOUND: lambda _, __: True,  # it was read
    Code.NO_HUB_GATEWAY: _has_a_gateway,
    GATEWAY_NOT_READY: _has_a_gateway,  # docs/facts/arm-peering.md, Gateway building
    Code.HUB_FULL: lambda _, hub: len(hub.vnet.halves) < hub.policy.max_peerings,
    Code.NOT_PROVISIONED: lambda _, hub: hub.vnet.provisioning_state != "Failed",
    Code.GATEWAY_PREFIXES_FULL: _has_room_behind_the_gateway,
    Code.OVERLAPS_HUB: _overlaps_no_hub,
    Code.OVERLAPS_SPOKE: _overlaps_no_neighbour,
}
"""Of what a hub can have against a spoke: what its own document must show for another look to be worth it."""
