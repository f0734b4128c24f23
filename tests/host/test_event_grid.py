"""The Event Grid webhook of the host: handshakes, deliveries and refusals."""

import json
from typing import Any

import httpx
import pytest

from tests.host.host_process import EVENT_GRID, MASTER, Host

PATH = "/runtime/webhooks/EventGrid"


def event(identifier: str, **data: object) -> dict[str, Any]:
    """An event as the subscription's system topic sends it: seven digits of fraction, free casing."""
    return {
        "id": identifier,
        "topic": "/subscriptions/11111111-1111-4111-8111-111111111111",
        "subject": "/subscriptions/11111111-1111-4111-8111-111111111111/resourcegroups/rg/providers/x",
        "eventType": "Microsoft.Resources.ResourceWriteSuccess",
        "eventTime": "2026-07-19T18:38:04.6117357Z",
        "data": data,
        "dataVersion": "2",
        "metadataVersion": "1",
    }


def post(
    host: Host, body: object, kind: str = "Notification", function: str = "on_event", key: str = EVENT_GRID
) -> httpx.Response:
    query = {"functionName": function, "code": key}
    return host.http.post(PATH, params=query, json=body, headers={"aeg-event-type": kind})


def test_each_event_of_an_array_is_an_invocation_of_its_own(host: Host) -> None:
    answer = post(host, [event("1", status="Succeeded"), event("2")])
    assert answer.status_code == 202
    seen = {json.loads(text)["event"]: json.loads(text)["data"] for text in host.take("seen")}
    assert seen == {"1": {"status": "Succeeded"}, "2": {}}


def test_cloud_event_comes_as_an_object(host: Host) -> None:
    cloud = {"specversion": "1.0", "id": "3", "source": "/s", "type": "t", "data": {"resourceInfo": {}}}
    assert post(host, cloud, function="On_Cloud_Event", key=MASTER).status_code == 202
    assert [json.loads(text) for text in host.take("seen")] == [
        {"cloud": "3", "source": "/s", "data": {"resourceInfo": {}}}
    ]


def test_one_failure_fails_the_delivery_with_its_message(host: Host) -> None:
    answer = post(host, [event("1"), event("2", fail=True)])
    assert answer.status_code == 500
    assert answer.text == "RuntimeError: this event is meant to fail"
    assert len(host.take("seen")) == 1


def test_validation_by_event_grid_schema(host: Host) -> None:
    answer = post(host, [event("1", validationCode="512d38b6")], kind="subscriptionvalidation")
    assert (answer.status_code, answer.json()) == (200, {"validationResponse": "512d38b6"})
    assert host.take("seen") == []


def test_validation_by_cloud_events_schema(host: Host) -> None:
    query = {"functionName": "on_event", "code": EVENT_GRID}
    answer = host.http.options(PATH, params=query, headers={"WebHook-Request-Origin": "eventgrid.azure.net"})
    assert (answer.status_code, answer.headers["Webhook-Allowed-Origin"]) == (200, "eventgrid.azure.net")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"key": "wrong"}, 401),
        ({"function": "take"}, 404),
        ({"function": ""}, 404),
        ({"kind": ""}, 400),
        ({"kind": "Other"}, 400),
        ({"kind": "Unsubscribe"}, 202),
        ({"kind": "SubscriptionValidation"}, 400),
        ({"body": ["no event"]}, 400),
    ],
)
def test_other_requests(host: Host, change: dict[str, Any], status: int) -> None:
    assert post(host, **{"body": [event("1")], **change}).status_code == status
    assert host.take("seen") == []


def test_body_that_is_not_json(host: Host) -> None:
    query = {"functionName": "on_event", "code": EVENT_GRID}
    answer = host.http.post(PATH, params=query, content="{", headers={"aeg-event-type": "Notification"})
    assert answer.status_code == 400
