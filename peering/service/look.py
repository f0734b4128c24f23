"""What one batch reads: the hub, the spokes that are due, and what else belongs to the same networks."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.batch import Observed
from peering.core.decision.ownership import is_ours
from peering.core.network.addresses import overlap
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, PeeringState, Vnet
from peering.core.record.record import Record, State
from peering.core.record.staying import meets_another_hub
from peering.core.record.transitions import charged
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.observe import observe, tags_above
from peering.service.tags_above import TagsAbove


@dataclass(frozen=True, slots=True)
class Look:
    """One row and its network as it was read.

    `rows` are all rows of the network where another hub has to do with it, else none. `moved_to` is its other id where
    it is known to have been moved.
    """

    row: Record
    network: Observed
    rows: Sequence[Record] = ()
    moved_to: VnetId | None = None


async def look(policy: HubPolicy, rows: Sequence[Record], context: Context) -> tuple[Observed, list[Look]]:
    """One read of the hub (its peerings are inline) and one of each spoke, all at the same time."""
    above = tags_above(context)
    (hub, _), seen = await asyncio.gather(
        observe(policy.vnet, context), run_all(_look_at(row, policy, context, above) for row in rows)
    )
    if isinstance(hub, Vnet):
        context.ports.telemetry.hub_seen(policy.name, 1 - len(hub.halves) / policy.max_peerings)
        seen += await _left_behind(hub, policy, seen, context, above)
    return hub, seen


async def _look_at(row: Record, policy: HubPolicy, context: Context, above: TagsAbove) -> Look:
    started = row.progress.started or context.clock()
    network, calls = await observe(row.spoke, context, above)
    row = charged(replace(row, progress=replace(row.progress, started=started)), calls)
    if not isinstance(network, Vnet):
        return Look(row, network)
    elsewhere = meets_another_hub(row, network, policy, context.catalogue)
    return Look(row, network, await context.ports.records.find(row.spoke) if elsewhere else ())


async def _left_behind(
    hub: Vnet, policy: HubPolicy, seen: Sequence[Look], context: Context, above: TagsAbove
) -> list[Look]:
    """The rows behind what stands in a newcomer's way: halves of ours whose partner is gone.

    A network that was moved has another id and the guid that it had: what its former id left at the hub holds the
    addresses that it asks for. Any other such half is looked at too, for its network may be deleted unseen.
    """
    newcomers = [each.network for each in seen if isinstance(each.network, Vnet) and not each.row.is_standing]
    taken, found = {each.row.spoke for each in seen}, list[Look]()
    for half in hub.halves if newcomers else ():
        if half.remote is None or half.remote in taken or not _is_orphan(half, policy):
            continue
        row = await context.ports.records.get(policy.name, half.remote.key)
        if row is None or not row.is_understood or row.state is State.REMOVED:
            continue
        if moved := next((each for each in newcomers if each.guid and each.guid == row.found.guid), None):
            found.append(Look(row, None, moved_to=moved.id))
        elif any(overlap(each.prefixes, half.remote_prefixes) for each in newcomers):
            found.append(await _look_at(row, policy, context, above))
    return found


def _is_orphan(half: Half, policy: HubPolicy) -> bool:
    return half.state == PeeringState.DISCONNECTED and is_ours(half, policy)
