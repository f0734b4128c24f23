"""A batch: refusals are recorded beside the writes, and what is raised leaves nothing running."""

import asyncio

from peering.core.decision.changes import Change
from peering.core.network.vnets import Half
from peering.core.record.record import Record, State
from peering.ports import Accepted, nobody_waits
from tests.builders import hub, spoke, vnet_id
from tests.service.town import Town

FITTING = [vnet_id(f"fits-{n}") for n in range(5)]
CLASHING = [vnet_id(f"clashes-{n}") for n in range(40)]


async def test_forty_refusals_do_not_hold_up_the_first_write() -> None:
    """A row takes its time to be written; the hub's first half is on its way before a single one has been."""
    fit = [spoke(f"10.{n + 1}.0.0/24", id=each) for n, each in enumerate(FITTING)]
    town = Town(hub(), *fit, *(spoke("10.0.0.0/24", id=each) for each in CLASHING))
    await town.wait_as_one_batch(*CLASHING, *FITTING)
    save, apply = town.records.save, town.networks.apply
    written: list[Record] = []
    before_the_first: list[int] = []

    async def save_slowly(record: Record) -> Record:
        for _ in range(50):
            await asyncio.sleep(0)
        saved = await save(record)
        written.append(saved)
        return saved

    async def note_and_apply(change: Change, accepted: Accepted = nobody_waits) -> Half | None:
        if not before_the_first:
            before_the_first.append(len([row for row in written if row.state is State.REFUSED]))
        return await apply(change, accepted)

    town.records.save, town.networks.apply = save_slowly, note_and_apply  # type: ignore[method-assign]
    await town.pump()
    assert before_the_first == [0]
    assert [town.row(each).state for each in CLASHING] == [State.REFUSED] * 40
    assert town.connected(FITTING)


async def test_what_is_raised_waits_for_those_that_are_being_recorded() -> None:
    town = Town(hub(), spoke(id=FITTING[0]), spoke("10.0.0.0/24", id=CLASHING[0]))
    town.networks.fail("apply", FITTING[0], RuntimeError("a bug"))
    await town.wait_as_one_batch(FITTING[0], CLASHING[0])
    await town.pump()
    assert town.row(CLASHING[0]).state is State.REFUSED
    assert town.connected([FITTING[0]])
    assert town.poison == []
