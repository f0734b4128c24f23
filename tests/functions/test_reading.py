"""The read side through the worker library: lists and their links, hubs, free ranges, and what-ifs without Azure."""

from collections.abc import Iterator
from typing import Any

import pytest
from azure.data.tables import TableServiceClient

from peering.adapters.entities import to_entity
from peering.core.decision.findings import Finding
from peering.core.record.record import State
from tests.builders import HUB_ID, NOON, SPOKE_ID, altered, record, vnet_id
from tests.functions.app_process import App
from tests.functions.test_http import problem

FULL = Finding("HubFull", "Hub 'prod-weu' is full.")
NEW = {
    "hub": "prod-weu",
    "addressSpace": ["10.64.0.0/24"],
    "region": "West Europe",
    "subscription": SPOKE_ID.subscription,
}


@pytest.fixture(scope="module")
def rows(quiet_app: App) -> Iterator[None]:
    """Five rows of two hubs, three of which are refused because their hub is full."""
    made = [
        altered(
            record(State.REFUSED if n < 3 else State.CONNECTED, hub=("prod-weu", "neu")[n % 2]),
            spoke=vnet_id(f"spoke-{n}"),
            findings=(FULL,) if n < 3 else (),
            finished=NOON,
        )
        for n in range(5)
    ]
    with TableServiceClient.from_connection_string(quiet_app.host.storage) as service:
        table, pointers = (service.create_table_if_not_exists(name) for name in ("peerings", "spokes"))
        for each in made:
            table.create_entity(to_entity(each))
            pointers.upsert_entity({"PartitionKey": each.spoke.key, "RowKey": each.hub, "spoke": str(each.spoke)})
        yield
        for each in made:
            table.delete_entity(each.hub, each.spoke.key)


@pytest.mark.usefixtures("rows")
def test_the_link_of_a_page_is_used_as_it_is(quiet_app: App) -> None:
    """With the key where it was: the link has none."""
    link, found = "/api/peerings?code=HubFull&size=1&sort=-spoke", list[str]()
    while link:
        answer = quiet_app.call("GET", link)
        assert (answer.status_code, len(answer.json()["value"])) == (200, 1)
        found += [row["spoke"].rpartition("/")[2] for row in answer.json()["value"]]
        link = answer.json()["nextLink"]
        assert link is None or link.startswith("http://127.0.0.1")
    assert found == ["spoke-2", "spoke-1", "spoke-0"]


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 5),
        ("hub=neu&state=Refused", 1),
        ("code=HubFull", 3),
        ("code=HubFull&hub=neu", 1),
        (f"subscription={SPOKE_ID.subscription}&state=Connected", 2),
        ("since=2026-11-23T13:00:00+01:00", 5),
        ("since=2026-11-23T13:00:00%2B01:00&hub=neu", 2),
        ("since=2026-11-23T12:00:01Z", 0),
        (f"spoke={vnet_id('spoke-1')}&state=Refused", 1),
        (f"spoke={vnet_id('spoke-1')}&state=Connected", 0),
    ],
)
def test_all_filters_apply(quiet_app: App, query: str, number: int) -> None:
    assert len(quiet_app.call("GET", f"/api/peerings?{query}").json()["value"]) == number


@pytest.mark.usefixtures("rows")
def test_a_key_in_the_query_is_no_filter_and_stands_beside_one(quiet_app: App) -> None:
    for query, number in (("code=function-key", 5), ("code=function-key&code=HubFull", 3)):
        answer = quiet_app.host.http.get(f"/api/peerings?{query}&size=2")
        assert (answer.status_code, "function-key" in answer.text) == (200, False)
        rest = quiet_app.call("GET", answer.json()["nextLink"]).json()
        assert len(answer.json()["value"]) + len(rest["value"]) == min(number, 4)


@pytest.mark.usefixtures("rows")
def test_hubs_are_listed_without_azure(quiet_app: App) -> None:
    neu, weu = quiet_app.call("GET", "/api/hubs").json()["value"]
    assert (neu["hub"], weu["hub"], weu["network"]) == ("neu", "prod-weu", str(HUB_ID))
    assert weu["spokes"] == {"Connected": 1, "Refused": 2}
    assert weu["peerings"] == {"most": 500, "connected": 1}
    assert "Networks of any subscription may come." in weu["rules"]
    assert (weu["mode"], weu["held"], weu["pauses"], weu["lastWrite"]) == ("enforce", {}, [], None)


def test_a_hub_that_azure_does_not_show_is_told_as_far_as_it_is_known(quiet_app: App) -> None:
    """Azure does not answer the app of this test."""
    answer = quiet_app.call("GET", "/api/hubs/Prod-WEU", timeout=60)
    hub = answer.json()
    assert (answer.status_code, hub["hub"], hub["gateway"], hub["space"]) == (200, "prod-weu", None, None)
    assert (hub["peerings"]["used"], hub["toRelease"]["count"], hub["alarm"]) == (None, 0, None)
    assert hub["unread"]


def test_a_hub_that_nobody_knows(quiet_app: App) -> None:
    for path, status in (("/api/hubs/prod-wue", 404), ("/api/free?hub=prod-wue&size=24", 400)):
        body = problem(quiet_app.call("GET", path), status)
        assert "Did you mean 'prod-weu'?" in body["detail"]


@pytest.mark.parametrize("query", ["", "hub=prod-weu", "hub=prod-weu&size=30", "size=24", "hub=neu&size=x&colour=1"])
def test_free_ranges_of_no_size(quiet_app: App, query: str) -> None:
    problem(quiet_app.call("GET", f"/api/free?{query}"), 400)


@pytest.mark.parametrize("body", [{"spoke": str(SPOKE_ID), "hub": "neu"}, NEW])
def test_without_azure_there_is_no_what_if(quiet_app: App, body: dict[str, Any]) -> None:
    answer = quiet_app.call("POST", "/api/plan", json=body, timeout=60)
    assert problem(answer, 503)["title"] == "The estate cannot be read"
    assert int(answer.headers["retry-after"]) > 0
    assert quiet_app.take() == []


BAD: list[tuple[Any, list[str]]] = [
    ({}, ["#/hub", "#/addressSpace", "#/subscription", "#/region"]),
    ({"spoke": 5}, ["#/spoke"]),
    ({"spoke": str(SPOKE_ID).replace("Microsoft.Network", "Microsoft.ClassicNetwork")}, ["#/spoke"]),
    ({"spoke": str(SPOKE_ID), "hub": "prod"}, ["#/hub"]),
    ({"spoke": str(SPOKE_ID), "region": "westeurope", "colour": 1}, ["#/colour", "#/region"]),
    (NEW | {"addressSpace": []}, ["#/addressSpace"]),
    (
        NEW | {"addressSpace": ["10.64.0.1/24", 5, "10.65.0.0/24", "10.65.0.0/25"]},
        [f"#/addressSpace/{n}" for n in (0, 1, 3)],
    ),
    (NEW | {"addressSpace": "10.64.0.0/24"}, ["#/addressSpace"]),
    (NEW | {"region": "?", "subscription": "prod", "name": "shop"}, ["#/subscription", "#/region"]),
    (NEW | {"name": "a/b"}, ["#/name"]),
    (NEW | {"hub": None}, ["#/hub"]),
]


@pytest.mark.parametrize(("body", "pointers"), BAD, ids=range(len(BAD)))
def test_a_question_that_cannot_be_used(quiet_app: App, body: Any, pointers: list[str]) -> None:  # noqa: ANN401 - JSON
    found = problem(quiet_app.call("POST", "/api/plan", json=body), 422)
    assert [error["pointer"] for error in found["errors"]] == pointers


def test_a_broken_app_still_lists_records_and_says_of_all_else_why_not(broken_app: App) -> None:
    assert broken_app.call("GET", "/api/peerings?sort=spoke").status_code == 200
    for method, path in (("GET", "hubs"), ("GET", "hubs/x"), ("GET", "free?hub=x&size=24"), ("POST", "plan")):
        problem(broken_app.call(method, f"/api/{path}"), 503)
