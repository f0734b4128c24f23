"""The handshake by which a webhook agrees to be sent events."""

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from localazure.emulator.eventgrid import EventGrid
from tests.emulator.eventgrid.receiver import Answer, Receiver, hook


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
