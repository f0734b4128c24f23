"""The Event Grid webhook, `/runtime/webhooks/eventgrid?functionName=F`, as the Event Grid extension answers it.

Both handshakes are accepted, as the worker's parameter is JSON to the host and could be of either schema.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from localazure.host.function import Function
from localazure.host.invoker import Invoker, Result
from localazure.host.keys import Keys, presented_key
from localazure.host.protos import TypedData
from localazure.host.worker import Invocation

PATH = "/runtime/webhooks/{extension:(?i:eventgrid)}"


class EventGridWebhook:
    """Takes what Event Grid posts and runs one invocation for each event, all of a batch at the same time."""

    def __init__(self, functions: Mapping[str, Function], keys: Keys, invoker: Invoker) -> None:
        self._functions = {
            name.lower(): function
            for name, function in functions.items()
            if function.trigger.type == "eventGridTrigger"
        }
        self._keys = keys
        self._invoker = invoker

    async def handle(self, request: web.Request) -> web.Response:
        if not self._keys.may_deliver_events(presented_key(request)):
            return web.Response(status=401)
        name = request.query.get("functionName", "")
        function = self._functions.get(name.lower())
        if function is None:
            return web.Response(status=404, text=f"cannot find function: '{name}'")
        return await self._answer(request, function)

    async def _answer(self, request: web.Request, function: Function) -> web.Response:
        if request.method == "OPTIONS":
            return web.Response(headers={"Webhook-Allowed-Origin": "eventgrid.azure.net"})
        match request.headers.get("aeg-event-type", "").lower():
            case "subscriptionvalidation":
                return _validated(await _events(request))
            case "notification":
                return await self._notify(function, await _events(request))
            case "unsubscribe":
                return web.Response(status=202)
            case _:
                return web.Response(status=400)

    async def _notify(self, function: Function, events: list[dict[str, Any]]) -> web.Response:
        results = await asyncio.gather(*(self._invoke(function, event) for event in events))
        errors = [result.error for result in results if not result.succeeded]
        return web.Response(status=500, text=errors[0]) if errors else web.Response(status=202)

    async def _invoke(self, function: Function, event: dict[str, Any]) -> Result:
        return await self._invoker.invoke(function, event_invocation(function, event))


def event_invocation(function: Function, event: dict[str, Any]) -> Invocation:
    """The worker gets the event as `json`, and its `data` as trigger metadata."""
    metadata = {"data": TypedData(json=json.dumps(event.get("data")))}
    trace_parent = str(event.get("traceparent", ""))  # CloudEvents distributed tracing extension
    return Invocation(
        inputs={function.trigger.name: TypedData(json=json.dumps(event))}, metadata=metadata, trace_parent=trace_parent
    )


def _validated(events: list[dict[str, Any]]) -> web.Response:
    try:
        return web.json_response({"validationResponse": events[0]["data"]["validationCode"]})
    except (KeyError, IndexError, TypeError):
        return web.Response(status=400, text="a SubscriptionValidation must hold [{data: {validationCode}}]")


async def _events(request: web.Request) -> list[dict[str, Any]]:
    try:
        body = json.loads(await request.read())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise web.HTTPBadRequest(text=f"the body is not JSON: {error}") from error
    events = body if isinstance(body, list) else [body]
    if not all(isinstance(event, dict) for event in events):
        raise web.HTTPBadRequest(text="expected an event or an array of events")
    return events
