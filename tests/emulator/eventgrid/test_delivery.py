"""Delivery to webhooks: headers, retries, dead letters, disorder."""

import asyncio

import pytest
from aiohttp.test_utils import unused_port

from localazure.emulator.eventgrid import EventGrid
from localazure.emulator.eventgrid.shared_key import StorageAccount
from localazure.emulator.eventgrid.subscription import (
    REAL_SCHEDULE,
    EventSubscription,
    RetryPolicy,
    StorageQueue,
)
from localazure.emulator.identity import Authority
from tests.emulator.eventgrid.receiver import WRITE, Naps, Receiver, event, hook, only_delivery


async def test_an_event_comes_as_an_array_of_one_with_its_headers(
    grid: EventGrid, receiver: Receiver, url: str
) -> None:
    await grid.subscribe("vnets", hook(url))
    grid.publish(event())
    await grid.idle()
    assert receiver.bodies == [[event()]]
    headers = receiver.headers[0]
    assert headers["aeg-event-type"] == "Notification"
    assert headers["aeg-subscription-name"] == "vnets"
    assert headers["aeg-delivery-count"] == "0"
    assert (headers["aeg-data-version"], headers["aeg-metadata-version"]) == ("2", "1")
    assert only_delivery(grid)["state"] == "Delivered"
    assert only_delivery(grid)["attempts"][0]["status"] == 202


async def test_cloud_events_come_as_one_object(grid: EventGrid, receiver: Receiver, url: str) -> None:
    await grid.subscribe("vnets", hook(url, schema="CloudEventSchemaV1_0"))
    grid.publish(event())
    await grid.idle()
    [body] = receiver.bodies
    assert (body["specversion"], body["type"], body["source"]) == ("1.0", WRITE, "/subscriptions/s")
    assert (body["data"], body["time"]) == (event()["data"], event()["eventTime"])
    assert receiver.headers[0]["Content-Type"].startswith("application/cloudevents+json")


async def test_a_subscription_gets_only_what_its_filter_wants(grid: EventGrid, receiver: Receiver, url: str) -> None:
    await grid.subscribe("v2", hook(url, filter={"subjectEndsWith": "/v2"}))
    for number in (1, 2, 3):
        grid.publish(event(number))
    await grid.idle()
    assert receiver.subjects() == ["v2"]
    assert [len(one["deliveries"]) for one in grid.log.since(0)["events"]] == [0, 1, 0]


@pytest.mark.parametrize("status", [200, 201, 202, 203, 204])
async def test_only_200_to_204_is_success(
    grid: EventGrid, receiver: Receiver, url: str, naps: Naps, status: int
) -> None:
    await grid.subscribe("vnets", hook(url))
    receiver.answers = [status]
    grid.publish(event())
    await grid.idle()
    assert (len(receiver.bodies), naps.taken) == (1, [])


@pytest.mark.parametrize("status", [206, 302, 403, 404, 429, 500, 503])
async def test_other_answers_are_tried_again(
    grid: EventGrid, receiver: Receiver, url: str, naps: Naps, status: int
) -> None:
    await grid.subscribe("vnets", hook(url, retry={"scheduleSeconds": [7]}))
    receiver.answers = [status, status]
    grid.publish(event())
    await grid.idle()
    assert [one["aeg-delivery-count"] for one in receiver.headers] == ["0", "1", "2"]
    assert naps.taken == [7, 7]
    assert [one["status"] for one in only_delivery(grid)["attempts"]] == [status, status, 202]
    assert (only_delivery(grid)["state"], len(grid.dead_letters)) == ("Delivered", 0)


@pytest.mark.parametrize(("status", "word"), [(400, "BadRequest"), (401, "Unauthorized"), (413, "PayloadTooLarge")])
async def test_some_answers_are_final(grid: EventGrid, receiver: Receiver, url: str, status: int, word: str) -> None:
    await grid.subscribe("vnets", hook(url))
    receiver.answers = [status]
    grid.publish(event())
    await grid.idle()
    [letter] = grid.dead_letters
    assert letter["subscription"] == "vnets"
    assert letter["event"]["id"] == "event-1"
    assert letter["event"]["lastDeliveryOutcome"] == word
    assert letter["event"]["deliveryAttempts"] == 1
    assert only_delivery(grid)["state"] == "DeadLettered"


async def test_the_default_schedule_is_the_real_one_with_jitter(
    grid: EventGrid, receiver: Receiver, url: str, naps: Naps
) -> None:
    await grid.subscribe("vnets", hook(url))
    receiver.answers = [500] * 40
    grid.publish(event())
    await grid.idle()
    for taken, scheduled in zip(naps.taken, REAL_SCHEDULE, strict=False):
        assert scheduled <= taken <= scheduled * 1.1
    assert only_delivery(grid)["deadLetterReason"] == "TimeToLiveExceeded"
    assert sum(naps.taken[:-1]) <= 1440 * 60 < sum(naps.taken)


async def test_attempts_run_out(grid: EventGrid, receiver: Receiver, url: str) -> None:
    await grid.subscribe("vnets", hook(url, retry={"maxAttempts": 3, "scheduleSeconds": [0]}))
    receiver.answers = [500] * 9
    grid.publish(event())
    await grid.idle()
    assert len(receiver.bodies) == 3
    assert grid.dead_letters[0]["event"]["deadLetterReason"] == "MaxDeliveryAttemptsExceeded"


async def test_a_receiver_that_is_down_is_tried_again(grid: EventGrid, naps: Naps) -> None:
    down = StorageAccount("gone", b"key", f"http://127.0.0.1:{unused_port()}")
    grid.subscriptions["down"] = EventSubscription(
        name="down", endpoint=StorageQueue(down, "events"), retry=RetryPolicy(max_attempts=2, schedule=(1,), jitter=0)
    )
    grid.publish(event())
    await grid.idle()
    attempts = only_delivery(grid)["attempts"]
    assert [one["status"] for one in attempts] == [None, None]
    assert attempts[0]["outcome"].startswith("GenericError")
    assert naps.taken == [1]


async def turns_of_the_loop(seconds: float) -> None:
    """Time made of the loop's own turns, so that longer waits end later whatever the machine."""
    for _ in range(int(seconds * 1000)):
        await asyncio.sleep(0)


async def test_disorder_doubles_every_event_and_shuffles_them(receiver: Receiver, url: str) -> None:
    grid = EventGrid(Authority("7f58f1a2-6d84-4c3c-9d5e-0f4b1d2a3c11"), sleep=turns_of_the_loop)
    await grid.start()
    await grid.subscribe("vnets", hook(url, disorder={"duplicates": 1, "shuffle": True}))
    published = [f"v{number}" for number in range(8) for _ in range(2)]
    for number in range(8):
        grid.publish(event(number))
    await grid.idle()
    await grid.close()
    assert sorted(receiver.subjects()) == published
    assert receiver.subjects() != published


async def test_closing_ends_deliveries_that_still_wait(receiver: Receiver, url: str) -> None:
    grid = EventGrid(Authority("7f58f1a2-6d84-4c3c-9d5e-0f4b1d2a3c11"))
    await grid.start()
    await grid.subscribe("vnets", hook(url))
    receiver.answers = [500]
    grid.publish(event())
    await receiver.called.wait()
    await grid.close()
    await asyncio.wait_for(grid.idle(), 1)
    assert len(receiver.bodies) == 1
