"""What happens to a hub, and the events that tell of it."""

import json
from typing import Any

from peering.core.decision.changes import Action, Change, Phase, Side
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags
from tests.builders import (
    HUB_ID,
    SPOKE_ID,
    gateway_of,
    request,
)
from tests.core.intake.test_events import DELETE, PEERING, VNET, activity
from tests.service.town import Town, town_of


def event(town: Town, operation: str, resource: str, **data: Any) -> str:  # noqa: ANN401 - JSON
    """An event as it lies in the queue, just now."""
    kind = DELETE if operation.endswith("/delete") else "Microsoft.Resources.ResourceWriteSuccess"
    return json.dumps(activity(kind, operation, resource, **data) | {"eventTime": town.clock().isoformat()})


def written(town: Town, network: VnetId = HUB_ID) -> str:
    return event(town, f"{VNET}/write", str(network))


def gateway_event(town: Town, what: str = "write", network: VnetId = HUB_ID) -> str:
    return event(town, f"Microsoft.Network/virtualNetworkGateways/{what}", gateway_of(network))


async def remove_by_hand(town: Town, network: VnetId = SPOKE_ID) -> str:
    """The hub's half to it, by its owner; returns the event."""
    lost = town.networks.vnets[HUB_ID].half_to(network)
    assert lost is not None
    await town.networks.apply(
        Change(
            action=Action.REMOVE,
            side=Side.HUB,
            phase=Phase.HUB,
            vnet=HUB_ID,
            name=lost.name,
            remote=network,
            flags=Flags(),
            why="by hand",
        )
    )
    town.networks.log.clear()
    return event(town, f"{PEERING}/delete", f"{HUB_ID}/virtualNetworkPeerings/{lost.name}")


async def heard(town: Town, *events: str) -> None:
    town.put(*events)
    await town.pump()


async def many(count: int, *, gateway: bool = False) -> tuple[Town, list[VnetId]]:
    town, ids = town_of(count)
    town.change(HUB_ID, gateway=gateway_of(HUB_ID) if gateway else None)
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump()
    assert town.connected(ids)
    town.networks.log.clear()
    return town, ids
