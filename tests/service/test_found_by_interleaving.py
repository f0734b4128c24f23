"""Faults that the model of tests/service/model found: each with its story, shortened to what it takes."""

import asyncio
from datetime import timedelta
from typing import Any

from peering.adapters.records import TableRecords
from peering.core.network.resource_ids import lease_name
from peering.core.record.record import State
from tests.builders import HUB_ID, SPOKE_ID, hub, record, request, spoke, vnet_id
from tests.fakes.scheduling import ProcessDied
from tests.service.model.interleavings import Scheduler, SteppedLoop
from tests.service.model.tables import Tables
from tests.service.town import Town

B = vnet_id("spoke-b")


async def test_a_lease_that_nobody_knows_he_holds() -> None:
    """Azure gave the lease, and the answer was lost on its way: nobody holds it, and nobody can take it.

    Whoever came next found it busy, left his row to the holder, and went away. There was no holder: the row was never
    looked at again (seeds 226, 250 and 273 of the first version).
    """
    town = Town(hub(), spoke())
    town.leases.until[lease_name(HUB_ID)] = town.clock() + town.leases.duration
    town.put(request())
    await town.pump(town.leases.duration + timedelta(seconds=10))
    assert town.connected()
    await town.pump()
    assert town.queue.messages == []


async def test_a_holder_that_dies_before_its_first_alarm_while_somebody_leaves_a_row_to_it() -> None:
    """The first holder finds nothing to do, for somebody else has done it, and dies; B has left its row to it.

    Its message comes back after ten minutes, finds its own spoke in order, and has no reason to look at the hub.
    """
    town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=B))
    await town.ask()
    lease = lease_name(HUB_ID)

    async def die() -> None:
        async with town.leases.take(lease):
            town.put(request(B, when=town.clock()))
            await town.pump(timedelta())
            assert town.row(B).state is State.PENDING
            raise ProcessDied

    try:
        await die()
    except ProcessDied:
        town.put(request(when=town.clock()))
    await town.pump()
    assert town.connected([SPOKE_ID, B])


async def test_a_row_that_is_made_anew_while_it_is_forgotten_can_be_found() -> None:
    """One forgets the row, the other makes it anew: pointer, row. The first then deletes what he takes for his pointer.

    The row was there and could not be found by its spoke: no request closed it, and the drain of the unknown asked for
    one every minute, for ever (seed 314).
    """
    loop = SteppedLoop()
    scheduler = Scheduler(0, loop)
    loop.close()
    scheduler.over = True  # no order is drawn here: this one is told
    tables: Any = Tables(scheduler)
    records = TableRecords(tables)
    old = await records.save(record(hub="unknown", etag=None))
    peerings, forgotten = tables.get_table_client("peerings"), asyncio.Event()
    create, pointed = peerings.create_entity, asyncio.Event()

    async def create_late(entity: Any, **rest: Any) -> Any:  # noqa: ANN401 - the SDK's
        pointed.set()
        await forgotten.wait()
        return await create(entity, **rest)

    peerings.create_entity = create_late
    making = asyncio.create_task(records.save(record(hub="unknown", etag=None)))
    async with asyncio.timeout(5):
        await pointed.wait()
    await records.forget(old)
    forgotten.set()
    made = await making
    assert await records.find(SPOKE_ID) == [made]
