"""Many events of one network: few looks, always one after the last event, and nothing lost by it."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peering.core.intake.messages import Message
from peering.core.intake.requests import Door, Request
from peering.core.network.failures import AzureFailure, StorageFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import State
from peering.service.coalesce import left_at_the_door
from peering.service.context import Memory
from peering.service.looks import Looks
from peering.service.worker import work
from tests.builders import HUB_ID, SPOKE_ID, hub, request, spoke, vnet_id
from tests.fakes.scheduling import ProcessDied
from tests.service.hub_events import written
from tests.service.town import Town, joined, times

LAG = timedelta(seconds=2.9)  # of ARM's reads
HUB, NONE = "prod-weu", None
A_QUARTER = timedelta(minutes=15)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


class Edited(Town):
    """A network whose tag is edited at these seconds, each time with an event; ARM's reads lag behind."""

    def __init__(self, *edits: tuple[float, str | None], late: float = 0) -> None:
        super().__init__(hub(), spoke(tag=None))
        self.start = self.clock()
        self.tags = [(self.start, NONE), *((self.start + seconds(when), tag) for when, tag in edits)]
        self.networks.on_read.append(self._as_of_a_while_ago)
        for number, (when, _) in enumerate(edits):
            happened = self.start + seconds(when)
            event = replace(request(), id=f"e-{number}", correlation=f"c-{number}", who=f"w-{number}", when=happened)
            self.queue.put(event.to_json(), seconds(when + late))

    async def _as_of_a_while_ago(self, vnet: VnetId) -> None:
        if vnet == SPOKE_ID:
            tag = [tag for since, tag in self.tags if since <= self.clock() - LAG or since == self.start][-1]
            self.change(tags={"hub": tag} if tag else {})

    @property
    def reads(self) -> int:
        return self.networks.log.count("read spoke-a")

    @property
    def wants_in(self) -> bool:
        row = self.records.rows.get((HUB, SPOKE_ID.key))
        return row is not None and row.state is State.CONNECTED


def instances(town: Town, count: int) -> None:
    """As many workers, which take the messages in turn and remember each for itself."""
    contexts = itertools.cycle([replace(town.context, memory=Memory()) for _ in range(count)])

    def next_one() -> None:
        town.context = next(contexts)

    town.before_delivery.append(next_one)


def restarts(town: Town) -> None:
    """The worker is a new process for each message."""

    def anew() -> None:
        town.context = replace(town.context, memory=Memory())

    town.before_delivery.append(anew)


TIMES = [each / 2 for each in range(17)]  # around the first read, the look four seconds on, and the one after it
WORKERS = {"one": lambda _: None, "two": lambda town: instances(town, 2), "a new one each time": restarts}


@pytest.mark.parametrize("late", [0, 1.3])
@pytest.mark.parametrize("worker", WORKERS)
async def test_the_last_tag_wins_whenever_the_events_come(worker: str, late: float) -> None:
    """The reads lag almost as far as they may, and the tag is set by the last of three edits."""
    for second, third in itertools.combinations_with_replacement(TIMES, 2):
        town = Edited((0, NONE), (second, NONE), (third, HUB), late=late)
        WORKERS[worker](town)
        await town.pump(seconds(third + late + 15.5))
        assert town.wants_in, (second, third)


async def test_after_the_first_event_each_is_seen_within_seven_seconds() -> None:
    """And not fifteen: the second look at the first event is not what it waits for."""
    for second, third in itertools.combinations_with_replacement(TIMES[:13], 2):
        town = Edited((0, NONE), (second, NONE), (third, HUB))
        await town.pump(seconds(third + 7))
        assert town.wants_in, (second, third)


async def test_a_tag_that_is_taken_back_within_seconds_is_not_followed() -> None:
    for second, third in itertools.combinations_with_replacement(TIMES[1:14], 2):
        if third - second < 7:
            town = Edited((0, HUB), (second, NONE), (third, HUB), (third + 1, NONE))
            await town.pump(seconds(third + 20))
            assert not town.wants_in, (second, third)


async def test_a_first_event_is_looked_at_at_once() -> None:
    town = Town(hub(), spoke())
    town.put(request(when=town.clock()))
    await town.pump(timedelta())
    assert town.connected()


async def test_a_network_that_is_tagged_two_seconds_after_it_was_made_is_peered_four_seconds_later() -> None:
    town = Edited((0, NONE), (2, HUB))
    await town.pump(seconds(6))
    assert town.connected()
    await town.pump(A_QUARTER)
    assert town.reads <= 3  # when it was made, and twice on the way in, as ever


@pytest.mark.parametrize("within", [0, 3])
async def test_fifty_edits_of_an_untagged_network_cost_two_reads(within: float) -> None:
    town = Edited(*((within * each / 50, NONE) for each in range(50)))
    await town.pump(A_QUARTER)
    assert (town.reads, town.records.rows, town.queue.messages) == (2, {}, [])


async def test_two_thousand_events_within_a_minute_cost_ten_reads_and_one_is_after_the_last() -> None:
    edits = [(60 * each / 2000, NONE) for each in range(2000)]
    town = Edited(*edits[:-1], (60, HUB))
    town.networks.on_read.append(note := _Times(town))
    for _ in range(3):  # the town delivers a thousand messages at a time, and no more
        await town.pump(seconds(20))
    await town.pump(seconds(6))
    before = [when for when in note.times if when <= 60]
    assert town.wants_in
    assert len(before) <= 10
    assert max(after - before for before, after in itertools.pairwise(note.times)) <= 6.6
    assert len(town.queue.sent) < 60  # looks that were sent for later


class _Times:
    """When the spoke was read, in seconds from the start."""

    def __init__(self, town: Edited) -> None:
        self.times: list[float] = []
        self._town = town

    async def __call__(self, vnet: VnetId) -> None:
        if vnet == SPOKE_ID:
            self.times.append((self._town.clock() - self._town.start).total_seconds())


async def test_events_that_come_together_make_one_look_for_later() -> None:
    town = Edited(*((0, NONE) for _ in range(20)))
    await town.pump_together()
    assert sorted(town.queue.sent) == [seconds(4), seconds(15)]
    assert town.reads == 2


async def test_the_outcome_is_put_down_to_the_last_of_the_events() -> None:
    town = Edited((0, NONE), (1, NONE), (1.5, HUB))
    await town.pump(A_QUARTER)
    asked = town.row().asked
    assert (asked.who, asked.correlation, asked.requested) == ("w-2", "c-2", town.start + seconds(1.5))


async def test_the_last_to_come_need_not_be_the_last_that_happened() -> None:
    town = Edited((0, NONE), (1.5, HUB))
    late = replace(request(), id="e-9", correlation="c-9", when=town.start + seconds(1))
    town.queue.put(late.to_json(), seconds(1.9))
    await town.pump(A_QUARTER)
    assert town.row().asked.correlation == "c-1"


async def test_who_dies_after_a_look_was_sent_costs_a_read() -> None:
    town = Edited((0, NONE), (2, HUB))
    send = town.queue.send
    deaths = times(1, ProcessDied(), lambda delay: delay == seconds(4))

    async def send_and_die(message: Message, delay: timedelta = timedelta()) -> None:
        await send(message, delay)
        deaths(delay)

    town.queue.send = send_and_die  # type: ignore[method-assign]
    await town.pump(seconds(6))
    assert town.connected()
    await town.pump(A_QUARTER)  # the event is delivered again
    assert (town.reads, town.history) == (4, ["Connected"])


@pytest.mark.parametrize("fault", [StorageFailure(503, "ServerBusy", "busy"), RuntimeError("a fault of ours")], ids=str)
async def test_an_event_whose_look_cannot_be_sent_is_not_finished(fault: Exception) -> None:
    town = Edited((0, NONE), (2, HUB))
    town.queue.before_send.append(times(1, fault, lambda message: message.since and not message.repeated))
    await town.pump(seconds(18))
    assert town.connected()


def _fails(town: Town, fault: BaseException, at: float) -> None:
    when = town.clock() + seconds(at)
    town.records.before.append(times(1, fault, lambda call, _: call == "find" and town.clock() >= when))


@pytest.mark.parametrize(
    "fault", [StorageFailure(503, "ServerBusy", "busy"), RuntimeError("a fault of ours"), ProcessDied()], ids=repr
)
@pytest.mark.parametrize("at", [0, 6])
async def test_a_look_that_fails_stands_for_nothing(fault: BaseException, at: float) -> None:
    """Its message comes again, and the second look at the first event is not left to it either."""
    town = Edited((0, NONE), (2, HUB))
    _fails(town, fault, at)
    await town.pump(seconds(22))
    assert town.connected()


async def test_a_look_that_comes_again_is_looked_at_although_it_began_before() -> None:
    town = Edited((0, NONE), (2, HUB))
    for at in (6, 11, 15):  # each time it is tried, and the second look at the first event too
        _fails(town, StorageFailure(503, "ServerBusy", "busy"), at)
    await town.pump(timedelta(minutes=2))
    assert town.connected()


async def test_a_message_that_comes_again_is_looked_at_although_a_look_has_begun_since() -> None:
    """Another process wrote a row for it and died: a look that this one has made since knows nothing of that row."""
    town = Town(hub(), spoke(tag=NONE))
    look = replace(request(when=town.clock()), since=town.clock())
    town.context.memory.looks.at(SPOKE_ID, town.clock()).begin(town.clock())
    await work(look.to_json(), None, town.context, deliveries=1)
    assert town.networks.log.count("read spoke-a") == 0
    await work(look.to_json(), None, town.context, deliveries=2)
    assert town.networks.log.count("read spoke-a") == 1


async def test_a_network_that_cannot_be_read_is_read_later() -> None:
    town = Edited((0, NONE), (2, HUB))
    town.networks.fail("read", SPOKE_ID, *(AzureFailure(503, "ServiceUnavailable", "not now") for _ in range(3)))
    await town.pump(A_QUARTER)
    assert town.connected()


MORE: dict[str, dict[str, Any]] = {
    "a person names a hub": {"door": Door.HTTP, "hub": HUB},
    "a person wants the catalogue's switches": {"door": Door.HTTP, "hub": HUB, "restore": True},
    "the sweep asks": {"door": Door.SWEEP},
}


@pytest.mark.parametrize("case", MORE)
async def test_who_says_more_than_an_event_is_heard_at_once(case: str) -> None:
    town = Town(hub(), spoke(tag=None))
    for _ in range(2):
        town.put(request(when=town.clock()))
    await town.pump(timedelta())
    town.change(tags={} if "hub" in MORE[case] else {"hub": HUB})
    town.put(replace(request(when=town.clock()), **MORE[case]))
    await town.pump(timedelta())
    assert town.connected()


async def test_a_deletion_is_heard_although_the_network_was_looked_at_just_now() -> None:
    town = await joined()
    for _ in range(3):
        town.put(request(when=town.clock()))
    await town.pump(timedelta())
    town.delete()
    town.put(request(when=town.clock(), gone=True))
    await town.pump(timedelta())
    assert town.state() is State.REMOVED


async def test_a_wait_is_lifted_by_the_event_that_a_look_stands_for() -> None:
    """The row waits for half an hour; whoever mends what it waits for within seconds of another edit is heard."""
    town = await joined()
    town.networks.refuse("apply", HUB_ID, AzureFailure(409, "AnotherOperationInProgress", "busy"))
    town.networks.refuse("apply", SPOKE_ID, AzureFailure(409, "AnotherOperationInProgress", "busy"))
    town.change(halves=())
    row = town.row()
    waits = replace(row, progress=replace(row.progress, not_before=town.clock() + timedelta(minutes=30)))
    town.records.rows[HUB, SPOKE_ID.key] = replace(waits, state=State.PENDING)
    town.clock.now += timedelta(minutes=1)
    town.put(request(when=town.clock()))
    await town.pump(seconds(2))
    town.networks.relent()
    town.put(request(when=town.clock()))
    await town.pump(seconds(30))
    assert town.connected()


async def test_events_of_a_hub_coalesce_and_its_spokes_are_told() -> None:
    town = await joined()
    lost = town.networks.vnets[HUB_ID]
    for each in range(20):
        town.queue.put(written(town), seconds(each / 8))
    await town.pump(seconds(2.2))
    town.change(HUB_ID, halves=())
    await town.pump(seconds(60))
    assert town.connected()
    assert lost.halves
    assert town.networks.log.count("read hub-weu") <= 4  # at once, after the last, under the lease; fifteen seconds on


async def test_networks_do_not_stand_for_each_other() -> None:
    ids = [vnet_id(f"spoke-{n}") for n in range(5)]
    town = Town(hub(), *(spoke(f"10.1.{n}.0/24", id=each) for n, each in enumerate(ids)))
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump(timedelta())
    assert town.connected(ids)


async def test_ids_that_differ_in_case_are_one_network() -> None:
    town = Town(hub(), spoke(tag=None))
    town.put(request(when=town.clock()), request(VnetId.parse(str(SPOKE_ID).upper()), when=town.clock()))
    await town.pump(timedelta())
    assert len(town.networks.log) == 1


def _heard_of(looks: Looks, networks: Iterable[VnetId], town: Town) -> None:
    for each in networks:
        looks.at(each, town.clock()).begin(town.clock())


def test_what_is_remembered_is_bounded_in_number_and_in_time() -> None:
    town, looks = Town(hub()), Looks(most=100)
    _heard_of(looks, (vnet_id(f"n-{n}") for n in range(1000)), town)
    assert len(looks) == 100
    town.clock.now += timedelta(seconds=61)
    _heard_of(looks, [SPOKE_ID], town)
    assert len(looks) == 1
    town.clock.now += timedelta(seconds=61)
    assert looks.at(SPOKE_ID, town.clock()).known.began is None


async def _arrive(town: Edited, *events: Request) -> None:
    """Through the function that takes events in, which shares the worker's process."""
    for event in events:
        if not await left_at_the_door(event, town.context.memory.looks, town.queue, town.clock):
            town.put(event)


async def test_an_event_is_finished_before_it_is_on_the_queue_only_if_a_look_is() -> None:
    town = Edited()
    event = request(when=town.clock())
    await _arrive(town, *(event for _ in range(20)))
    assert [town.queue.sent, len(town.queue.messages)] == [[seconds(4)], 2]  # the first itself, a look for the others
    await _arrive(town, replace(event, gone=True))
    assert len(town.queue.messages) == 3


async def test_the_first_event_is_looked_at_at_once_although_a_look_was_sent_for_the_second() -> None:
    town = Edited((0, HUB))
    town.queue.messages.clear()
    town.tags[-1] = (town.start - LAG, HUB)  # the read shows it
    await _arrive(town, *(request(when=town.clock()) for _ in range(3)))
    await town.pump(timedelta())
    assert town.wants_in


async def test_who_comes_in_by_the_door_is_seen_in_time_whenever_he_comes() -> None:
    for second, third in itertools.combinations_with_replacement(TIMES[1:], 2):
        town = Edited((0, NONE), (second, NONE), (third, HUB))
        town.queue.messages.clear()
        for number, when in enumerate((0, second, third)):
            await town.pump(town.start + seconds(when) - town.clock())
            await _arrive(town, replace(request(), id=f"e-{number}", correlation=f"c-{number}", when=town.clock()))
        await town.pump(seconds(15.5))
        assert town.wants_in, (second, third)
        assert town.row().asked.correlation == "c-2"


async def test_a_look_that_cannot_be_sent_finishes_no_event() -> None:
    town = Edited((0, NONE))
    await town.pump(timedelta())
    town.queue.before_send.append(times(1, StorageFailure(503, "ServerBusy", "busy")))
    with pytest.raises(StorageFailure):
        await _arrive(town, request(when=town.clock()))
    await _arrive(town, request(when=town.clock()))
    assert seconds(4) in town.queue.sent
