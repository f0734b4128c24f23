"""Bodies and parameters that nobody sends on purpose: each is refused in words, and none is a fault of ours."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from peering.web.bodies import read_request
from peering.web.free import read_wanted
from peering.web.json_body import object_in
from peering.web.limits import read_pause, read_release
from peering.web.list_query import read_listing
from peering.web.moments import read_moment
from peering.web.plan import read_question
from peering.web.problems import Kind, Problem
from tests.builders import NOON, SPOKE_ID, catalogue

HUBS = catalogue()
PLANNED = {
    "hub": "prod-weu",
    "addressSpace": ["10.64.0.0/24"],
    "region": "westeurope",
    "subscription": SPOKE_ID.subscription,
}


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", Kind.NOT_JSON, "The body is not JSON: it is empty. Send an object such as {}."),
        (b'{"a": ' + b"1" * 5000 + b"}", Kind.NOT_JSON, "a number that is too long"),
        (b'{"a": NaN}', Kind.NOT_JSON, "none at all (NaN, Infinity)"),
        (b"[" * 15_000, Kind.NOT_JSON, "it is nested too deeply"),
        ('{"a": 1}'.encode("utf-16"), Kind.NOT_JSON, "'utf-8' codec"),
        (b'{"a": 1', Kind.NOT_JSON, "line 1 column 8"),
        (b"null", Kind.NOT_AN_OBJECT, "no object"),
        (b'{"hub": "a", "b": 1, "hub": "c"}', Kind.UNUSABLE, "hub is there more than once; give it once."),
        (b" " * 20_000, Kind.BODY_TOO_LARGE, "at most 16384"),
    ],
)
def test_what_is_no_object_or_could_be_two(body: bytes, kind: Kind, said: str) -> None:
    with pytest.raises(Problem, match=re.escape(said)) as told:
        object_in(body, "{}")
    assert told.value.kind is kind


def test_a_byte_order_mark_does_no_harm() -> None:
    assert object_in('\ufeff{"a": 1}'.encode(), "{}") == {"a": 1}


def errors(read: Callable[[bytes], object], body: object) -> list[str]:
    with pytest.raises(Problem) as told:
        read(json.dumps(body).encode())
    assert told.value.kind is Kind.UNUSABLE
    return [where for where, _ in told.value.errors]


def test_a_release_names_its_digest_alone() -> None:
    assert read_release(b'{"digest": "0123456789abcdef"}') == "0123456789abcdef"
    assert errors(read_release, {"digest": "0123456789abcdef", "all": True}) == ["#/all"]
    assert errors(read_release, {"Digest": "0123456789abcdef"}) == ["#/Digest", "#/digest"]


@pytest.mark.parametrize("reason", ["a\nb", "a\ud800b", "a\x00", "x" * 201, " ", 5, None])
def test_the_reason_of_a_pause_is_one_line(reason: object) -> None:
    assert errors(lambda body: read_pause(body, HUBS, "anne", NOON), {"reason": reason}) == ["#/reason"]


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-11-27", 5, [], ""])
def test_the_end_of_a_pause_is_a_time_to_come(until: object) -> None:
    body = {"reason": "change", "until": until}
    assert errors(lambda sent: read_pause(sent, HUBS, "anne", NOON), body) == ["#/until"]


@pytest.mark.parametrize("name", [None, 5, True, ["a"], "", "nätz", "a/b", "a" * 65])
def test_the_name_of_a_planned_network_is_a_text(name: object) -> None:
    assert errors(lambda body: read_question(body, HUBS), PLANNED | {"name": name}) == ["#/name"]


def test_each_prefix_that_cannot_be_read_is_shown() -> None:
    with pytest.raises(Problem) as told:
        read_question(json.dumps(PLANNED | {"addressSpace": [5, None]}).encode(), HUBS)
    assert [("5" in what, "None" in what) for _, what in told.value.errors] == [(True, False), (False, True)]


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_beyond_the_calendar_is_none(since: str) -> None:
    assert read_moment(since) is None
    with pytest.raises(Problem, match="since is"):
        read_listing({"since": since}, {})


def test_a_list_since_long_ago_asks_for_what_a_table_can_know() -> None:
    found = read_listing({"since": "0999-01-01T00:00:00Z"}, {}).wanted.since
    assert found == datetime(1601, 1, 1, tzinfo=UTC)


def test_a_hub_that_is_none_is_a_wrong_parameter() -> None:
    with pytest.raises(Problem, match=r"hub names 'prod-wue', which is no hub\. Did you mean 'prod-weu'\?"):
        read_wanted({"hub": "prod-wue", "size": "24"}, HUBS)


def test_a_request_with_a_field_twice_is_refused() -> None:
    with pytest.raises(Problem, match="spoke is there more than once"):
        read_request(b'{"spoke": "%s", "spoke": "x"}' % str(SPOKE_ID).encode(), HUBS)
