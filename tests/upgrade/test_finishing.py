"""What earlier versions and this one leave open is finished by this one: nothing is lost and nothing done twice."""

import asyncio
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.upgrade.document import Json, read, write
from tests.upgrade.dump import dump_of
from tests.upgrade.names import (
    UNKNOWN,
    Record,
    State,
    Town,
    Vnet,
    VnetId,
    from_entity,
    read_catalogue,
    vnet_from_arm,
    vnet_id,
)
from tests.upgrade.story import ENDS, tell
from tests.upgrade.test_upgrade import DUMPS, rows_of

AT_ONCE, LONG_AFTER = timedelta(), timedelta(days=3)
_TIME_ENOUGH = timedelta(days=2)  # what was given up is looked at again once a day

type Key = tuple[str, VnetId]


@pytest.fixture(params=[*DUMPS, "this version"])
def dump(request: pytest.FixtureRequest) -> Json:
    """What is in storage when this version starts; its own as well, as if all its processes had ended just then."""
    return DUMPS[request.param] if request.param in DUMPS else read(write(dump_of(asyncio.run(tell()))))


@pytest.mark.parametrize("together", [False, True], ids=["in order", "at the same time"])
@pytest.mark.parametrize("later", [AT_ONCE, LONG_AFTER], ids=["at once", "long after"])
def test_what_was_left_open_is_finished(dump: Json, later: timedelta, together: bool) -> None:
    _finishes(_start(dump, later), together=together)


def test_the_messages_that_wait_are_enough(dump: Json) -> None:
    """Without those that came last, about one spoke or another: they too make somebody look at everything."""
    waits = [each for each in dump["queue"] if each["visible"] > dump["now"]]
    _finishes(_start(dump | {"queue": waits}, AT_ONCE), together=False)


def _finishes(town: Town, *, together: bool) -> None:
    rows, networks = dict(town.records.rows), dict(town.networks.vnets)
    ends = _ends(rows, networks)
    assert {(row.hub, row.spoke) for row in rows.values() if row.is_open and row.hub != UNKNOWN} <= ends.keys()
    asyncio.run(_let_time_pass(town, together=together))

    assert (town.poison, town.records.unreadable) == ([], []), "every message is understood"
    assert [row for row in town.records.rows.values() if row.is_open] == []
    for (hub, spoke), end in ends.items():
        assert town.row(spoke, hub).state is end
        vnet = town.context.catalogue.hubs[hub].vnet
        assert _between(vnet, spoke, town) == (["Connected", "Connected"] if end is State.CONNECTED else [])
        _holds_its_history(town, (hub, spoke), rows.get((hub, spoke.key)), end)
    _others_are_untouched(town, networks, ends)
    writes = Counter(write for write in town.writes if not write.startswith("tag"))
    assert sorted(writes) == _differences(networks, town)
    # A spoke whose side refused is asked first, when the hub's gateway cannot be used yet: that is a second write.
    refused = (row for row in rows.values() if row.progress.begin_with == "spoke" and not row.found.spoke_half)
    assert {write for write, times in writes.items() if times > 1} == {_spoke_half(row) for row in refused}


def _start(dump: Json, later: timedelta) -> Town:
    """This version over what the dump left, so much later."""
    hubs = read_catalogue(tomllib.loads("\n".join(dump["catalogue"])))
    town = Town(*(vnet_from_arm(document) for document in dump["networks"]), hubs=hubs)
    town.clock.now = dump["now"] + later
    for row in rows_of(dump, "peerings"):
        record = from_entity(row, f"{row['PartitionKey']}-{row['RowKey']}")
        town.records.rows[record.hub, record.spoke.key] = record
    town.leases.until, town.leases.notes = dict(dump["leases"]), dict(dump.get("notes", {}))
    for each in dump["queue"]:
        town.queue.put(each["body"]).due = each["visible"]
    return town


def _ends(rows: Mapping[tuple[str, str], Record], networks: Mapping[VnetId, Vnet]) -> dict[Key, State]:
    """Of the story's ends those that this dump has: a row that waits, or a network that only messages know of."""
    found = {(hub, vnet_id(name)): end for (hub, name), end in ENDS.items()}
    waits = {key: rows[key[0], key[1].key].is_waiting for key in found if (key[0], key[1].key) in rows}
    return {key: end for key, end in found.items() if key[1] in networks and waits.get(key, True)}


async def _let_time_pass(town: Town, *, together: bool) -> None:
    if together:
        await town.pump_together()
    await town.pump(_TIME_ENOUGH)


def _between(hub: VnetId, spoke: VnetId, town: Town) -> list[str]:
    halves = [town.networks.vnets[one].half_to(other) for one, other in ((hub, spoke), (spoke, hub))]
    return [str(half.state) for half in halves if half]


def _holds_its_history(town: Town, key: Key, before: Record | None, end: State) -> None:
    """One line that says the end; none where that was the last word already."""
    told = [row.state for _, row in town.records.entries if (row.hub, row.spoke) == key]
    assert told == [end] or (not told and before and before.last_outcome == end), (key, told)


def _others_are_untouched(town: Town, before: Mapping[VnetId, Vnet], ends: Mapping[Key, State]) -> None:
    """Halves of other people, and pairs that nobody asked about, are the same to the last switch."""
    ours = {frozenset((town.context.catalogue.hubs[hub].vnet, spoke)) for hub, spoke in ends}
    for network, then in before.items():
        now = town.networks.vnets[network]
        left = [[half for half in each.halves if frozenset((network, half.remote)) not in ours] for each in (then, now)]
        assert left[0] == left[1]
    assert len(town.networks.vnets) == len(before)


def _differences(before: Mapping[VnetId, Vnet], town: Town) -> list[str]:
    """The writes that bring one to the other, each once. A half's state follows from the other side's write."""
    then, now = _written(before), _written(town.networks.vnets)
    puts = [f"put {name}" for name, half in now.items() if then.get(name) != half]
    return sorted([*puts, *(f"remove {name}" for name in then if name not in now)])


def _spoke_half(row: Record) -> str:
    return f"put {row.spoke.name}/autopeer-{row.hub}"


def _written(networks: Mapping[VnetId, Vnet]) -> dict[str, object]:
    halves = ((network.id.name, half) for network in networks.values() for half in network.halves)
    return {f"{name}/{half.name}": (half.remote, half.flags, half.remote_prefixes) for name, half in halves}
