"""A request by HTTP from its first moment to its end, sent once, twice and by two at once."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.intake.registered import Claim, Registered
from peering.core.record.request_stage import Stage, stage_of
from peering.service.asking import KeyUsedAgain, ask
from tests.builders import HUB_ID, NOON, SPOKE_ID, catalogue, hub, policy, request, spoke
from tests.service.town import Town, times

QUEUED, WORKING, DONE = Stage


def wish(number: int = 1, **rest: object) -> Registered:
    made = Registered(id=f"{SPOKE_ID.key}-{number}", spoke=SPOKE_ID, who="anna", when=NOON, hub="prod-weu")
    return replace(made, **rest)  # type: ignore[arg-type]  # its own fields


CLAIM = Claim(name="name", digest="digest", request=wish().id, when=NOON)


async def stage(town: Town, identity: str = wish().id) -> Stage:
    asked = await town.registry.get(identity)
    assert asked
    return stage_of(asked, await town.records.find(asked.spoke))


async def asked(town: Town, made: Registered, claim: Claim | None = None) -> Registered:
    def send(text: str) -> None:
        town.queue.put(text)

    return await ask(made, town.registry, send, claim)


async def test_it_can_be_followed_from_the_first_moment_to_its_end() -> None:
    town, seen = Town(hub(), spoke(tag=None)), []

    async def note(_: object) -> None:
        seen.append(await stage(town))

    town.networks.on_read.append(note)
    await asked(town, wish())
    assert await stage(town) is QUEUED
    await town.pump()
    assert (seen[0], set(seen[1:]), await stage(town)) == (QUEUED, {WORKING}, DONE)
    assert town.connected()
    assert town.row().asked.correlation == wish().id


async def test_it_is_written_down_before_it_is_sent() -> None:
    town = Town(hub(), spoke(tag=None))

    def died(_: str) -> None:
        assert wish().id in town.registry.requests
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await ask(wish(), town.registry, died)


@pytest.mark.parametrize(
    ("network", "hub_named", "outcome"),
    [
        (spoke(), None, "Connected"),
        (spoke(tag=None), None, "Refused"),
        (spoke(tag="nowhere"), "prod-weu", "Refused"),
    ],
    ids=["tagged", "nobody names a hub", "the tag names none"],
)
async def test_whatever_comes_of_it_it_ends(network: object, hub_named: str | None, outcome: str) -> None:
    town = Town(hub(), network)  # type: ignore[arg-type]  # a network
    await asked(town, wish(hub=hub_named))
    await town.pump()
    assert await stage(town) is DONE
    (row,) = await town.records.find(SPOKE_ID)
    assert row.state == outcome


async def test_a_network_that_is_not_there_ends_it_too() -> None:
    town = Town(hub())
    await asked(town, wish())
    await town.pump()
    assert await stage(town) is DONE


async def test_a_network_that_needs_nothing_ends_it() -> None:
    """It leaves in an hour, and somebody asks without naming a hub: the look writes no row."""
    town = Town(hub(), spoke(), hubs=catalogue(policy(grace_minutes=60)))
    await town.ask()
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    assert town.row().is_in_grace
    await asked(town, wish(hub=None))
    await town.pump(timedelta(minutes=1))
    assert town.row().asked.correlation != wish().id
    assert await stage(town) is DONE


async def test_what_the_worker_gave_up_ends() -> None:
    town = Town(hub(), spoke())
    town.records.before_save.append(times(5, RuntimeError("nobody foresaw this")))
    await asked(town, wish())
    for _ in range(5):
        (message,) = town.queue.messages
        await town.deliver(message)
    assert await stage(town) is QUEUED
    await town.pump()
    assert (await stage(town), town.state(hub="unknown")) == (DONE, "Abandoned")


async def test_sent_again_it_is_one_request_with_one_id() -> None:
    town = Town(hub(), spoke(tag=None))
    first = await asked(town, wish(1), CLAIM)
    await town.pump()
    again = await asked(town, wish(2), replace(CLAIM, request=wish(2).id))
    assert (first.id, again.id) == (wish(1).id, wish(1).id)
    assert (list(town.registry.requests), town.queue.messages) == ([wish(1).id], [])


async def test_two_at_once_are_one_request() -> None:
    town = Town(hub(), spoke(tag=None))
    both = (asked(town, wish(n), replace(CLAIM, request=wish(n).id)) for n in (1, 2))
    assert len({each.id for each in await asyncio.gather(*both)}) == 1
    assert {json.loads(message.body)["id"] for message in town.queue.messages} == set(town.registry.requests)


async def test_what_was_not_sent_before_its_sender_died_is_sent_with_the_second_try() -> None:
    town = Town(hub(), spoke(tag=None))
    await town.registry.claim(CLAIM)
    again = await asked(town, wish(2), replace(CLAIM, request=wish(2).id))
    await town.pump()
    assert (again.id, await stage(town)) == (wish(1).id, DONE)
    assert town.connected()


async def test_a_key_stands_for_one_thing() -> None:
    town = Town(hub(), spoke(tag=None))
    await asked(town, wish(1), CLAIM)
    with pytest.raises(KeyUsedAgain):
        await asked(town, wish(2), replace(CLAIM, digest="another", request=wish(2).id))
    assert list(town.registry.requests) == [wish(1).id]


async def test_after_a_week_it_is_forgotten() -> None:
    town = Town(hub(), spoke())
    await asked(town, wish(), CLAIM)
    await town.pump()
    town.clock.now = NOON + timedelta(days=7)
    await town.sweep()
    assert (len(town.registry.requests), len(town.registry.claims)) == (1, 1)
    town.clock.now += timedelta(seconds=1)
    await town.sweep()
    assert (town.registry.requests, town.registry.claims) == ({}, {})
    assert town.networks.vnets[HUB_ID].halves
