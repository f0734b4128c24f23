"""What the queue may hold, and requests as JSON."""

import json
from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.intake.events import Ignored, decode_event
from peering.core.intake.fields import InvalidRequest
from peering.core.intake.messages import decode_message
from peering.core.intake.requests import Door, GatewayRequest, Request, visible_in
from peering.core.intake.sweep_orders import SweepOrder
from tests.builders import NOON, SPOKE_ID, SUBSCRIPTION, request
from tests.core.intake.test_events import IGNORED, activity, cloud


def base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def requests_in(body: str) -> list[Request]:
    return [entry for entry in decode_message(body, None, NOON) if isinstance(entry, Request)]


@pytest.mark.parametrize("encode", [str, base64, lambda text: f"\n {text}\n"])
@pytest.mark.parametrize("event", [activity(), cloud(activity()), [activity()], [cloud(activity())]])
def test_events_plain_and_base64_alone_and_in_an_array(event: object, encode: Any) -> None:  # noqa: ANN401 - a function of texts
    assert [found.spoke for found in requests_in(encode(json.dumps(event)))] == [SPOKE_ID]


@pytest.mark.parametrize("encode", [str, base64])
def test_our_own_request(encode: Any) -> None:  # noqa: ANN401 - a function of texts
    assert requests_in(encode(request().to_json())) == [request()]


def gateway_request(**rest: Any) -> GatewayRequest:  # noqa: ANN401 - the fields of GatewayRequest
    return replace(
        GatewayRequest(id="event-1", subscription=SUBSCRIPTION, who="somebody", when=NOON, correlation="c-1"), **rest
    )


@pytest.mark.parametrize("encode", [str, base64])
@pytest.mark.parametrize("attempt", [0, 2])
def test_our_own_request_for_the_hubs_of_a_gateway(encode: Any, attempt: int) -> None:  # noqa: ANN401 - as above
    asked = gateway_request()
    for _ in range(attempt):
        asked = asked.after_a_failure()
    assert decode_message(encode(asked.to_json()), None, NOON) == [asked]
    assert asked.attempt == attempt


SWEEP = SweepOrder(id="order-1", door=Door.HTTP, who="somebody", when=NOON)


@pytest.mark.parametrize("encode", [str, base64])
@pytest.mark.parametrize("order", [SWEEP, SWEEP.after_a_failure()])
def test_our_own_order_to_sweep(encode: Any, order: SweepOrder) -> None:  # noqa: ANN401 - as above
    assert decode_message(encode(order.to_json()), None, NOON) == [order]


def test_to_an_earlier_version_an_order_to_sweep_is_an_event_of_somebody_else() -> None:
    seen = decode_event(json.loads(SWEEP.to_json()), None, NOON)
    assert isinstance(seen, Ignored)
    assert not seen.malformed


@pytest.mark.parametrize(
    "wrong", [{"id": 1}, {"who": "x" * 600}, {"attempt": -1}, {"door": "window"}, {"when": "2026-11-23T12:00:00"}]
)
def test_an_order_that_cannot_be_read_says_why(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest, match="the order"):
        decode_message(json.dumps(json.loads(SWEEP.to_json()) | wrong), None, NOON)


def test_a_half_that_is_left_over_is_named_and_is_no_wish() -> None:
    asked = request(door=Door.SWEEP, half_at="prod-weu")
    assert requests_in(asked.to_json()) == [asked]
    assert asked.hub is None


def test_a_request_about_a_hub_of_a_gateway_says_so_on_the_queue_too() -> None:
    asked = gateway_request().about(SPOKE_ID)
    assert requests_in(asked.to_json()) == [asked]
    assert asked.gateway
    assert "gateway" not in json.loads(request().to_json())


def test_to_a_version_without_that_kind_of_message_it_is_somebody_elses_event() -> None:
    """It reads whatever is no request and no alarm of its own as an event: this one it lets go, and without a word."""
    entry = decode_event(json.loads(gateway_request().to_json()), None, NOON)
    assert isinstance(entry, Ignored)
    assert not entry.malformed


def test_an_array_gives_one_entry_each_and_one_bad_event_does_not_spoil_the_rest() -> None:
    ignored = next(iter(IGNORED.values()))
    found = decode_message(json.dumps([activity(), {}, ignored, cloud(activity())]), None, NOON)
    assert [type(entry) for entry in found] == [Request, Ignored, Ignored, Request]


def test_a_message_that_holds_only_what_we_ignore_is_read() -> None:
    found = decode_message(json.dumps([next(iter(IGNORED.values()))]), None, NOON)
    assert [type(entry) for entry in found] == [Ignored]


DEEP = "[" * 200_000
GARBAGE = [
    "",
    " ",
    "x",
    "{",
    "[]",
    "{}",
    "null",
    "7",
    '"text"',
    "[null]",
    base64("x"),
    base64("[]"),
    DEEP,
    base64(DEEP),
]


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_with_a_reason(body: str) -> None:
    with pytest.raises(InvalidRequest, match="the message is"):
        decode_message(body, None, NOON)


REQUEST = json.loads(request().to_json())
WRONG: list[tuple[dict[str, object], str]] = [
    ({"spoke": None}, "'spoke'"),
    ({"spoke": f"{SPOKE_ID}/../x"}, "'spoke'"),
    ({"id": 7}, "'id'"),
    ({"door": "window"}, "window"),
    ({"who": ["x"]}, "'who'"),
    ({"when": "yesterday"}, "yesterday"),
    ({"when": "2026-11-23T12:00:00"}, "'when'"),
    ({"correlation": None}, "'correlation'"),
    ({"hub": 5}, "'hub'"),
    ({"hub": "x" * 513}, "513 characters"),
    ({"attempt": -1}, "'attempt'"),
    ({"attempt": True}, "'attempt'"),
    ({"attempt": "1"}, "'attempt'"),
]


ABOUT_A_GATEWAY = json.loads(gateway_request().to_json())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        *((change, named) for change, named in WRONG if not change.keys() & {"spoke", "door", "hub"}),
        ({"subscription": None}, "'subscription'"),
        ({"subscription": "x" * 513}, "513 characters"),
    ],
)
def test_one_about_a_gateway_that_is_wrong_names_the_field(change: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidRequest, match=named):
        decode_message(json.dumps(ABOUT_A_GATEWAY | change), None, NOON)


@pytest.mark.parametrize(("change", "named"), WRONG)
def test_a_request_that_is_wrong_names_the_field(change: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidRequest, match=named):
        decode_message(json.dumps(REQUEST | change), None, NOON)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
near_misses = st.one_of(
    st.builds(
        lambda change: ABOUT_A_GATEWAY | change, st.dictionaries(st.sampled_from(sorted(ABOUT_A_GATEWAY)), json_values)
    ),
    st.builds(lambda change: REQUEST | change, st.dictionaries(st.sampled_from(sorted(REQUEST)), json_values)),
    st.builds(lambda change: activity() | change, st.dictionaries(st.sampled_from(sorted(activity())), json_values)),
    st.builds(lambda data: activity(**data), st.dictionaries(st.sampled_from(sorted(activity()["data"])), json_values)),
)


@given(json_values | near_misses | st.lists(near_misses, max_size=3), st.sampled_from([str, base64]))
def test_any_json_is_read_or_refused(document: object, encode: Any) -> None:  # noqa: ANN401 - a function of texts
    with suppress(InvalidRequest):
        assert decode_message(encode(json.dumps(document)), None, NOON)


@given(st.text(max_size=50) | st.binary(max_size=50).map(lambda raw: b64encode(raw).decode()))
def test_any_text_is_read_or_refused(body: str) -> None:
    with suppress(InvalidRequest):
        assert decode_message(body, None, NOON)


@given(
    st.builds(
        Request,
        id=st.text(max_size=100),
        spoke=st.just(SPOKE_ID),
        door=st.sampled_from(Door),
        who=st.text(max_size=100),
        when=st.datetimes(datetime(2000, 1, 1), datetime(2026, 11, 24, 12), timezones=st.just(UTC)),  # noqa: DTZ001
        correlation=st.text(max_size=100),
        hub=st.none() | st.text(max_size=40),
        attempt=st.integers(0, 100),
    )
)
def test_a_request_survives_the_queue(made: Request) -> None:
    text = made.to_json()
    assert "\n" not in text
    assert requests_in(text) == [made]


def test_again_is_the_same_request_through_the_retry_door() -> None:
    again = request(hub="prod-weu").again(3)
    assert (again.door, again.attempt, again.hub, again.correlation) == (Door.RETRY, 3, "prod-weu", "correlation-1")


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        (timedelta(), 0),
        (timedelta(milliseconds=1), 1),
        (timedelta(seconds=2), 2),
        (timedelta(seconds=2.1), 3),
        (timedelta(seconds=-5), 0),
        (timedelta(days=30), 6 * 24 * 3600),
    ],
)
def test_a_delay_is_whole_seconds_within_what_a_queue_allows(delay: timedelta, seconds: int) -> None:
    assert visible_in(delay) == seconds


def test_a_time_with_an_offset_is_the_same_moment() -> None:
    document = REQUEST | {"when": "2026-11-23T14:00:00+02:00"}
    assert requests_in(json.dumps(document))[0].when == datetime(2026, 11, 23, 12, tzinfo=UTC)


TIMES = [
    # Ours may have waited long, and never from before there was an Azure, nor until tomorrow.
    ("2019-01-01T00:00:00+00:00", datetime(2019, 1, 1, tzinfo=UTC)),
    ("2000-01-01T00:00:00+00:00", datetime(2000, 1, 1, tzinfo=UTC)),
    ("1999-12-31T23:59:59+00:00", NOON),
    ("0001-01-01T00:00:00+00:00", NOON),
    ("0001-01-01T00:00:00+23:00", NOON),
    ("2026-11-24T12:00:00+00:00", NOON + timedelta(days=1)),
    ("2026-11-24T12:00:01+00:00", NOON),
    ("9999-12-31T23:59:59-23:00", NOON),
]


@pytest.mark.parametrize(("written", "read"), TIMES)
def test_a_time_that_is_far_off_is_now(written: str, read: datetime) -> None:
    assert requests_in(json.dumps(REQUEST | {"when": written}))[0].when == read
