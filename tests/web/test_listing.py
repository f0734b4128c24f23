"""The list of records: every filter applies, pages are whole, and nothing is read without end."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peering.core.decision.findings import Finding
from peering.core.network.failures import StorageFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record, State
from peering.core.record.selection import SORT_KEYS, Order
from peering.web.list_query import PARAMETERS, read_listing
from peering.web.listing import MOST_SORTED, listing
from peering.web.problems import Problem
from tests.builders import NOON, OTHER_SUBSCRIPTION, SPOKE_ID, SUBSCRIPTION, altered, record, vnet_id
from tests.fakes.storage import FakeRecords

URL = "https://autopeer.example/api/peerings?code=c2VjcmV0"
REQUEST = f"{SPOKE_ID.key}-9b2c"


def filled(*rows: Record) -> FakeRecords:
    records = FakeRecords()
    records.rows = {(row.hub, row.spoke.key): row for row in rows}
    return records


def some(count: int = 12) -> FakeRecords:
    """Rows at two hubs, of two subscriptions, in two states."""
    return filled(
        *(
            altered(
                record(State.CONNECTED if n % 2 else State.REFUSED, hub=("prod-weu", "neu")[n % 3 == 0]),
                spoke=vnet_id(f"spoke-{n:02}", subscription=(SUBSCRIPTION, OTHER_SUBSCRIPTION)[n % 4 == 0]),
                findings=(Finding("HubFull", "full"),) if n % 2 == 0 else (),
                finished=NOON - timedelta(hours=n) if n % 5 else None,
                requested=NOON + timedelta(minutes=n * 7 % 12),
            )
            for n in range(count)
        )
    )


async def asked(
    records: FakeRecords, query: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return (await listing(records, read_listing(query, headers or {}), URL)).body


async def walked(records: FakeRecords, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """All pages, by their links."""
    body = await asked(records, query)
    found: list[dict[str, Any]] = body["value"]
    while body["nextLink"]:
        body = await asked(records, dict(parse_qsl(urlsplit(body["nextLink"]).query)))
        found += body["value"]
    return found


def refused(query: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Problem:
    with pytest.raises(Problem) as raised:
        read_listing(query, headers or {})
    assert raised.value.status == 400
    return raised.value


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [VnetId.parse(row["spoke"]).name for row in rows]


FILTERS: dict[str, tuple[str, Any]] = {
    "hub": ("Prod-WEU", lambda row: row["hub"] == "prod-weu"),
    "state": ("Refused", lambda row: row["state"] == "Refused"),
    "code": ("hubfull", lambda row: "HubFull" in [each["code"] for each in row["findings"]]),
    "subscription": (OTHER_SUBSCRIPTION, lambda row: OTHER_SUBSCRIPTION in row["spoke"]),
    "since": ("2026-11-23T09:00:00+02:00", lambda row: (row["finished"] or "") >= "2026-11-23T07:00:00"),
    "spoke": (str(vnet_id("spoke-02")), lambda row: row["spoke"].endswith("spoke-02")),
}


@given(chosen=st.sets(st.sampled_from(sorted(FILTERS))), size=st.integers(1, 13), few=st.integers(1, 13))
@settings(max_examples=80, deadline=None)
async def test_whatever_is_given_applies_together(chosen: set[str], size: int, few: int) -> None:
    """Whatever the size of a page, and however few rows storage shows at once."""
    records = some()
    every = await walked(records, {})
    assert len(every) == 12
    records.page_rows = few
    found = await walked(records, {name: FILTERS[name][0] for name in chosen} | {"size": str(size)})
    assert found == [row for row in every if all(FILTERS[name][1](row) for name in chosen)]


@given(
    key=st.sampled_from(sorted(SORT_KEYS)),
    sign=st.sampled_from(["", "-"]),
    size=st.integers(1, 13),
    filters=st.sets(st.sampled_from(["hub", "state", "code"])),
)
@settings(max_examples=80, deadline=None)
async def test_a_sorted_list_is_sorted_over_its_pages(key: str, sign: str, size: int, filters: set[str]) -> None:
    records, wanted = some(), {name: FILTERS[name][0] for name in filters}
    found = await walked(records, {"sort": sign + key, "size": str(size)} | wanted)
    assert sorted(names(found)) == sorted(names(await walked(records, wanted)))
    values = [row[key] for row in found]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=bool(sign))
    assert values == known + [None] * (len(values) - len(known))


async def test_the_link_is_a_whole_address_without_the_key() -> None:
    body = await asked(some(), {"code": "c2VjcmV0", "size": "5", "state": "Connected"})
    link = urlsplit(body["nextLink"])
    assert (link.scheme, link.netloc, link.path) == ("https", "autopeer.example", "/api/peerings")
    assert dict(parse_qsl(link.query)) == body["next"]
    assert body["next"].keys() == {"size", "state", "token"}
    assert "c2VjcmV0" not in body["nextLink"]


async def test_a_code_beside_a_key_filters_and_is_in_the_link() -> None:
    for query, headers in (({"code": "c2VjcmV0,HubFull"}, {}), ({"code": "hubfull"}, {"x-functions-key": "x"})):
        body = await asked(some(), query | {"size": "2"}, headers)
        assert {row["findings"][0]["code"] for row in body["value"]} == {"HubFull"}
        assert body["next"]["code"] == "HubFull"


async def test_what_is_no_code_is_a_key_unless_the_key_is_elsewhere() -> None:
    assert len((await asked(some(), {"code": "HubFul"}))["value"]) == 12
    problem = refused({"code": "HubFul"}, {"x-functions-key": "secret"})
    assert "did you mean 'HubFull'?" in problem.detail
    for azures in ("SomethingOfAzures", "AuthorizationFailed"):
        assert (await asked(some(), {"code": azures}, {"x-functions-key": "secret"}))["value"] == []


async def test_a_request_is_found_by_its_id_and_two_networks_at_once_are_none() -> None:
    records = filled(record(State.CONNECTED), record(State.REMOVED, hub="neu"))
    assert len((await asked(records, {"id": REQUEST}))["value"]) == 2
    body = await asked(records, {"id": REQUEST.upper(), "spoke": str(SPOKE_ID), "hub": "neu", "sort": "-hub"})
    assert [row["hub"] for row in body["value"]] == ["neu"]
    assert (await asked(records, {"id": REQUEST, "spoke": str(vnet_id("another"))}))["value"] == []


@pytest.mark.parametrize(
    "change", [{"state": "Refused"}, {"sort": "spoke"}, {"hub": "neu"}, {"since": "2026-01-01T00:00Z"}]
)
async def test_a_token_belongs_to_its_query(change: dict[str, str]) -> None:
    token = (await asked(some(), {"size": "3", "state": "Connected"}))["next"]["token"]
    problem = refused({"size": "3", "state": "Connected", "token": token} | change)
    assert "belongs to another query" in problem.detail
    read_listing({"size": "7", "state": "Connected", "token": token}, {})


def _encoded(document: object) -> str:
    return urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


DIGEST = read_listing({}, {}).digest
BAD_TOKENS = [
    "x",
    "é",
    "",
    _encoded([]),
    _encoded({"of": "0"}),
    _encoded({"of": DIGEST, "at": 5}),
    _encoded({"of": DIGEST, "behind": ["a", "b", "c"]}),
    _encoded({"of": DIGEST, "behind": "abc"}),
    _encoded({"of": DIGEST, "behind": [1, 2, 3]}),
]


@pytest.mark.parametrize("token", BAD_TOKENS, ids=range(len(BAD_TOKENS)))
def test_a_token_that_nobody_gave_out(token: str) -> None:
    assert [where for where, _ in refused({"token": token}).errors] == ["token"]


async def test_a_token_that_storage_does_not_take() -> None:
    records = some()
    asked_for = replace(read_listing({}, {}), at="made/up")

    def refuse(call: str, _: Record | None) -> None:
        if call == "page":
            raise StorageFailure(400, "InvalidInput", "One of the request inputs is not valid.")

    records.before.append(refuse)
    with pytest.raises(Problem):
        await listing(records, asked_for, URL)
    with pytest.raises(StorageFailure):
        await listing(records, read_listing({}, {}), URL)


BAD: list[tuple[dict[str, str], str]] = [
    ({"stat": "Failed"}, "did you mean 'state'?"),
    ({"state": "connected"}, "did you mean 'Connected'?"),
    ({"hub": ""}, "cannot be the name of a hub"),
    ({"subscription": "prod"}, "GUID"),
    ({"since": "yesterday"}, "2026-11-26T08:00:00Z"),
    ({"since": "2026-11-26T08:00:00"}, "with its offset"),
    ({"since": "9" * 4000}, "with its offset"),
    ({"sort": "age"}, "requested"),
    ({"sort": "-finishd"}, "did you mean 'finished'?"),
    ({"size": "0"}, "from 1 to 1000"),
    ({"spoke": "shop"}, "resource id"),
    ({"id": "x"}, "no id that POST"),
]


@pytest.mark.parametrize(("query", "hint"), BAD, ids=range(len(BAD)))
def test_a_parameter_that_cannot_be_used(query: dict[str, str], hint: str) -> None:
    problem = refused(query)
    assert (hint in problem.detail, [where for where, _ in problem.errors]) == (True, list(query))


def test_every_fault_is_told() -> None:
    problem = refused({"sise": "1", "hub": "?", "sort": "x", "size": "many"})
    assert [where for where, _ in problem.errors] == ["sise", "hub", "sort", "size"]
    assert "There is more: 3 in errors." in problem.detail
    assert "sise" in problem.detail
    assert {"hub", "sort", "size"} < set(PARAMETERS)


async def test_a_plus_that_was_not_escaped_is_read_as_one() -> None:
    assert read_listing({"since": "2026-11-26T08:00:00 01:00"}, {}).wanted.since is not None


async def test_what_is_looked_through_for_one_page_is_bounded() -> None:
    """A page may be short, and leads on."""
    records = some()
    records.page_rows = 1
    calls: list[str] = []
    records.before.append(lambda call, _: calls.append(call))
    body = await asked(records, {"code": "HubFull", "size": "10"})
    assert (len(calls), len(body["value"]) < 6, body["nextLink"] is not None) == (5, True, True)
    assert len(await walked(records, {"code": "HubFull", "size": "10"})) == 6


async def test_too_many_to_sort_are_told_as_that() -> None:
    records = some()
    records.page_rows = 1
    with pytest.raises(Problem) as raised:
        await asked(records, {"sort": "spoke"})
    assert (raised.value.status, f"{MOST_SORTED:,}" in raised.value.detail) == (413, True)
    assert len((await asked(records, {"sort": "spoke", "hub": "neu"}))["value"]) == 4


def test_times_sort_as_times_whatever_their_digits() -> None:
    early, late = (altered(record(), finished=NOON + timedelta(microseconds=n)) for n in (0, 5))
    assert Order("finished").first([late, early], 2) == [early, late]
