"""What a person does to the limits: pause and resume, and release what the brake has held back."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from peering.core.decision.pause import Pause
from peering.core.decision.withheld import Limit
from peering.core.intake.requests import Door, Request
from peering.core.network.resource_ids import VnetId
from peering.core.record.holding import released, resumed, waits_for_a_release
from peering.core.record.record import Record
from peering.log import logger
from peering.ports import Records, StaleRecord
from peering.service.context import Context
from peering.service.requeue import arm, requeue

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class HeldList:
    """What the brake, or a later rule, would take away at a hub.

    `digest` names the list: who releases it says that he has seen this one.
    """

    hub: str
    rows: tuple[Record, ...]

    @property
    def digest(self) -> str:
        keys = " ".join(sorted(row.spoke.key for row in self.rows))
        return hashlib.sha256(keys.encode()).hexdigest()[:16]


async def held_at(hub: str, records: Records) -> HeldList:
    """The rows that wait for a person to let something go, longest asked for first."""
    return held_among(hub, await records.of_hub(hub))


def held_among(hub: str, found: Iterable[Record]) -> HeldList:
    """The same, of all rows of the hub."""
    rows = [row for row in found if waits_for_a_release(row)]
    return HeldList(hub, tuple(sorted(rows, key=lambda row: (row.asked.requested, row.spoke.key))))


async def release(hub: str, digest: str, who: str, context: Context) -> HeldList | None:
    """Let go of the list by that digest; None when it is another list by now, and nothing was let go.

    An alarm before the rows, for the case that we die in between, and one after them.
    """
    held = await held_at(hub, context.ports.records)
    if held.digest != digest or not held.rows:
        return None
    _log.warning("%s releases what the brake has held back at hub %s: %s networks", who, hub, len(held.rows))
    await _open(hub, ((row, released(row)) for row in held.rows), context)
    return held


async def pause(pause: Pause, context: Context) -> None:
    """Nothing is written from now on, within seconds. A network that is held is told so."""
    _log.warning("%s", pause)
    await context.ports.pauses.begin(pause)
    if pause.spoke:
        await _look_at(pause.spoke, pause.who, context)


async def resume(scope: str, who: str, context: Context) -> bool:
    """The pause is over before its time; what it has held is looked at again at once. False when there is none."""
    over = next((each for each in await context.ports.pauses.all() if each.scope == scope), None)
    if over is None or not await context.ports.pauses.end(scope):
        return False
    _log.warning("%s ends the pause of %s", who, scope)
    for hub in [over.hub] if over.hub else list(context.catalogue.hubs):
        rows = await context.ports.records.of_hub(hub)
        held = [row for row in rows if row.progress.held == Limit.PAUSED and over.spoke in (None, row.spoke)]
        await _open(hub, ((row, resumed(row)) for row in held), context)
    return True


async def _open(hub: str, rows: Iterable[tuple[Record, Record]], context: Context) -> None:
    changed = list(rows)
    if not changed:
        return
    now = context.clock()
    await arm(hub, now + context.ports.leases.duration, context.ports, now)
    for _, after in changed:
        try:
            await context.ports.records.save(after)
        except StaleRecord:
            _log.info("%s was asked about meanwhile", after.spoke)
    await arm(hub, now, context.ports, now)


async def _look_at(spoke: VnetId, who: str, context: Context) -> None:
    now, name = context.clock(), f"pause-{spoke.key}"
    request = Request(id=name, spoke=spoke, door=Door.SWEEP, who=who, when=now, correlation=name)
    await requeue(request, timedelta(), context.ports)
