"""What withholds changes at a hub just now: the pauses, and the brake. Asked under the hub's lease, batch by batch."""

from collections.abc import Sequence
from datetime import timedelta

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.batch import Decision
from peering.core.decision.brake import NO_BRAKE, Brake, most_removals, takes_away
from peering.core.decision.limits import Limits
from peering.core.decision.pause import Pause
from peering.core.decision.withheld import Limit
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.record import RELEASED, State
from peering.service.context import Context

_A_DAY = timedelta(days=1)
_FRESH = timedelta(seconds=5)


async def limits_at(
    hub: Vnet | None, policy: HubPolicy, decisions: Sequence[Decision], pauses: tuple[Pause, ...], context: Context
) -> Limits:
    """Storage is asked of the rows only where something would be taken away."""
    taking = hub is not None and any(takes_away(decision, hub) for decision in decisions)
    brake = await _brake(hub, policy, decisions, context) if hub and taking else NO_BRAKE
    return Limits(at=context.clock(), pauses=pauses, brake=brake)


class Pausing:
    """Whether somebody has paused the hub since its batch began: that takes effect between two pairs."""

    def __init__(self, hub: str, context: Context) -> None:
        self._hub = hub
        self._context = context
        self._asked = context.clock()
        self._limits: Limits | None = None

    async def holds(self, spoke: VnetId) -> bool:
        """Asked of storage every few seconds at most."""
        now = self._context.clock()
        if now - self._asked >= _FRESH:
            self._asked = now
            self._limits = Limits(at=now, pauses=await self._context.ports.pauses.all())
        return self._limits is not None and self._limits.pause_of(self._hub, spoke) is not None


async def _brake(hub: Vnet, policy: HubPolicy, decisions: Sequence[Decision], context: Context) -> Brake:
    """Counted from the records: what is wished now, whoever waits for it, and what was done within a day."""
    rows = await context.ports.records.of_hub(policy.name)
    done = await context.ports.records.lost(policy.name, context.clock() - _A_DAY)
    judged = {decision.candidate.id for decision in decisions}
    asked = {
        row.spoke
        for row in rows
        if row.is_standing and (row.state is State.LEAVING or row.progress.held == Limit.BRAKE)
    }
    return Brake(
        done=done,
        asked=frozenset(asked - judged),
        released=frozenset(row.spoke for row in rows if row.progress.held == RELEASED),
        most=most_removals(policy, len(hub.halves)),
    )
