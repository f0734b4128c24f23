"""A webhook for tests, an event for it, and a clock's worth of waiting that takes no time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from localazure.emulator.eventgrid import EventGrid

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


def hook(url: str, **more: object) -> dict[str, Any]:
    return {"endpoint": {"type": "WebHook", "url": url}, **more}


def only_delivery(grid: EventGrid) -> dict[str, Any]:
    [published] = grid.log.since(0)["events"]
    [delivery] = published["deliveries"]
    assert isinstance(delivery, dict)
    return delivery
