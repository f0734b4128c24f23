"""Which halves on a hub nobody stands behind any more: they give way to whoever fits in their place."""

from collections.abc import Collection, Iterator, Sequence

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.batch import Candidate
from peering.core.decision.ownership import is_ours
from peering.core.network.addresses import overlap
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, PeeringState, Vnet
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.observe import observe


async def forfeited(
    hub: Vnet, policy: HubPolicy, candidates: Sequence[Candidate], stood_behind: Collection[VnetId], context: Context
) -> frozenset[VnetId]:
    """The networks behind halves of ours that are not Connected, and whose pair is not to be.

    Asked only about those that are in a candidate's way, for it costs a read of a row and perhaps one of a network;
    and not about `stood_behind`, which are judged themselves or are being written.
    """
    suspects = list(_in_the_way(hub, policy, candidates, stood_behind))
    verdicts = await run_all(_is_forfeited(half, remote, policy, context) for half, remote in suspects)
    return frozenset(remote for (_, remote), forfeit in zip(suspects, verdicts, strict=True) if forfeit)


def _in_the_way(
    hub: Vnet, policy: HubPolicy, candidates: Sequence[Candidate], stood_behind: Collection[VnetId]
) -> Iterator[tuple[Half, VnetId]]:
    there = [candidate.seen for candidate in candidates if candidate.seen and not candidate.leaving]
    for half in hub.halves:
        if half.remote is None or half.remote in stood_behind or half.is_connected or not is_ours(half, policy):
            continue
        if any(overlap(half.remote_prefixes, spoke.prefixes) for spoke in there):
            yield half, half.remote


async def _is_forfeited(half: Half, remote: VnetId, policy: HubPolicy, context: Context) -> bool:
    """A row that is not Connected has not got so far.

    Behind a Disconnected half one 404 is enough: the partner has seen the network go.
    """
    row = await context.ports.records.get(policy.name, remote.key)
    if row is not None and not row.is_standing:
        return row.is_understood
    if half.state != PeeringState.DISCONNECTED:
        return False
    network, _ = await observe(remote, context)
    return network is None
