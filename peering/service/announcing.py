"""Publishing: an event is told when the topic has taken it. Of limits, whoever finds what was not told tells it.

A limit is told beside its mark (core/record/marks.py): first the event, then the mark, so that a death in between tells
it again, under the same id. What nobody comes by for, the sweep tells.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from peering.core.network.failures import AzureFailure
from peering.core.record.announcement import Announcement
from peering.core.record.held_list import HeldList
from peering.core.record.marks import Mark, Step, held_scope, held_step, pause_scope, pause_steps
from peering.core.record.record import Record
from peering.log import logger
from peering.ports import Ports

_log = logger(__name__)

_WHO_ASKS = timedelta(seconds=5)  # a person waits for his answer, and the sweep tells what took longer


async def published(event: Announcement, ports: Ports, longest: timedelta) -> bool:
    """Whether the topic has taken it. Whatever goes wrong, it undoes nothing of what was done."""
    try:
        async with asyncio.timeout(longest.total_seconds()):
            await ports.announcer.announce(event)
    except Exception as error:  # noqa: BLE001 - as the docstring says
        _log.warning("could not announce %s of %s: %r", event.type, event.subject, error)
        return False
    return True


async def tell_of_pauses(ports: Ports, now: datetime) -> None:
    """What has begun, run out or ended and was not told. No failure is raised: the next one to come by tells it."""
    try:
        pauses, marks = await asyncio.gather(ports.pauses.all(), ports.pauses.marks())
        await _take(pause_steps(pauses, marks, now), ports)
    except AzureFailure as failure:
        _log.warning("cannot tell what is paused: %s", failure)


async def tell_of_list(
    hub: str, ports: Ports, now: datetime, *, grown: bool, rows: Sequence[Record] | None = None
) -> None:
    """That the brake holds a list at the hub, another one (`grown`), or none any more. No failure is raised.

    `rows` are the hub's, where they have been read already.
    """
    try:
        marks = await ports.pauses.marks()
        held = HeldList.of(hub, await ports.records.of_hub(hub) if rows is None else rows)
        step = held_step(held, marks.get(held_scope(hub)), now, grown=grown)
        await _take([step] if step else [], ports)
    except AzureFailure as failure:
        _log.warning("cannot tell what is held back at hub %s: %s", hub, failure)


async def pause_ends(scope: str, who: str, ports: Ports, now: datetime) -> None:
    """Before it does: whoever tells of it shall know who ended it. Raises AzureFailure."""
    await _ending(pause_scope(scope), who, ports, now)


async def list_ends(hub: str, who: str, ports: Ports, now: datetime) -> None:
    """The same of a list that is released."""
    await _ending(held_scope(hub), who, ports, now)


async def _ending(scope: str, who: str, ports: Ports, now: datetime) -> None:
    if mark := (await ports.pauses.marks()).get(scope):
        await ports.pauses.mark(mark.ending(who, now))


async def _take(steps: Iterable[Step], ports: Ports) -> None:
    for step in steps:
        after: Mark | None = step.mark
        if step.event and not await published(step.event, ports, _WHO_ASKS):
            after = step.lost
            if after is None:
                continue
        if step.is_last:
            await ports.pauses.unmark(step.mark.scope)
        elif after:
            await ports.pauses.mark(after)
