"""The Event Grid function: an event in, a request on the queue, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import SPOKE_ID, SUBSCRIPTION
from tests.core.intake.test_events import ABOUT_A_GATEWAY, ASKED, IGNORED, OBJECT_ID, activity, cloud
from tests.functions.app_process import OURS, App


@pytest.mark.parametrize("schema", [dict, cloud], ids=["Event Grid", "CloudEvents"])
@pytest.mark.parametrize("event", ASKED.values(), ids=ASKED.keys())
def test_an_event_becomes_a_request(quiet_app: App, event: dict[str, Any], schema: Any) -> None:  # noqa: ANN401 - a function of events
    assert quiet_app.deliver(schema(event)).status_code == 202
    (request,) = quiet_app.take()
    assert (request["kind"], request["spoke"].lower(), request["door"]) == ("request", str(SPOKE_ID).lower(), "event")


@pytest.mark.parametrize("schema", [dict, cloud], ids=["Event Grid", "CloudEvents"])
@pytest.mark.parametrize("event", ABOUT_A_GATEWAY.values(), ids=ABOUT_A_GATEWAY.keys())
def test_a_gateways_event_becomes_a_request_for_its_hubs(quiet_app: App, event: dict[str, Any], schema: Any) -> None:  # noqa: ANN401 - as above
    assert quiet_app.deliver(schema(event)).status_code == 202
    (request,) = quiet_app.take()
    assert (request["kind"], request["subscription"], request["id"]) == ("gateway", SUBSCRIPTION, "event-1")


@pytest.mark.parametrize("schema", [dict, cloud], ids=["Event Grid", "CloudEvents"])
def test_the_request_knows_who_when_and_why(quiet_app: App, schema: Any) -> None:  # noqa: ANN401 - a function of events
    happened = datetime.now(UTC) - timedelta(hours=30)
    quiet_app.deliver(schema(activity() | {"eventTime": f"{happened:%Y-%m-%dT%H:%M:%S}.1234567Z"}))
    (request,) = quiet_app.take()
    assert (request["id"], request["who"], request["correlation"]) == ("event-1", "somebody", "c-1")
    assert request["when"] == happened.replace(microsecond=123456).isoformat()


@pytest.mark.parametrize("schema", [dict, cloud], ids=["Event Grid", "CloudEvents"])
@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", None])
def test_a_time_that_is_far_off_is_now(quiet_app: App, schema: Any, time: str | None) -> None:  # noqa: ANN401 - as above
    assert quiet_app.deliver(schema(activity() | {"eventTime": time})).status_code == 202
    (request,) = quiet_app.take()
    assert abs(datetime.fromisoformat(request["when"]) - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_batch_becomes_a_request_for_each(quiet_app: App) -> None:
    assert quiet_app.deliver(*(activity() | {"id": f"event-{n}"} for n in range(3))).status_code == 202
    assert sorted(request["id"] for request in quiet_app.take()) == ["event-0", "event-1", "event-2"]


def test_the_echo_of_our_own_write_is_dropped(quiet_app: App) -> None:
    assert quiet_app.deliver(activity(claims={OBJECT_ID: OURS})).status_code == 202
    assert quiet_app.take() == []


@pytest.mark.parametrize("event", IGNORED.values(), ids=IGNORED.keys())
def test_what_is_not_ours_leaves_no_trace(quiet_app: App, event: dict[str, Any]) -> None:
    assert quiet_app.deliver(event).status_code == 202
    assert quiet_app.take() == []


@pytest.mark.parametrize(
    "change",
    [
        {"data": {}},
        {"data": None},
        {"data": "text"},
        {"data": []},
        {"subject": None, "data": {"operationName": "Microsoft.Network/virtualNetworks/write"}},
        {"eventTime": None},
        {"id": ""},
    ],
    ids=str,
)
def test_a_malformed_event_is_not_delivered_again(quiet_app: App, change: dict[str, object]) -> None:
    assert quiet_app.deliver(activity() | change).status_code == 202
    assert len(quiet_app.take()) <= 1
