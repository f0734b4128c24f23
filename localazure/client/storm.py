"""A storm of events: what Event Grid brings on a busy morning, most of which is none of the app's business."""

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import batched
from typing import Any

import httpx

type Event = dict[str, Any]

_SOMEBODY = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
_OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
_WRITE, _DELETE = "Microsoft.Resources.ResourceWriteSuccess", "Microsoft.Resources.ResourceDeleteSuccess"
_TAGS, _NETWORK = "Microsoft.Resources/tags/write", "Microsoft.Network/virtualNetworks/write"
_HALF = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete"
# Each with the operation that is written to the activity log, and what stands behind the resource group's id.
_OTHERS = (
    ("Microsoft.Storage/storageAccounts/write", "Microsoft.Storage/storageAccounts/st"),
    ("Microsoft.Compute/virtualMachines/write", "Microsoft.Compute/virtualMachines/vm"),
    (_TAGS, "Microsoft.Compute/virtualMachines/vm"),
    (_TAGS, "Microsoft.Network/networkInterfaces/nic"),
    ("Microsoft.Network/virtualNetworks/subnets/write", "Microsoft.Network/virtualNetworks/net/subnets/s"),
    ("Microsoft.Network/networkSecurityGroups/write", "Microsoft.Network/networkSecurityGroups/nsg"),
)


def about(operation: str, resource: str, who: str = _SOMEBODY) -> Event:
    """One event of the subscription's system topic, in the Event Grid schema, as of now."""
    return {
        "id": str(uuid.uuid4()),
        "topic": "/".join(resource.split("/")[:3]),
        "subject": resource,
        "eventType": _DELETE if operation.endswith("/delete") else _WRITE,
        "eventTime": _now(),
        "data": {
            "claims": {_OBJECT_ID: who},
            "correlationId": str(uuid.uuid4()),
            "resourceProvider": operation.partition("/")[0],
            "resourceUri": resource,
            "operationName": operation,
            "status": "Succeeded",
        },
        "dataVersion": "2",
        "metadataVersion": "1",
    }


def tagged(network: str) -> Event:
    """Somebody has edited the network's tags."""
    return about(_TAGS, network)


def storm(count: int, networks: Sequence[str], ours: str, echoes: Sequence[str], seed: int = 0) -> list[Event]:
    """So many events, in disorder: half are unrelated, a tenth come twice, the rest are writes of `networks`.

    Of the unrelated, two in three are about other kinds of resources in the subscriptions of `networks`, and one is an
    echo of what the app, whose object id is `ours`, has done itself to one of the networks `echoes`.
    """
    rng = random.Random(seed)  # noqa: S311 - a fixed disorder
    twice, unrelated = count // 10, count // 2
    wanted = [about(rng.choice((_TAGS, _NETWORK)), rng.choice(networks)) for _ in range(count - unrelated - twice)]
    events = wanted + rng.sample(wanted, twice) + [_unrelated(rng, networks, ours, echoes) for _ in range(unrelated)]
    rng.shuffle(events)
    return events


def _unrelated(rng: random.Random, networks: Sequence[str], ours: str, echoes: Sequence[str]) -> Event:
    if rng.random() < 1 / 3:
        network = rng.choice(echoes)
        half = f"{network}/virtualNetworkPeerings/autopeer-x"
        return about(_HALF, half, ours) if rng.random() < 1 / 2 else about(_TAGS, network, ours)
    operation, kind = rng.choice(_OTHERS)
    group = rng.choice(networks).partition("/providers/")[0]
    return about(operation, f"{group}/providers/{kind}{rng.randrange(1000)}")


async def deliver(
    http: httpx.AsyncClient, url: str, events: Iterable[Event], seconds: float, batch: int = 25
) -> Counter[int]:
    """Post the events to a webhook, in batches, evenly over the time; returns the statuses of its answers.

    An event bears the time at which it is posted. A batch does not wait for the one before to be answered.
    """
    batches = list(batched(events, batch, strict=False))
    began, posts = time.monotonic(), list[asyncio.Task[int]]()
    for number, each in enumerate(batches):
        await asyncio.sleep(began + seconds * number / len(batches) - time.monotonic())
        posts.append(asyncio.create_task(post(http, url, each)))
    return Counter(await asyncio.gather(*posts))


async def post(http: httpx.AsyncClient, url: str, events: Sequence[Event]) -> int:
    """One delivery, as Event Grid makes it; returns the status of the answer."""
    body = [{**event, "eventTime": _now()} for event in events]
    return (await http.post(url, json=body, headers={"aeg-event-type": "Notification"})).status_code


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
