"""What `up` does for an app that runs: what it asks of the emulator, and what it says when that is refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from localazure.up.deployment import FILTER, App, SubscriptionError, introduce


@asynccontextmanager
async def app_and_control(asked: list[dict[str, Any]], status: int) -> AsyncIterator[str]:
    """One server that is the app's admin API and the emulator's control endpoint; notes the subscriptions asked for."""

    async def functions(request: web.Request) -> web.Response:
        assert request.headers["x-functions-key"] == "master"
        bindings = [{"type": "eventGridTrigger", "name": "event"}, {"type": "queue", "name": "out"}]
        return web.json_response([{"name": "on_event", "config": {"bindings": bindings}}])

    async def subscribe(request: web.Request) -> web.Response:
        asked.append({"name": request.match_info["name"], **await request.json()})
        return web.Response(status=status, text="the webhook did not answer")

    application = web.Application()
    application.add_routes(
        [web.get("/admin/functions", functions), web.put("/control/subscriptions/{name}", subscribe)]
    )
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_event_function_is_subscribed_by_its_webhook_and_filter() -> None:
    asked: list[dict[str, Any]] = []
    async with app_and_control(asked, 201) as url, aiohttp.ClientSession() as http:
        assert await introduce(App(url, "master", "a/key", {}), url, http) == 1
    (body,) = asked
    assert body["name"] == "on_event"
    webhook = f"{url}/runtime/webhooks/eventgrid?functionName=on_event&code=a%2Fkey"
    assert body["endpoint"] == {"type": "WebHook", "url": webhook}
    assert body["filter"] == FILTER


async def test_refused_subscription_is_explained() -> None:
    async with app_and_control([], 400) as url, aiohttp.ClientSession() as http:
        with pytest.raises(SubscriptionError, match=r"'on_event' could not be subscribed .* did not answer"):
            await introduce(App(url, "master", "key", {}), url, http)


def test_filter_takes_no_peering_writes_which_are_mostly_our_own() -> None:
    operations = FILTER["advancedFilters"][0]["values"]
    assert "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write" not in operations
    assert len(operations) == len(set(operations)) > 5
