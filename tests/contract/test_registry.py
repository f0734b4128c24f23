"""The registry of requests by HTTP: the same in memory and in a table."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from azure.data.tables.aio import TableServiceClient

from peering.adapters.registry import TABLE, TableRegistry
from peering.core.intake.registered import Claim, Registered
from peering.ports import Registry
from tests.builders import NOON, SPOKE_ID
from tests.contract.conftest import BOTH
from tests.fakes.registry import FakeRegistry


@pytest.fixture(params=BOTH)
async def registry(request: pytest.FixtureRequest) -> AsyncIterator[Registry]:
    if request.param == "fake":
        yield FakeRegistry()
        return
    async with TableServiceClient.from_connection_string(request.getfixturevalue("storage")) as service:
        yield TableRegistry(service)


def asked(**rest: object) -> Registered:
    made = Registered(id=f"{SPOKE_ID.key}-{uuid.uuid4()}", spoke=SPOKE_ID, who="Ä key", when=NOON)
    return replace(made, **rest)  # type: ignore[arg-type]  # its own fields


def claim() -> Claim:
    return Claim(name=uuid.uuid4().hex, digest="d", request="r", when=NOON)


@pytest.mark.parametrize("rest", [{}, {"hub": "prod-weu", "restore": True}])
async def test_what_is_entered_is_there_at_once(registry: Registry, rest: dict[str, object]) -> None:
    made = asked(**rest)
    assert await registry.get(made.id) is None
    assert await registry.enter(made) == made
    assert await registry.get(made.id) == made


async def test_what_is_there_stays_as_it_is(registry: Registry) -> None:
    made = await registry.enter(asked())
    assert await registry.enter(replace(made, who="somebody else")) == made


async def test_a_look_is_noted(registry: Registry) -> None:
    made = await registry.enter(asked(hub="prod-weu"))
    await registry.looked_at(made.id, NOON + timedelta(seconds=1))
    assert await registry.get(made.id) == replace(made, looked=NOON + timedelta(seconds=1))


async def test_a_look_at_what_nobody_entered_is_nothing(registry: Registry) -> None:
    """An earlier version did not, or it is a month ago."""
    await registry.looked_at("nobody-1", NOON)
    assert await registry.get("nobody-1") is None


async def test_who_claims_a_name_first_has_it(registry: Registry) -> None:
    mine = claim()
    others = [replace(mine, request=f"r{number}") for number in range(4)]
    standing = await asyncio.gather(*(registry.claim(each) for each in [mine, *others]))
    assert len({each.request for each in standing}) == 1
    assert await registry.claim(replace(mine, digest="other")) == standing[0]


async def test_two_at_once_enter_one_request(registry: Registry) -> None:
    made = asked()
    standing = await asyncio.gather(*(registry.enter(replace(made, who=f"w{number}")) for number in range(4)))
    assert len({each.who for each in standing}) == 1


async def test_what_is_old_is_forgotten(registry: Registry) -> None:
    old, new, claimed = (
        asked(when=NOON - timedelta(days=900)),
        asked(),
        replace(claim(), when=NOON - timedelta(days=900)),
    )
    await registry.enter(old)
    await registry.enter(new)
    await registry.claim(claimed)
    before = NOON - timedelta(days=800)
    assert await registry.forget(before, 1) == 1
    assert await registry.forget(before, 10) == 1
    assert await registry.forget(before, 10) == 0
    assert (await registry.get(old.id), await registry.get(new.id)) == (None, new)
    assert await registry.claim(replace(claimed, digest="anew")) == replace(claimed, digest="anew")


async def test_a_row_that_nobody_can_read_is_none(storage: str) -> None:
    async with TableServiceClient.from_connection_string(storage) as service:
        registry = TableRegistry(service)
        made, claimed = asked(), claim()
        await registry.get(made.id)
        table = service.get_table_client(TABLE)
        await table.create_entity({"PartitionKey": "request", "RowKey": made.id, "spoke": "nonsense"})
        await table.create_entity({"PartitionKey": "key", "RowKey": claimed.name, "digest": "d"})
        assert await registry.get(made.id) is None
        assert (await registry.enter(made), await registry.claim(claimed)) == (made, claimed)
