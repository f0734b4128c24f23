"""How a sweep runs: what it costs, how it goes on after an interruption, and what it clears away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.decision.ownership import hub_half_name
from peering.core.intake.requests import Door
from peering.core.intake.sweep_orders import SweepOrder
from peering.core.network.failures import AzureFailure, StorageFailure
from peering.core.record.record import State
from peering.core.record.sweep_report import STALE
from tests.builders import (
    HUB_ID,
    NOON,
    OTHER_HUB_ID,
    SPOKE_ID,
    catalogue,
    half,
    hub,
    policy,
    record,
    spoke,
    vnet,
    vnet_id,
)
from tests.fakes.interruption import Interruption
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town, joined, town_of

B = vnet_id("spoke-b")
HUBS = catalogue(policy(grace_minutes=0), policy("neu", OTHER_HUB_ID, grace_minutes=0))


async def test_nothing_to_do_is_a_page_and_a_read_for_each_hub() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=HUBS)
    report = await town.sweep()
    assert (report.pages, report.networks, report.hubs, report.queued) == (1, 1, 3, 0)
    assert sorted(town.networks.log) == ["read hub-neu", "read hub-weu"]
    assert town.queue.messages == []
    assert report.is_complete


async def test_a_hub_that_cannot_be_read_hides_nothing_of_the_others() -> None:
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), spoke("10.2.0.0/24", id=B, tag="neu"), hubs=HUBS)
    town.networks.refuse("read", OTHER_HUB_ID, AzureFailure(403, "AuthorizationFailed", "no"))
    report = await town.sweep()
    assert (report.differences["unheard"], report.unread, report.is_complete) == (2, 1, True)


async def test_pages_follow_one_another() -> None:
    town, _ = town_of(7)
    town.estate.size = 3
    report = await town.sweep()
    assert (report.pages, report.networks, report.differences["unheard"]) == (3, 7, 7)


async def test_thousands_do_not_come_at_once() -> None:
    town, _ = town_of(35)
    await town.sweep()
    delays = sorted(message.delay.total_seconds() for message in town.queue.messages)
    assert delays == sorted([0.0] * 10 + [1.0] * 10 + [2.0] * 10 + [3.0] * 5)


async def test_one_sweep_at_a_time() -> None:
    town = Town(hub(), spoke())
    async with town.leases.take("sweep"):
        report = await town.sweep()
    assert (report.is_complete, town.estate.pages, town.queue.messages) == (False, 0, [])


async def test_a_sweep_that_has_taken_long_enough_goes_on_with_the_next_message() -> None:
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), spoke("10.2.0.0/24", id=B, tag="neu"), hubs=HUBS)

    async def slow(_: object) -> None:
        town.clock.now += timedelta(minutes=5)

    town.networks.on_read.append(slow)
    report = await town.sweep()
    assert (report.is_complete, report.position) == (False, "prod-weu")
    town.networks.on_read.clear()
    await town.pump()
    book = await town.context.ports.sweeps.read()
    assert book.last
    assert (book.last.id, book.last.hubs, book.last.differences["unheard"]) == (report.id, 3, 2)
    assert town.connected()


async def test_a_sweep_that_was_killed_goes_on_where_it_was() -> None:
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), hubs=HUBS)

    async def die(network: object) -> None:
        if network == HUB_ID:
            raise ProcessDied

    town.networks.on_read.append(die)
    town.put(SweepOrder(id="order", door=Door.SWEEP, who="the timer", when=town.clock()).to_json())
    await town.pump(timedelta(minutes=1))
    book = await town.context.ports.sweeps.read()
    assert book.current
    assert (book.current.position, book.last) == ("neu", None)
    town.networks.on_read.clear()
    town.networks.log.clear()
    await town.pump()
    assert (await town.context.ports.sweeps.read()).last
    assert town.connected()
    assert "read hub-neu" not in town.networks.log


async def test_a_sweep_that_was_killed_long_ago_begins_anew() -> None:
    town = Town(hub(), spoke())
    town.estate.failures.append(ProcessDied())
    with pytest.raises(ProcessDied):
        await town.sweep()
    first = (await town.context.ports.sweeps.read()).current
    town.clock.now += STALE
    assert first
    assert (await town.sweep()).id != first.id


async def test_a_resource_graph_that_does_not_answer_is_asked_again_later() -> None:
    town = Town(hub(), spoke())
    town.estate.failures = [AzureFailure(503, "ServiceUnavailable", "no")] * 3
    town.put(SweepOrder(id="order", door=Door.HTTP, who="somebody", when=town.clock()).to_json())
    await town.pump()
    book = await town.context.ports.sweeps.read()
    assert book.last
    assert (book.last.id, book.last.who, book.last.door) == ("order", "somebody", "http")
    assert town.connected()


async def test_history_and_rows_that_are_over_are_cleared_away_in_their_time() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=0)), history=timedelta(days=30))
    town.change(tags={})
    await town.ask()
    assert town.state() is State.REMOVED
    await town.sweep()
    town.clock.now += timedelta(hours=23)
    assert (await town.sweep()).rows == 0
    town.clock.now += timedelta(hours=2)
    report = await town.sweep()
    assert (report.rows, report.entries, town.records.rows) == (1, 0, {})
    entries = len(town.records.entries)
    town.clock.now += timedelta(days=30)
    assert (await town.sweep()).entries == entries
    assert town.records.entries == []


async def test_a_row_that_is_over_waits_for_a_complete_sweep() -> None:
    town = Town(hub())
    gone = record(State.REMOVED, finished=NOON - timedelta(days=3), told="digest", etag=None)
    await town.records.save(gone)
    assert (await town.sweep()).rows == 0
    town.clock.now += timedelta(minutes=30)
    assert (await town.sweep()).rows == 1


def _broken_everywhere() -> Town:
    """One of each: never heard of, half deleted, gone, left over, over for long."""
    town = Town(
        hub(halves=(half(vnet_id("gone"), hub_half_name(vnet_id("gone")), "10.9.0.0/24", state="Disconnected"),)),
        vnet(OTHER_HUB_ID, "10.200.0.0/16"),
        spoke(),
        spoke("10.2.0.0/24", id=B, tag="neu"),
        hubs=HUBS,
    )
    old = record(State.REMOVED, spoke=vnet_id("old"), finished=NOON - timedelta(days=3), told="digest", etag=None)
    town.records.rows[old.hub, old.spoke.key] = replace(old, etag="old")
    town.records.entries.append((NOON - timedelta(days=500), old))
    return town


async def _sweep_twice(town: Town) -> None:
    for _ in range(2):
        town.put(SweepOrder(id="order", door=Door.SWEEP, who="the timer", when=town.clock()).to_json())
        await town.pump()
        town.clock.now += timedelta(minutes=30)


async def _calls_of_a_sweep() -> list[str]:
    town, watching = _broken_everywhere(), Interruption()
    watching.wrap(town.context.ports)
    await town.sweep()
    return watching.calls


async def test_a_sweep_calls_no_port_that_writes_to_azure() -> None:
    calls = set(await _calls_of_a_sweep())
    assert {"estate.page", "networks.read", "records.of_hub", "requests.send", "sweeps.write"} <= calls
    assert calls.isdisjoint({"networks.apply", "networks.write_tag", "records.save", "announcer.announce"})


@pytest.mark.parametrize("what", [ProcessDied(), StorageFailure(503, "ServerBusy", "busy"), RuntimeError("unforeseen")])
async def test_whatever_dies_at_whatever_call_two_sweeps_find_everything(what: BaseException) -> None:
    for at in range(1, len(await _calls_of_a_sweep()) + 1):
        town, interruption = _broken_everywhere(), Interruption(at, what)
        interruption.wrap(town.context.ports)
        town.before_delivery.append(interruption.deliver)
        await _sweep_twice(town)
        where = f"{what!r} at call {at}, {interruption.calls[at - 1]}"
        assert town.connected(), where
        assert town.connected([B], to=OTHER_HUB_ID), where
        assert [each.remote for each in town.networks.vnets[HUB_ID].halves] == [SPOKE_ID], where
        assert ("prod-weu", vnet_id("old").key) not in town.records.rows, where
        assert all(when > NOON - timedelta(days=400) for when, _ in town.records.entries), where
        assert (await town.context.ports.sweeps.read()).last, where
