"""Events of both sources and both schemas: which become a request, which are ignored, which are malformed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peering.core.intake.events import Ignored, decode_event
from peering.core.intake.requests import Door, GatewayRequest, Request
from tests.builders import HUB_ID, NOON, SPOKE_ID, SUBSCRIPTION, gateway_of

WRITE, DELETE = "Microsoft.Resources.ResourceWriteSuccess", "Microsoft.Resources.ResourceDeleteSuccess"
CREATED = "Microsoft.ResourceNotifications.Resources.CreatedOrUpdated"
DELETED = "Microsoft.ResourceNotifications.Resources.Deleted"
VNET, TAGS = "Microsoft.Network/virtualNetworks", "Microsoft.Resources/tags"
PEERING = f"{VNET}/virtualNetworkPeerings"
OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
OURS = "aaaaaaaa-0000-0000-0000-000000000001"


def activity(kind: str = WRITE, operation: str = f"{VNET}/write", resource: str = str(SPOKE_ID), **data: Any) -> Any:  # noqa: ANN401 - JSON
    """Source A in Event Grid's schema."""
    return {
        "id": "event-1",
        "topic": "/subscriptions/s",
        "subject": resource,
        "eventType": kind,
        "eventTime": "2026-11-23T11:59:00.1234567Z",
        "data": {
            "claims": {OBJECT_ID: "somebody"},
            "correlationId": "c-1",
            "operationName": operation,
            "resourceUri": resource,
            **data,
        },
        "dataVersion": "2",
    }


def notification(kind: str = CREATED, resource: str = str(SPOKE_ID)) -> Any:  # noqa: ANN401 - JSON
    """Source B in Event Grid's schema."""
    return {
        "id": "event-1",
        "subject": resource,
        "eventType": kind,
        "eventTime": "2026-11-23T11:59:00Z",
        "data": {"resourceInfo": {"id": resource, "name": "x", "type": VNET}, "apiVersion": "2024-05-01"},
    }


def cloud(event: dict[str, Any]) -> dict[str, Any]:
    """The same event as a CloudEvent."""
    renamed = {"topic": "source", "eventType": "type", "eventTime": "time"}
    return {renamed.get(key, key): value for key, value in event.items()} | {"specversion": "1.0"}


ASKED = {
    "a network is written": activity(),
    "a network is deleted": activity(DELETE, f"{VNET}/delete"),
    "its tags are written": activity(operation=f"{TAGS}/write"),
    "its tags are deleted": activity(DELETE, f"{TAGS}/delete"),
    "its tags, with the suffix": activity(
        operation=f"{TAGS}/write", resource=f"{SPOKE_ID}/providers/Microsoft.Resources/tags/default"
    ),
    "a half is deleted": activity(DELETE, f"{PEERING}/delete", f"{SPOKE_ID}/virtualNetworkPeerings/p-1"),
    "everything in lower case": activity(operation=f"{VNET}/write".lower(), resource=str(SPOKE_ID).lower()),
    "notified of a write": notification(),
    "notified of a deletion": notification(DELETED),
    "notified of tags": notification(resource=f"{SPOKE_ID}/providers/Microsoft.Resources/tags/default"),
    "notified of a deleted half": notification(DELETED, f"{SPOKE_ID}/virtualNetworkPeerings/p-1"),
}


@pytest.mark.parametrize("schema", [dict, cloud])
@pytest.mark.parametrize("event", ASKED.values(), ids=ASKED.keys())
def test_a_reason_to_look(event: dict[str, Any], schema: Any) -> None:  # noqa: ANN401 - a function of events
    found = decode_event(schema(event), OURS, NOON)
    assert isinstance(found, Request)
    assert (found.spoke, found.door, found.id, found.hub, found.attempt) == (SPOKE_ID, Door.EVENT, "event-1", None, 0)


def test_who_when_and_why_are_kept() -> None:
    found = decode_event(activity(), OURS, NOON)
    assert isinstance(found, Request)
    assert (found.who, found.correlation) == ("somebody", "c-1")
    assert found.when == datetime(2026, 11, 23, 11, 59, 0, 123456, tzinfo=UTC)


GATEWAY, ROUTE_SERVER = "Microsoft.Network/virtualNetworkGateways", "Microsoft.Network/virtualHubs"
GATEWAY_ID = gateway_of(HUB_ID)
ROUTE_SERVER_ID = GATEWAY_ID.replace("virtualNetworkGateways", "virtualHubs")
IP_CONFIGURATION = f"{ROUTE_SERVER}/ipConfigurations"

ABOUT_A_GATEWAY = {
    "a gateway is written": activity(operation=f"{GATEWAY}/write", resource=GATEWAY_ID),
    "a gateway is deleted": activity(DELETE, f"{GATEWAY}/delete", GATEWAY_ID),
    "everything in lower case": activity(operation=f"{GATEWAY}/write".lower(), resource=GATEWAY_ID.lower()),
    "a Route Server is written": activity(operation=f"{ROUTE_SERVER}/write", resource=ROUTE_SERVER_ID),
    "a Route Server is deleted": activity(DELETE, f"{ROUTE_SERVER}/delete", ROUTE_SERVER_ID),
    "a Route Server joins its network": activity(
        operation=f"{IP_CONFIGURATION}/write", resource=f"{ROUTE_SERVER_ID}/ipConfigurations/one"
    ),
    "a Route Server leaves its network": activity(
        DELETE, f"{IP_CONFIGURATION}/delete", f"{ROUTE_SERVER_ID}/ipConfigurations/one"
    ),
    "notified of a gateway": notification(resource=GATEWAY_ID),
    "notified of a gateway that is gone": notification(DELETED, GATEWAY_ID),
}


@pytest.mark.parametrize("schema", [dict, cloud])
@pytest.mark.parametrize("event", ABOUT_A_GATEWAY.values(), ids=ABOUT_A_GATEWAY.keys())
def test_a_gateway_asks_for_the_hubs_of_its_subscription(event: dict[str, Any], schema: Any) -> None:  # noqa: ANN401 - a function of events
    found = decode_event(schema(event), OURS, NOON)
    assert isinstance(found, GatewayRequest)
    assert (found.subscription, found.id, found.attempt) == (SUBSCRIPTION, "event-1", 0)


def test_who_when_and_why_of_a_gateways_event_are_kept_for_each_hub() -> None:
    found = decode_event(ABOUT_A_GATEWAY["a gateway is written"], OURS, NOON)
    assert isinstance(found, GatewayRequest)
    asked = found.about(HUB_ID)
    assert (asked.spoke, asked.door, asked.gateway, asked.gone) == (HUB_ID, Door.EVENT, True, False)
    assert (asked.who, asked.correlation, asked.id) == ("somebody", "c-1", "event-1")
    assert asked.when == found.when == datetime(2026, 11, 23, 11, 59, 0, 123456, tzinfo=UTC)


TIMES = [
    ("2026-11-19T18:38:04.6117357Z", datetime(2026, 11, 19, 18, 38, 4, 611735, tzinfo=UTC)),
    ("2026-11-19T18:38:04Z", datetime(2026, 11, 19, 18, 38, 4, tzinfo=UTC)),
    ("2026-11-19T20:38:04+02:00", datetime(2026, 11, 19, 18, 38, 4, tzinfo=UTC)),
    ("2026-11-19T18:38:04", datetime(2026, 11, 19, 18, 38, 4, tzinfo=UTC)),
    ("2026-10-24T12:00:00Z", NOON - timedelta(days=30)),
    ("2026-11-24T12:00:00Z", NOON + timedelta(days=1)),
    # Far off: a default, or a clock that is wrong.
    ("2026-10-24T11:59:59Z", NOON),
    ("2026-11-24T12:00:01Z", NOON),
    ("0001-01-01T00:00:00Z", NOON),
    ("0001-01-01T00:00:00", NOON),
    ("0001-01-01T00:00:00+23:00", NOON),
    ("9999-12-31T23:59:59-23:00", NOON),
    ("yesterday", NOON),
    (None, NOON),
    (5, NOON),
]


@pytest.mark.parametrize("schema", [dict, cloud], ids=["Event Grid", "CloudEvents"])
@pytest.mark.parametrize(("written", "read"), TIMES)
def test_times(written: object, read: datetime, schema: Any) -> None:  # noqa: ANN401 - a function of events
    found = decode_event(schema(activity() | {"eventTime": written}), OURS, NOON)
    assert isinstance(found, Request)
    assert found.when == read
    assert found.when.utcoffset() == read.utcoffset()


IGNORED = {
    "a failure": activity("Microsoft.Resources.ResourceWriteFailure"),
    "an action": activity("Microsoft.Resources.ResourceActionSuccess"),
    "a validation": {"id": "1", "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {}},
    "a subnet": activity(operation=f"{VNET}/subnets/write", resource=f"{SPOKE_ID}/subnets/default"),
    "a half that is written": activity(operation=f"{PEERING}/write", resource=f"{SPOKE_ID}/virtualNetworkPeerings/p"),
    "a deployment": activity(operation="Microsoft.Resources/deployments/write"),
    "tags of a machine": activity(
        operation=f"{TAGS}/write",
        resource="/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm",
    ),
    "tags of a subscription": activity(
        operation=f"{TAGS}/write", resource="/subscriptions/s/providers/Microsoft.Resources/tags/default"
    ),
    "our own write": activity(claims={OBJECT_ID: OURS.upper()}),
    "our own deletion": activity(DELETE, f"{PEERING}/delete", claims={"appid": OURS}),
    "tags of a gateway": activity(operation=f"{TAGS}/write", resource=GATEWAY_ID),
    "our own write of a gateway": activity(operation=f"{GATEWAY}/write", resource=GATEWAY_ID, claims={OBJECT_ID: OURS}),
    "an operation of a gateway on something else": activity(operation=f"{GATEWAY}/write", resource="/subscriptions/s"),
    "a part of a gateway": activity(operation=f"{GATEWAY}/natRules/write", resource=f"{GATEWAY_ID}/natRules/one"),
    "notified of a part of a gateway": notification(resource=f"{GATEWAY_ID}/natRules/one"),
    "a gateway without a subscription": activity(
        operation=f"{GATEWAY}/write", resource=GATEWAY_ID.replace(SUBSCRIPTION, "x")
    ),
    "no operation": activity(operation=""),
    "a classic network": activity(
        operation=f"{TAGS}/write", resource=str(SPOKE_ID).replace("Microsoft.Network", "Microsoft.ClassicNetwork")
    ),
    "notified of a subnet": notification(resource=f"{SPOKE_ID}/subnets/default"),
    "notified of a half that is written": notification(resource=f"{SPOKE_ID}/virtualNetworkPeerings/p-1"),
    "notified of a machine": notification(
        resource="/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm"
    ),
}


@pytest.mark.parametrize("schema", [dict, cloud])
@pytest.mark.parametrize("event", IGNORED.values(), ids=IGNORED.keys())
def test_no_reason_to_look_and_nothing_to_warn_of(event: dict[str, Any], schema: Any) -> None:  # noqa: ANN401 - a function of events
    found = decode_event(schema(event), OURS, NOON)
    assert isinstance(found, Ignored)
    assert not found.malformed, found.reason
    assert found.reason


MALFORMED = {
    "nothing": None,
    "a text": "event",
    "a number": 7,
    "a list": [],
    "an empty object": {},
    "no data": {"id": "1", "eventType": WRITE},
    "data is a text": {"id": "1", "eventType": WRITE, "data": "x"},
    "a gateway's without an id": ABOUT_A_GATEWAY["a gateway is written"] | {"id": ""},
    "no id": {key: value for key, value in activity().items() if key != "id"},
    "an id of a network that is none": activity(resource=f"{SPOKE_ID}".replace(SPOKE_ID.subscription, "x")),
    "traversal": activity(resource=f"{SPOKE_ID}/../x"),
}


@pytest.mark.parametrize("event", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_should_have_been_a_reason_is_malformed(event: object) -> None:
    found = decode_event(event, OURS, NOON)
    assert isinstance(found, Ignored)
    assert found.malformed
    assert found.reason


ODD_BUT_USABLE: list[dict[str, Any]] = [
    activity(claims={}),
    activity(claims=None),
    activity(claims="nobody"),
    activity(claims={OBJECT_ID: None}),
    activity(correlationId=None),
    activity(resourceUri=None),
    activity(resourceInfo="x"),
    activity(claims={OBJECT_ID: "x" * 10_000}, correlationId="y" * 10_000) | {"id": "z" * 10_000},
]


@pytest.mark.parametrize("event", ODD_BUT_USABLE)
def test_missing_trimmings_do_not_hurt_and_long_ones_are_cut(event: dict[str, Any]) -> None:
    found = decode_event(event, OURS, NOON)
    assert isinstance(found, Request)
    assert len(found.to_json()) < 2048


def test_without_a_principal_of_our_own_nothing_is_an_echo() -> None:
    assert isinstance(decode_event(activity(claims={}), None, NOON), Request)
    assert isinstance(decode_event(activity(claims={OBJECT_ID: OURS}), None, NOON), Request)
