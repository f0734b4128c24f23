"""Retries are counted in time, and a hub that is busy is asked once at a time for all who wait for it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from peering.core.decision.changes import Change
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import PeeringState, SyncLevel
from peering.core.record.record import State
from tests.builders import HUB_ID, NOON, SPOKE_ID, half, hub, request, spoke, vnet_id
from tests.service.town import Town, joined, town_of

GATEWAY_BUSY = AzureFailure(
    429,
    "RetryableError",
    "Operation PutVirtualNetworkGatewayOperation is updating resource. The call can be retried in 12 seconds.",
)
IN_PROGRESS = AzureFailure(409, "AnotherOperationInProgress", "Another operation on this resource is in progress.")
THROTTLED = AzureFailure(429, "SubscriptionRequestsThrottled", "throttled", timedelta(seconds=60))
DENIED = AzureFailure(403, "AuthorizationFailed", "The client does not have authorization.")
ENDS_BADLY = [
    AzureFailure(400, "Canceled", "The operation was canceled."),
    AzureFailure(400, "OperationCanceled", "The operation was canceled."),
    AzureFailure(400, "CanceledAndSupersededDueToAnotherOperation", "superseded"),
    AzureFailure(400, "InternalServerError", "An error occurred."),
    AzureFailure(500, "InternalServerError", "An error occurred."),
]
HALVES = pytest.mark.parametrize("side", [HUB_ID, SPOKE_ID], ids=["hub", "spoke"])


class BusyHub:
    """A hub that refuses every write until its time is over, and counts what it is asked meanwhile."""

    def __init__(self, town: Town, lasting: timedelta, failure: AzureFailure = GATEWAY_BUSY) -> None:
        self.town, self.end, self.failure = town, town.clock() + lasting, failure
        self.calls: Counter[str] = Counter()
        self.tries: list[datetime] = []
        town.networks.on_read.append(self.read)
        town.networks.on_apply.append(self.apply)

    async def read(self, network: VnetId) -> None:
        if self.tries and self.town.clock() < self.end:
            self.calls["hub read" if network == HUB_ID else "spoke read"] += 1

    async def apply(self, change: Change) -> None:
        if self.town.clock() >= self.end or change.vnet != HUB_ID:
            return
        if self.tries:
            self.calls["hub write"] += 1
        self.tries.append(self.town.clock())
        raise self.failure


async def test_eight_throttled_tries_in_a_row_are_waited_out() -> None:
    """Eight minutes of it say nothing (docs/decisions/0017)."""
    town = Town(hub(), spoke())
    town.networks.fail("apply", SPOKE_ID, *[AzureFailure(429, "TooManyRequests", "busy")] * 8)
    await town.ask()
    assert (town.state(), town.connected(), town.history) == (State.CONNECTED, True, ["Connected"])
    assert town.clock() - NOON < timedelta(minutes=15)


@pytest.mark.parametrize("minutes", [1, 30, 45, 120])
async def test_a_gateway_that_keeps_the_hub_busy_is_waited_out(minutes: int) -> None:
    town, ids = town_of(3)
    await town.wait_as_one_batch(*ids)
    BusyHub(town, timedelta(minutes=minutes))
    await town.pump()
    assert town.connected(ids)
    assert set(town.history) == {"Connected"}
    finished = [town.row(each).progress.finished for each in ids]
    assert max(each for each in finished if each) - NOON < timedelta(minutes=minutes * 2 + 1)


@pytest.mark.parametrize("failure", [GATEWAY_BUSY, IN_PROGRESS], ids=["text", "no wait named"])
async def test_a_hub_that_is_busy_for_45_minutes_is_asked_with_one_spoke_at_a_time(failure: AzureFailure) -> None:
    town, ids = town_of(30)
    await town.wait_as_one_batch(*ids)
    hub_ = BusyHub(town, timedelta(minutes=45), failure)
    await town.pump()
    assert town.connected(ids)
    assert len(town.writes) == 60
    retries = hub_.calls["hub write"]
    assert 5 < retries <= 12
    assert hub_.calls["hub read"] <= retries
    assert hub_.calls["spoke read"] <= retries


@pytest.mark.parametrize("count", [1, 10])
async def test_those_who_are_tagged_while_the_hub_is_busy_wait_with_the_others(count: int) -> None:
    """An event costs the read of its own network, and the hub nothing."""
    town, ids = town_of(30)
    await town.wait_as_one_batch(*ids[count:])
    hub_ = BusyHub(town, timedelta(minutes=45))
    await town.pump(timedelta(minutes=10))
    for each in ids[:count]:
        town.put(request(each, when=town.clock()))
        await town.pump(timedelta(seconds=20))
    await town.pump()
    assert town.connected(ids)
    assert hub_.calls["hub write"] <= 10
    assert hub_.calls["hub read"] <= hub_.calls["hub write"]
    assert hub_.calls["spoke read"] <= hub_.calls["hub write"] + count


async def test_a_neighbour_with_a_trouble_of_its_own_does_not_make_a_busy_hub_forget_that_it_is() -> None:
    """It cannot be read, is due again and again, and has nothing to ask of the hub."""
    town, ids = town_of(30)
    await town.wait_as_one_batch(*ids)
    town.networks.refuse("read", ids[0], AzureFailure(503, "ServiceUnavailable", "down"))
    hub_ = BusyHub(town, timedelta(minutes=45))
    await town.pump(timedelta(hours=2))
    assert town.connected(ids[1:])
    assert hub_.calls["hub write"] <= 12
    assert hub_.calls["hub read"] <= 2 * hub_.calls["hub write"]
    assert hub_.calls["spoke read"] <= 2 * hub_.calls["hub write"]


async def test_the_tries_at_a_busy_hub_come_no_sooner_than_it_asked() -> None:
    town, ids = town_of(50)
    await town.wait_as_one_batch(*ids)
    hub_ = BusyHub(town, timedelta(minutes=45), AzureFailure(429, "RetryableError", "busy", timedelta(seconds=12)))
    await town.pump()
    gaps = [later - earlier for earlier, later in pairwise(hub_.tries)]
    assert min(gaps) >= timedelta(seconds=12)
    assert gaps == sorted(gaps)
    assert len(hub_.tries) <= 12


async def test_a_hub_that_is_busy_for_a_day_is_given_up_for_all_who_waited_and_at_the_same_time() -> None:
    town, ids = town_of(50)
    await town.wait_as_one_batch(*ids)
    hub_ = BusyHub(town, timedelta(hours=20), AzureFailure(429, "RetryableError", "busy", timedelta(seconds=12)))
    await town.pump(timedelta(hours=7))
    assert {town.state(each) for each in ids} == {State.FAILED}
    assert {town.row(each).found.findings[0].code for each in ids} == {"RetryableError"}
    assert len(town.announcer.announced) == 50
    assert len(hub_.tries) <= 25
    assert (town.stranded, town.writes) == ([], [])
    await town.pump(timedelta(days=2))
    assert town.connected(ids)


async def test_who_comes_when_the_hub_has_long_been_busy_is_not_given_up_at_once() -> None:
    town, ids = town_of(10)
    await town.wait_as_one_batch(*ids[1:])
    BusyHub(town, timedelta(hours=8))
    await town.pump(timedelta(hours=7))
    await town.ask(ids[0])
    assert town.connected(ids[:1])
    told = [event.type for event in town.announcer.announced if event.subject == str(ids[0])]
    assert told == ["Autopeer.Spoke.Connected"]


async def test_a_spoke_that_is_throttled_is_not_tried_before_its_time_by_the_messages_of_others() -> None:
    town, ids = town_of(20)
    chances = iter(((7919 * k) % 1000) / 1000 for k in range(1, 100_000))
    object.__setattr__(town.context, "chance", lambda: next(chances))
    tries: dict[VnetId, list[datetime]] = {each: [] for each in ids}

    async def throttle(change: Change) -> None:
        if change.vnet in tries:
            tries[change.vnet].append(town.clock())
            raise THROTTLED

    await town.wait_as_one_batch(*ids)
    town.networks.on_apply.append(throttle)
    await town.pump(timedelta(hours=3))
    gaps = [later - earlier for times in tries.values() for earlier, later in pairwise(times)]
    assert min(gaps) >= timedelta(seconds=60)
    assert max(len(times) for times in tries.values()) < 15


@HALVES
@pytest.mark.parametrize("failure", ENDS_BADLY, ids=[f"{each.status} {each.code}" for each in ENDS_BADLY])
@pytest.mark.parametrize("count", [1, 6])
async def test_an_operation_that_ends_badly_is_made_again(failure: AzureFailure, side: VnetId, count: int) -> None:
    town = Town(hub(gateway=True), spoke())
    town.networks.fail("apply", side, *[failure] * count)
    await town.ask()
    assert (town.connected(), town.history, len(town.writes)) == (True, ["Connected"], 2)
    assert town.networks.vnets[SPOKE_ID].halves[0].flags.remote_gateways


@HALVES
@pytest.mark.parametrize("failure", ENDS_BADLY[:4], ids=[each.code for each in ENDS_BADLY[:4]])
async def test_an_operation_that_ended_badly_after_it_had_written_is_made_again(
    failure: AzureFailure, side: VnetId
) -> None:
    """The half stands, as Failed: what ARM says of the end of an operation does not undo its beginning."""
    town = Town(hub(gateway=True), spoke())

    async def end_badly(change: Change) -> None:
        if change.vnet == side and not town.networks.vnets[side].halves:
            town.networks.on_apply.clear()
            await town.networks.apply(change)
            halves = town.networks.vnets[side].halves
            town.change(side, halves=tuple(replace(each, provisioning_state="Failed") for each in halves))
            raise failure

    town.networks.on_apply.append(end_badly)
    await town.ask()
    assert (town.connected(), town.history) == (True, ["Connected"])


async def test_two_halves_of_ours_that_are_both_initiated_are_written_again() -> None:
    """Each was written while the other was not there: left alone they would never find each other."""
    town = await joined()
    for each in (HUB_ID, SPOKE_ID):
        lone = replace(
            town.networks.vnets[each].halves[0],
            state=PeeringState.INITIATED,
            sync_level=SyncLevel.REMOTE_NOT_IN_SYNC,
        )
        town.change(each, halves=(lone,))
    await town.ask()
    assert (town.connected(), town.state()) == (True, State.CONNECTED)
    assert town.removals == []


async def test_a_half_of_ours_and_one_made_by_hand_that_are_both_initiated_find_each_other() -> None:
    lone = {"state": PeeringState.INITIATED, "sync_level": SyncLevel.REMOTE_NOT_IN_SYNC}
    town = Town(
        hub(halves=(half(SPOKE_ID, "theirs", **lone),)), spoke(halves=(half(HUB_ID, "autopeer-prod-weu", **lone),))
    )
    await town.ask()
    assert (town.connected(), town.removals) == (True, [])


@HALVES
async def test_a_half_whose_last_operation_failed_is_written_again(side: VnetId) -> None:
    town = await joined()
    town.change(
        side, halves=tuple(replace(each, provisioning_state="Failed") for each in town.networks.vnets[side].halves)
    )
    await town.ask(door=request().door.HTTP)
    assert town.connected()
    assert [entry.split("/")[0] for entry in town.writes] == [f"put {side.name}"]


@pytest.mark.parametrize("hours", [3, 20])
async def test_a_role_that_comes_hours_later_is_waited_for(hours: int) -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("apply", HUB_ID, DENIED)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(hours=hours))
    assert (town.state(), town.row().found.findings[0].code) == (State.PENDING, "AuthorizationFailed")
    town.networks.relent()
    await town.pump(timedelta(hours=1))
    assert town.connected()


async def test_a_change_of_the_network_lifts_the_wait_for_it() -> None:
    """Its owner has done what was asked: he is not to wait for half an hour."""
    town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=vnet_id("spoke-b")))
    town.networks.refuse("apply", HUB_ID, DENIED)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(hours=3))
    town.networks.relent()
    town.put(request(when=town.clock()))
    await town.pump(timedelta(seconds=5))
    assert town.connected()


async def test_a_network_that_is_written_all_the_time_is_not_tried_all_the_time() -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("apply", SPOKE_ID, THROTTLED)
    for _ in range(60):
        town.put(request(when=town.clock()))
        await town.pump(timedelta(seconds=1))
    assert town.networks.log.count("read hub-weu") <= 7
    town.networks.relent()
    await town.pump()
    assert town.connected()
