"""Delivery to webhooks and queues: handshake, headers, retries, dead letters, disorder."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from localazure.emulator.eventgrid import EventGrid
from localazure.emulator.eventgrid.shared_key import StorageAccount
from localazure.emulator.eventgrid.subscription import (
    REAL_SCHEDULE,
    EventSubscription,
    RetryPolicy,
    StorageQueue,
)
from localazure.emulator.identity import Authority

WRITE = "Microsoft.Resources.ResourceWriteSuccess"


def event(number: int = 1, **more: object) -> dict[str, Any]:
    return {
        "id": f"event-{number}",
        "topic": "/subscriptions/s",
        "subject": f"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v{number}",
        "eventType": WRITE,
        "eventTime": "2026-01-02T03:04:05.6789012Z",
        "data": {"operationName": "Microsoft.Network/virtualNetworks/write"},
        "dataVersion": "2",
        "metadataVersion": "1",
        **more,
    }


Answer = Callable[[web.Request], Awaitable[web.Response]]


class Receiver:
    """A webhook that answers as told and remembers what came."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.bodies: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.validate: Answer = self.agree
        self.called = asyncio.Event()
        self.allowed_origin = "*"

    async def agree(self, request: web.Request) -> web.Response:
        [body] = await request.json()
        assert body["eventType"] == "Microsoft.EventGrid.SubscriptionValidationEvent"
        return web.json_response({"validationResponse": body["data"]["validationCode"]})

    async def post(self, request: web.Request) -> web.Response:
        if request.headers["aeg-event-type"] == "SubscriptionValidation":
            return await self.validate(request)
        self.bodies.append(await request.json())
        self.headers.append(dict(request.headers))
        self.called.set()
        return web.Response(status=self.answers.pop(0) if self.answers else 202)

    async def options(self, request: web.Request) -> web.Response:
        assert request.headers["WebHook-Request-Origin"] == "eventgrid.azure.net"
        return web.Response(headers={"WebHook-Allowed-Origin": self.allowed_origin})

    def subjects(self) -> list[str]:
        return [body[0]["subject"].rpartition("/")[2] for body in self.bodies]


class Naps:
    """Stands for `asyncio.sleep`: takes no time and remembers how long it should have been."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(receiver: Receiver) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hook", receiver.post)
    app.router.add_options("/hook", receiver.options)
    async with TestServer(app) as server:
        yield str(server.make_url("/hook?code=secret"))


@pytest.fixture
async def grid(naps: Naps) -> AsyncIterator[EventGrid]:
    made = EventGrid(Authority("7f58f1a2-6d84-4c3c-9d5e-0f4b1d2a3c11"), sleep=naps)
    await made.start()
    yield made
    await made.close()


def hook(url: str, **more: object) -> dict[str, Any]:
    return {"endpoint": {"type": "WebHook", "url": url}, **more}


def only_delivery(grid: EventGrid) -> dict[str, Any]:
    [published] = grid.log.since(0)["events"]
    [delivery] = published["deliveries"]
    assert isinstance(delivery, dict)
    return delivery


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


async def refuse(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(status=202)


async def wrong_code(_: web.Request) -> web.Response:
    return web.json_response({"validationResponse": "another"})


async def not_json(_: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.mark.parametrize(
    ("answer", "words"),
    [(refuse, "with 202, not 200"), (wrong_code, "not the code that was sent"), (not_json, "not a JSON object")],
)
async def test_a_webhook_that_fails_the_handshake_is_not_subscribed(
    grid: EventGrid, receiver: Receiver, url: str, answer: Answer, words: str
) -> None:
    receiver.validate = answer
    with pytest.raises(ValueError, match=words) as refused:
        await grid.subscribe("vnets", hook(url))
    assert "secret" not in str(refused.value)
    assert grid.subscriptions == {}


async def test_a_webhook_must_allow_the_origin_of_cloud_events(grid: EventGrid, receiver: Receiver, url: str) -> None:
    receiver.allowed_origin = "someone.else"
    with pytest.raises(ValueError, match="does not allow the origin"):
        await grid.subscribe("vnets", hook(url, schema="CloudEventSchemaV1_0"))


async def test_a_webhook_that_is_not_there_is_not_subscribed(grid: EventGrid) -> None:
    with pytest.raises(ValueError, match="gave no answer"):
        await grid.subscribe("vnets", hook(f"http://127.0.0.1:{unused_port()}/"))
