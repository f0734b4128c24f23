"""What a deployment does once the app runs: its queues, and the event subscription of its Event Grid functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import aiohttp
from azure.core.exceptions import ResourceExistsError
from azure.storage.queue.aio import QueueServiceClient

from localazure.host.app_settings import connection_string, resolve
from localazure.up.app_settings import Endpoints

OPERATIONS = (
    "Microsoft.Network/virtualNetworks/write",
    "Microsoft.Network/virtualNetworks/delete",
    "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete",
    "Microsoft.Network/virtualNetworkGateways/write",
    "Microsoft.Network/virtualNetworkGateways/delete",
    "Microsoft.Network/virtualHubs/write",
    "Microsoft.Network/virtualHubs/delete",
    "Microsoft.Network/virtualHubs/ipConfigurations/write",
    "Microsoft.Network/virtualHubs/ipConfigurations/delete",
    "Microsoft.Resources/tags/write",
    "Microsoft.Resources/tags/delete",
)
FILTER: dict[str, Any] = {
    "includedEventTypes": ["Microsoft.Resources.ResourceWriteSuccess", "Microsoft.Resources.ResourceDeleteSuccess"],
    "isSubjectCaseSensitive": False,
    "enableAdvancedFilteringOnArrays": True,
    "advancedFilters": [
        {"operatorType": "StringIn", "key": "data.operationName", "values": list(OPERATIONS)},
        {
            "operatorType": "StringContains",
            "key": "subject",
            "values": [
                "/providers/Microsoft.Network/virtualNetworks/",
                "/providers/Microsoft.Network/virtualNetworkGateways/",
                "/providers/Microsoft.Network/virtualHubs/",
            ],
        },
    ],
}
"""The same filter as in infra/: no peering writes, which are mostly our own."""


class SubscriptionError(RuntimeError):
    """An event subscription was refused; the message holds the emulator's answer."""


@dataclass(frozen=True)
class App:
    """A function app that runs."""

    url: str
    master_key: str
    event_grid_key: str
    settings: Mapping[str, str]

    async def triggers(self, http: aiohttp.ClientSession) -> list[tuple[str, dict[str, Any]]]:
        """Each function's name and its trigger's binding.

        Raises:
            aiohttp.ClientError: the app does not answer.
        """
        headers = {"x-functions-key": self.master_key}
        async with http.get(f"{self.url}/admin/functions", headers=headers, raise_for_status=True) as answer:
            return list(_triggers(await answer.json()))

    def webhook(self, function: str) -> str:
        query = urlencode({"functionName": function, "code": self.event_grid_key})
        return f"{self.url}/runtime/webhooks/eventgrid?{query}"


async def through_the_door(endpoints: Endpoints, http: aiohttp.ClientSession) -> Endpoints:
    """The same parts, and the app's way to storage through the emulator."""
    behind = {"connectionString": endpoints.storage}
    async with http.put(f"{endpoints.local}/control/storage", json=behind, raise_for_status=True) as answer:
        return replace(endpoints, app_storage=(await answer.json())["connectionString"])


async def introduce(app: App, local: str, http: aiohttp.ClientSession) -> int:
    """Make the queues that triggers listen to and subscribe the Event Grid functions; how many of these there are."""
    triggers = await app.triggers(http)
    await _create_queues(app, [binding for _, binding in triggers if binding["type"] == "queueTrigger"])
    subscribers = [function for function, binding in triggers if binding["type"] == "eventGridTrigger"]
    for function in subscribers:
        await _subscribe(app, local, function, http)
    return len(subscribers)


def _triggers(functions: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for function in functions:
        for binding in function["config"]["bindings"]:
            if binding["type"].endswith("Trigger"):
                yield function["name"], binding


async def _create_queues(app: App, bindings: list[dict[str, Any]]) -> None:
    for binding in bindings:
        connection = connection_string(binding.get("connection", ""), app.settings)
        async with QueueServiceClient.from_connection_string(connection) as storage:
            try:
                await storage.create_queue(resolve(binding["queueName"], app.settings))
            except ResourceExistsError:
                continue  # another trigger listens to it too


async def _subscribe(app: App, local: str, function: str, http: aiohttp.ClientSession) -> None:
    body = {
        "endpoint": {"type": "WebHook", "url": app.webhook(function)},
        "schema": "EventGridSchema",
        "filter": FILTER,
    }
    async with http.put(f"{local}/control/subscriptions/{function}", json=body) as answer:
        if answer.status >= 300:
            text = await answer.text()
            raise SubscriptionError(f"The function '{function}' could not be subscribed to events: {text}")
