"""What somebody else undoes again and again: after the third time within a day it is left as he has made it.

Two that put right what the other has done would cut and make the same pair for ever; only people can end that.
"""

from datetime import datetime, timedelta

from peering.core.decision.changes import Action
from peering.core.decision.findings import Code, Finding
from peering.core.decision.pair import standing_pair
from peering.core.decision.switches import Known
from peering.core.decision.verdict import Verdict
from peering.core.network.resource_ids import peering_id
from peering.core.network.vnets import Flags, Vnet

OFTEN = 3
WITHIN = timedelta(days=1)


def lately(times: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    """Those of the times that still count."""
    return tuple(each for each in times if now - each < WITHIN)


def puts_right(verdict: Verdict, known: Known, hub: Vnet, spoke: Vnet) -> bool:
    """Whether the verdict makes good what was done to a pair of which the record says that it stood so."""
    writes = any(change.action is not Action.SYNC for change in verdict.plan.changes)
    at_hub = _differs(hub, spoke, known.hub_half, known.hub_flags)
    return writes and (at_hub or _differs(spoke, hub, known.spoke_half, known.spoke_flags))


def _differs(network: Vnet, other: Vnet, known: str, flags: Flags | None) -> bool:
    half = network.half_to(other.id)
    if not known or flags is None:
        return False
    if half is None or not half.is_connected:
        return True
    return peering_id(network.id, half.name).lower() == known.lower() and half.flags != flags


def left_to(who: str, hub: Vnet, spoke: Vnet, name: str) -> Verdict:
    """The pair as it is now. `who` undoes it, `name` is the hub's in the catalogue."""
    pair = standing_pair(hub, spoke)
    finding = Finding(
        Code.UNDONE_AGAIN,
        f"The peering of {spoke.id.name} with hub {name!r} was undone {OFTEN} times within a day by {who}, and put "
        "right each time, so now it is left as it is. Find out who that is: a deployment that lists the network's "
        "peerings, or leaves them out, perhaps. Have it leave them alone, then ask for the network by HTTP (POST "
        "/api/peerings). It is tried again after a day.",
        remedy="Have whoever undoes the peering leave it alone, then ask for the network by HTTP.",
    )
    return Verdict(findings=(finding,), pair=pair, as_it_stands=pair is not None)
