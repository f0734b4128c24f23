"""The filter of an event subscription, as a table."""

from typing import Any

import pytest

from localazure.emulator.eventgrid.filters import parse_filter

VNET = "/subscriptions/s/resourcegroups/rg/providers/Microsoft.Network/virtualNetworks/spoke-1"
EVENT: dict[str, Any] = {
    "id": "1",
    "topic": "/subscriptions/s",
    "subject": VNET,
    "eventType": "Microsoft.Resources.ResourceWriteSuccess",
    "dataVersion": "2",
    "data": {
        "operationName": "Microsoft.Network/virtualNetworks/write",
        "status": "Succeeded",
        "roles": ["Reader", "Network Contributor"],
        "automatic": True,
        "nothing": None,
        "a.b": "unreachable",
    },
}
CLOUD_EVENT = {"id": "1", "source": "/subscriptions/s", "type": EVENT["eventType"], "subject": VNET}


def advanced(operator: str, key: str, *values: object) -> dict[str, Any]:
    return {"advancedFilters": [{"operatorType": operator, "key": key, "values": list(values)}]}


def boolean(key: str, value: object) -> dict[str, Any]:
    return {"advancedFilters": [{"operatorType": "BoolEquals", "key": key, "value": value}]}


OPERATION = "data.operationName"
ON_ARRAYS = {"enableAdvancedFilteringOnArrays": True}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({}, True),
        ({"includedEventTypes": None}, True),
        ({"includedEventTypes": ["Microsoft.Resources.ResourceWriteSuccess"]}, True),
        ({"includedEventTypes": ["Microsoft.Resources.ResourceDeleteSuccess"]}, False),
        ({"subjectBeginsWith": "/SUBSCRIPTIONS/S/"}, True),
        ({"subjectBeginsWith": "/SUBSCRIPTIONS/S/", "isSubjectCaseSensitive": True}, False),
        ({"subjectBeginsWith": "/subscriptions/t"}, False),
        ({"subjectEndsWith": "/SPOKE-1"}, True),
        ({"subjectEndsWith": "/spoke-2"}, False),
        (advanced("StringIn", OPERATION, "x", "microsoft.network/VIRTUALNETWORKS/write"), True),
        (advanced("StringIn", OPERATION, "Microsoft.Network/virtualNetworks"), False),
        (advanced("StringNotIn", OPERATION, "x"), True),
        (advanced("StringNotIn", OPERATION, "Microsoft.Network/virtualNetworks/write"), False),
        (advanced("StringBeginsWith", OPERATION, "microsoft.network/"), True),
        (advanced("StringNotBeginsWith", OPERATION, "microsoft.network/"), False),
        (advanced("StringEndsWith", OPERATION, "/delete", "/WRITE"), True),
        (advanced("StringContains", "subject", "/providers/microsoft.network/virtualnetworks/"), True),
        (advanced("StringContains", "subject", "/virtualMachines/"), False),
        (advanced("StringNotContains", "subject", "/virtualMachines/"), True),
        (advanced("StringIn", "data.missing", "x"), False),
        (advanced("StringNotIn", "data.missing", "x"), True),
        (advanced("StringIn", "data.status.deeper", "x"), False),
        (advanced("StringIn", "data.a.b", "unreachable"), False),
        (advanced("StringIn", "data.roles", "reader"), False),
        (advanced("StringIn", "data.roles", "reader") | ON_ARRAYS, True),
        (advanced("StringIn", "data.roles", "owner") | ON_ARRAYS, False),
        (advanced("StringNotIn", "data.roles", "reader") | ON_ARRAYS, False),
        (advanced("StringIn", "eventType", EVENT["eventType"]), True),
        (boolean("data.automatic", value=True), True),
        (boolean("data.automatic", value=False), False),
        (boolean("data.status", value=True), False),
        (advanced("IsNullOrUndefined", "data.missing"), True),
        (advanced("IsNullOrUndefined", "data.nothing"), True),
        (advanced("IsNullOrUndefined", "data.status"), False),
        (advanced("IsNotNull", "data.status"), True),
        (advanced("IsNotNull", "data.missing"), False),
    ],
)
def test_what_a_filter_lets_through(body: dict[str, Any], *, wanted: bool) -> None:
    assert parse_filter(body).matches(EVENT) is wanted


def test_all_filters_must_agree() -> None:
    both = advanced("StringContains", "subject", "spoke")["advancedFilters"]
    both += advanced("StringIn", "data.status", "Failed")["advancedFilters"]
    assert not parse_filter({"advancedFilters": both}).matches(EVENT)
    assert parse_filter({"advancedFilters": both[:1]}).matches(EVENT)


@pytest.mark.parametrize(
    "body",
    [
        {"includedEventTypes": ["Microsoft.Resources.ResourceWriteSuccess"]},
        advanced("StringIn", "type", EVENT["eventType"]),
        advanced("StringIn", "topic", "/subscriptions/s"),
    ],
)
def test_cloud_events_are_filtered_by_the_same_names(body: dict[str, Any]) -> None:
    assert parse_filter(body).matches(CLOUD_EVENT)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (advanced("StringLike", "subject", "x"), "operatorType 'StringLike' is not one of"),
        (advanced("StringIn", "", "x"), "names no key"),
        (advanced("StringIn", "subject"), "has no values"),
        (advanced("StringIn", "subject", *"abcdefghijklmnopqrstuvwxyz"), "25 values"),
        (advanced("StringIn", "subject", "x" * 513), "longer than 512"),
        (
            boolean("data.x", value=True) | {"advancedFilters": [{"operatorType": "BoolEquals", "key": "k"}]},
            "no values",
        ),
    ],
)
def test_what_event_grid_would_not_take(body: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_filter(body)
