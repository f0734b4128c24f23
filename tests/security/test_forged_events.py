"""Events that nobody sent: at worst we look at a network once more."""

import json
from typing import Any

import pytest

from peering.core.intake.events import Ignored, decode_event
from peering.core.intake.requests import GatewayRequest
from peering.core.record.record import State
from tests.builders import HUB_ID, NOON, SPOKE_ID, gateway_of, hub, spoke
from tests.core.intake.test_events import DELETE, DELETED, OBJECT_ID, PEERING, TAGS, VNET, activity, notification
from tests.security.hostile import IDS
from tests.service.town import OURS, Town

LIES: dict[str, Any] = {
    "the network was deleted": activity(DELETE, f"{VNET}/delete"),
    "its tags were deleted": activity(DELETE, f"{TAGS}/delete"),
    "its peering was deleted": activity(DELETE, f"{PEERING}/delete", f"{SPOKE_ID}/virtualNetworkPeerings/x"),
    "the network is gone": notification(DELETED),
    "it has another tag": activity(operation=f"{TAGS}/write", tags={"hub": "neu"}, hub="neu"),
    "somebody we trust did it": activity(claims={OBJECT_ID: "the owner of the hub"}),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_a_lie_about_a_connected_network_changes_nothing(lie: dict[str, Any]) -> None:
    town = Town(hub(), spoke())
    await town.ask()
    before = len(town.writes)
    town.put(json.dumps(lie))
    await town.pump()
    assert town.connected()
    assert (len(town.writes), town.history, town.row().state) == (before, ["Connected"], State.CONNECTED)


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_a_lie_about_a_network_that_asked_for_nothing_leaves_no_trace(lie: dict[str, Any]) -> None:
    town = Town(hub(), spoke(tag=None))
    town.put(json.dumps({**lie, "data": {**lie["data"], "hub": "prod-weu"}}))
    await town.pump()
    assert (town.writes, town.records.rows) == ([], {})


async def test_a_lie_about_a_gateway_reads_the_hubs_and_changes_nothing() -> None:
    town = Town(hub(), spoke())
    await town.ask()
    town.networks.log.clear()
    lie = activity(operation="Microsoft.Network/virtualNetworkGateways/write", resource=gateway_of(HUB_ID))
    town.put(*[json.dumps(lie)] * 20)
    await town.pump()
    assert set(town.networks.log) == {"read hub-weu"}


async def test_who_pretends_to_be_us_silences_only_that_event() -> None:
    """The sweep or the next event finds what was passed over; nobody else's event is held back."""
    town = Town(hub(), spoke())
    town.put(json.dumps(activity(claims={OBJECT_ID: OURS})), json.dumps(activity()))
    await town.pump()
    assert town.connected()


@pytest.mark.parametrize("identity", IDS)
def test_an_id_that_leads_elsewhere_reaches_no_url(identity: str) -> None:
    lie = activity(resource=identity)
    decision = decode_event(lie, None, NOON)
    assert not isinstance(decision, GatewayRequest)
    if not isinstance(decision, Ignored):  # a peering's id stands for its network's
        assert str(decision.spoke) == str(SPOKE_ID)
    else:
        assert decision.reason.isprintable()
