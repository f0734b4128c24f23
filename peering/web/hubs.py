"""`GET /api/hubs` and `GET /api/hubs/{hub}`: the rules of a hub in words, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peering.core.catalogue.policy import HubPolicy
from peering.core.catalogue.rules import rules_of
from peering.core.decision.batch import Observed
from peering.core.decision.findings import explain, hub_not_found
from peering.core.decision.gateway_room import MOST, announced
from peering.core.decision.pause import Pause
from peering.core.decision.room import Use
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Vnet
from peering.core.record.document import shown_time
from peering.core.record.note import Note
from peering.core.record.record import State
from peering.core.record.tally import Tally
from peering.web.limits import pause_body


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A hub and all that is known of it. `release` is how many rows a person could let go, and the list's digest."""

    policy: HubPolicy
    tally: Tally
    pauses: Sequence[Pause]
    note: Note
    seen: Observed
    space: Sequence[Use]
    release: tuple[int, str]


def whole_body(hub: Whole, now: datetime) -> dict[str, Any]:
    """What is known of a hub, with what Azure shows of it."""
    body = hub_body(hub.policy, hub.tally, hub.pauses, now)
    seen = hub.seen
    shown = _seen(seen, hub.policy, hub.space) if isinstance(seen, Vnet) else _unread(seen, hub.policy)
    count, digest = hub.release
    more = {"peerings": body["peerings"] | shown["peerings"], "toRelease": {"count": count, "digest": digest}}
    return body | _note(hub.note, now) | shown | more


def hub_body(policy: HubPolicy, tally: Tally, pauses: Sequence[Pause], now: datetime) -> dict[str, Any]:
    """What is known of a hub without a question to Azure."""
    spokes = {state: tally.states[state] for state in State if tally.states.get(state)}
    return {
        "hub": policy.name,
        "network": str(policy.vnet),
        "owners": policy.owners or None,
        "contact": policy.contact or None,
        "mode": str(policy.mode),
        "rules": list(rules_of(policy)),
        "spokes": {str(state): number for state, number in spokes.items()},
        "peerings": {"most": policy.max_peerings, "connected": tally.states.get(State.CONNECTED, 0)},
        "held": dict(tally.held),
        "lastWrite": shown_time(tally.written),
        "pauses": [pause_body(pause) for pause in pauses if _concerns(pause, policy) and not pause.is_over(now)],
    }


def _concerns(pause: Pause, policy: HubPolicy) -> bool:
    return pause.hub in (None, policy.name) and pause.spoke is None


def _seen(hub: Vnet, policy: HubPolicy, space: Sequence[Use]) -> dict[str, Any]:
    """What Azure shows of the hub. `space` is how full each block is in which its spokes may lie."""
    used = len(hub.halves)
    return {
        "unread": None,
        "location": hub.location,
        "addressSpace": [str(prefix) for prefix in hub.prefixes],
        "gateway": hub.gateway,
        "gatewayPrefixes": _gateway_prefixes(hub) if hub.gateway else None,
        "peerings": {"used": used, "free": max(0, policy.max_peerings - used)},
        "space": space_body(space),
        "anySpace": not policy.allowed_space,
    }


def space_body(space: Sequence[Use]) -> list[dict[str, Any]]:
    """Each block, the share of it that somebody holds, from 0 to 1, and the largest range that is free."""
    return [
        {"block": str(use.block), "used": round(use.used, 6), "largestFree": str(use.largest) if use.largest else None}
        for use in space
    ]


def _gateway_prefixes(hub: Vnet) -> dict[str, dict[str, int]]:
    told = announced(hub)
    return {
        f"ipv{version}": {"most": most, "used": told[version], "free": max(0, most - told[version])}
        for version, most in MOST.items()
    }


def _unread(seen: AzureFailure | None, policy: HubPolicy) -> dict[str, Any]:
    """Why Azure shows nothing of the hub; everything that it would have shown is null."""
    why = explain(seen).message if seen else hub_not_found(policy).message
    nothing = dict.fromkeys(("location", "addressSpace", "gateway", "gatewayPrefixes", "space"))
    return {"unread": why, **nothing, "peerings": {"used": None, "free": None}, "anySpace": not policy.allowed_space}


def _note(note: Note, now: datetime) -> dict[str, Any]:
    """When somebody looks at the hub next, and whether it is to be left in peace until then."""
    return {
        "alarm": shown_time(note.alarm if note.alarm and note.alarm > now else None),
        "busyUntil": shown_time(note.not_before if note.blocks(now) else None),
        "busySince": shown_time(note.busy_since if note.blocks(now) else None),
    }
