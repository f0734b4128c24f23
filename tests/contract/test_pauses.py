"""Pauses: one for each scope, read all at once; and a row that cannot be read holds everything."""

from dataclasses import replace
from datetime import timedelta

from azure.data.tables.aio import TableServiceClient

from peering.adapters.pauses import TablePauses
from peering.core.decision.pause import Pause
from peering.core.record.marks import Mark
from peering.ports import Pauses
from tests.builders import NOON, SPOKE_ID

ONE = Pause(reason="change 4711: Größe", who="Ada", since=NOON)


async def emptied(pauses: Pauses) -> None:
    for each in await pauses.all():
        await pauses.end(each.scope)


async def test_what_is_begun_is_there_until_it_is_ended(pauses: Pauses) -> None:
    await emptied(pauses)
    several = [ONE, replace(ONE, hub="prod-weu", until=NOON + timedelta(hours=1)), replace(ONE, spoke=SPOKE_ID)]
    for each in several:
        await pauses.begin(each)
    assert {each.scope: each for each in await pauses.all()} == {each.scope: each for each in several}
    assert await pauses.end("hub prod-weu")
    assert not await pauses.end("hub prod-weu")
    assert len(await pauses.all()) == 2


async def test_a_new_one_replaces_the_one_before(pauses: Pauses) -> None:
    await emptied(pauses)
    await pauses.begin(replace(ONE, until=NOON))
    await pauses.begin(replace(ONE, reason="longer"))
    (left,) = await pauses.all()
    assert (left.reason, left.until) == ("longer", None)


async def test_a_row_that_nobody_can_read_holds_everything(storage: str) -> None:
    async with TableServiceClient.from_connection_string(storage) as service:
        pauses = TablePauses(service)
        await emptied(pauses)
        table = service.get_table_client("pauses")
        await table.create_entity({"PartitionKey": "pause", "RowKey": "hub x", "reason": "?"})
        (found,) = await pauses.all()
        assert (found.holds("prod-weu", SPOKE_ID, NOON), found.until) == (True, None)
        assert await pauses.end("hub x")


# Marks: what was told.


async def test_a_mark_is_kept_beside_the_pause_and_is_none(pauses: Pauses) -> None:
    await emptied(pauses)
    mark = Mark(
        scope="pause everything", told="d" * 16, event="e", unsent=True, by="Größe", at=NOON, facts={"until": None}
    )
    await pauses.mark(replace(mark, by=""))
    await pauses.mark(mark)
    await pauses.mark(Mark(scope="held prod-weu"))
    assert await pauses.marks() == {"pause everything": mark, "held prod-weu": Mark(scope="held prod-weu")}
    assert await pauses.all() == ()
    for scope in ("pause everything", "held prod-weu", "never marked"):
        await pauses.unmark(scope)
    assert await pauses.marks() == {}


async def test_a_mark_that_nobody_can_read_is_none(storage: str) -> None:
    async with TableServiceClient.from_connection_string(storage) as service:
        pauses = TablePauses(service)
        await pauses.mark(Mark(scope="held neu"))
        table = service.get_table_client("pauses")
        await table.create_entity({"PartitionKey": "told", "RowKey": "held x", "facts": "?"})
        assert await pauses.marks() == {"held neu": Mark(scope="held neu")}
        for scope in ("held x", "held neu"):
            await pauses.unmark(scope)
