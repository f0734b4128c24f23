"""What must hold when the storm is over and nothing is due within half a day."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from peering.adapters.entities import from_entity
from peering.core.decision.findings import Code
from peering.core.decision.ownership import bears_our_mark
from peering.core.network.resource_ids import VnetId, lease_name
from peering.core.record.note import Note
from peering.core.record.record import Record, State
from tests.builders import HUB_ID, half
from tests.service.model.world import FOREIGN, STRANGER, TARGETS, World

_LATE = timedelta(minutes=3)  # an alarm comes a second late on purpose, and its message may have hung on its way

# An alarm for a death comes after a minute. Every look at a row that was put off for less arms one anew: the note knows
# of one alarm only, the next. After ten seconds, then twenty, forty, that makes some for each partition of rows.
_ALARMS = 8


def faults_of(world: World) -> list[str]:
    """Everything that is wrong, in words; empty when all is well."""
    checks = (_rows, _pairs, _foreign, _queue)
    return [*world.networks.faults, *(fault for check in checks for fault in check(world))]


def _rows(world: World) -> Iterator[str]:
    for entity in world.tables.tables["peerings"].rows.values():
        row = from_entity(entity, None)
        if row.is_open:
            yield f"an open row that nothing wakes: {_short(row)}"
        if row.is_waiting and not _is_woken(row, world):
            yield f"nothing wakes {_short(row)}"
        answered = any(finding.code == Code.NO_HUB_NAMED for finding in row.found.findings)  # who asked is told so
        is_over = row.state in (State.FAILED, State.ABANDONED, State.REFUSED) and not answered
        if is_over and row.spoke in world.networks.fake.vnets:
            yield f"given up: {_short(row)} {row.found.findings}"
        if (row.spoke.key, row.hub) not in world.tables.tables["spokes"].rows:
            yield f"nobody can find {_short(row)}"
    yield from (f"the host gave up for good: {body}" for body in world.host.lost)


def _short(row: Record) -> str:
    return f"{row.spoke.name} under {row.hub}, {row.state} until {row.progress.not_before}"


def _is_woken(row: Record, world: World) -> bool:
    """Whether a message will have the row looked at when it is due, or when its hub may be asked again."""
    due = row.progress.not_before or world.scheduler.now()
    network = TARGETS.get(row.hub)
    blob = world.blobs.get_blob_client(lease_name(network or row.hub))
    hub_due = Note.from_metadata(blob.metadata).not_before or due
    return any(when <= max(due, hub_due) + _LATE for when in _alarms(row.hub, world))


def _alarms(hub: str, world: World) -> Iterator[datetime]:
    for message in world.host.queue.fake.messages:
        document = json.loads(message.body)
        if document["kind"] == "alarm" and document["hub"] == hub:
            yield message.due


def _pairs(world: World) -> Iterator[str]:
    """A pair stands, whole, where the tag says; nowhere else is there half a pair of ours."""
    for network in world.spokes:
        there = world.networks.fake.vnets.get(network)
        wanted = there.tags.get("hub") if there else None
        for name, target in TARGETS.items():
            here = there.half_to(target) if there else None
            beyond = world.networks.fake.vnets[target].half_to(network)
            stands = bool(here and beyond and here.settled and beyond.settled)
            if name == wanted and not stands:
                yield f"{network.name} wants {name}, and there is {here} and {beyond}"
            if name != wanted and (here or beyond):
                yield f"{network.name} wants {wanted}, and at {name} there is {here} and {beyond}"
            if name == wanted and _state(world, network, name) is not State.CONNECTED:
                yield f"{network.name} is connected with {name}, and its row says {_state(world, network, name)}"


def _state(world: World, network: VnetId, hub: str) -> object:
    entity = world.tables.tables["peerings"].rows.get((hub, network.key))
    return from_entity(entity, None).state if entity else None


def _foreign(world: World) -> Iterator[str]:
    vnets = world.networks.fake.vnets
    found = vnets[HUB_ID].half_to(STRANGER), vnets[STRANGER].half_to(HUB_ID)
    if found != (FOREIGN, half(HUB_ID, "by-hand-too", "10.0.0.0/16")):
        yield f"foreign halves were touched: {found}"
    for vnet in (vnets[each] for each in TARGETS.values()):
        known = {*world.spokes, STRANGER}
        if strange := [each for each in vnet.halves if each.remote not in known or not _is_expected(each.name)]:
            yield f"halves that nobody knows on {vnet.id.name}: {strange}"


def _is_expected(name: str) -> bool:
    return bears_our_mark(name) or name == FOREIGN.name


def _queue(world: World) -> Iterator[str]:
    slots = sum(each.slots for each in world.host.processes)
    partitions = len(TARGETS) + 1  # of the rows: the hubs, and the one for hubs that nobody knows
    bound = slots + _ALARMS * partitions + len(world.spokes) + world.put
    if world.host.queue.largest > bound:
        yield f"the queue grew to {world.host.queue.largest}; {bound} was the bound"
