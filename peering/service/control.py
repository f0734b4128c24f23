"""What a person does to the limits: pause and resume, and release what the brake has held back."""

from datetime import timedelta

from peering.core.decision.pause import Pause
from peering.core.decision.withheld import Limit
from peering.core.intake.requests import Door, Request
from peering.core.network.resource_ids import VnetId
from peering.core.record.held_list import HeldList
from peering.core.record.holding import released, resumed
from peering.log import logger
from peering.ports import Records
from peering.service.announcing import list_ends, pause_ends, tell_of_list, tell_of_pauses
from peering.service.context import Context
from peering.service.opening import open_again
from peering.service.requeue import requeue

_log = logger(__name__)


async def held_at(hub: str, records: Records) -> HeldList:
    """The rows that wait for a person to let something go, longest asked for first."""
    return HeldList.of(hub, await records.of_hub(hub))


async def release(hub: str, digest: str, who: str, context: Context) -> HeldList | None:
    """Let go of the list by that digest; None when it is another list by now, and nothing was let go.

    An alarm before the rows, for the case that we die in between, and one after them.
    """
    held = await held_at(hub, context.ports.records)
    if held.digest != digest or not held.rows:
        return None
    _log.warning("%s releases what the brake has held back at hub %s: %s networks", who, hub, len(held.rows))
    ports = context.ports
    await tell_of_list(hub, ports, context.clock(), grown=True, rows=held.rows)  # whose end is told, that was told
    await list_ends(hub, who, ports, context.clock())
    await open_again(hub, map(released, held.rows), f"{who} has released what the brake held back", context)
    await tell_of_list(hub, ports, context.clock(), grown=False)
    return held


async def pause(pause: Pause, context: Context) -> None:
    """Nothing is written from now on, within seconds. A network that is held is told so."""
    _log.warning("%s", pause)
    ports = context.ports
    if any(each.scope == pause.scope for each in await ports.pauses.all()):
        await tell_of_pauses(ports, context.clock())  # it is replaced, and may have run out before
    await ports.pauses.begin(pause)
    if pause.spoke:
        await _look_at(pause.spoke, pause.who, context)
    await tell_of_pauses(ports, context.clock())


async def resume(scope: str, who: str, context: Context) -> bool:
    """The pause is over before its time; what it has held is looked at again at once. False when there is none."""
    ports = context.ports
    over = next((each for each in await ports.pauses.all() if each.scope == scope), None)
    if over is None:
        return False
    await tell_of_pauses(ports, context.clock())
    await pause_ends(scope, who, ports, context.clock())
    if not await ports.pauses.end(scope):
        return False
    _log.warning("%s ends the pause of %s", who, scope)
    for hub in [over.hub] if over.hub else list(context.catalogue.hubs):
        rows = await context.ports.records.of_hub(hub)
        held = [row for row in rows if row.progress.held == Limit.PAUSED and over.spoke in (None, row.spoke)]
        await open_again(hub, map(resumed, held), f"{who} has ended the pause of {scope}", context)
    await tell_of_pauses(ports, context.clock())
    return True


async def _look_at(spoke: VnetId, who: str, context: Context) -> None:
    now, name = context.clock(), f"pause-{spoke.key}"
    request = Request(id=name, spoke=spoke, door=Door.SWEEP, who=who, when=now, correlation=name)
    await requeue(request, timedelta(), context.ports)
