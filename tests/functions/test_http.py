"""The HTTP API through the host: answers, and problems that name every fault."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from azure.data.tables import EdmType, EntityProperty, TableServiceClient

from peering.version import VERSION
from peering.web.openapi.document import openapi
from peering.web.route_table import ROUTES
from tests.builders import SPOKE_ID
from tests.functions.app_process import PASTED, App
from tests.host.host_process import FUNCTION

PROBLEM = "application/problem+json"
NOTHING: dict[str, Any] = {"value": [], "next": None, "nextLink": None}
RECORDS = f"/api/peerings?spoke={quote(str(SPOKE_ID), safe='')}"
ASK = {"spoke": str(SPOKE_ID), "hub": "prod-weu"}


def problem(answer: Any, status: int) -> dict[str, Any]:  # noqa: ANN401 - a response
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (status, PROBLEM)
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def test_a_request_is_accepted_and_put_on_the_queue(quiet_app: App) -> None:
    answer = quiet_app.call("POST", "/api/peerings", json=ASK)
    assert answer.status_code == 202
    assert answer.json().keys() == {"id", "key", "request", "status"}
    assert answer.json()["status"] == RECORDS
    assert answer.headers["location"] == answer.json()["request"] == f"/api/requests/{answer.json()['id']}"
    (request,) = quiet_app.take()
    assert (request["spoke"], request["hub"], request["door"]) == (str(SPOKE_ID), "prod-weu", "http")
    assert (request["id"], request["who"]) == (answer.json()["id"], "a function key")


def test_the_hub_may_be_left_to_the_tag(quiet_app: App) -> None:
    answer = quiet_app.call("POST", "/api/peerings", json={"spoke": f" {SPOKE_ID} "})
    assert answer.status_code == 202
    (request,) = quiet_app.take()
    assert "hub" not in request


def test_who_wants_the_catalogues_switches_says_so(quiet_app: App) -> None:
    assert quiet_app.call("POST", "/api/peerings", json=ASK | {"restore": True}).status_code == 202
    (request,) = quiet_app.take()
    assert request["restore"] is True


def test_where_the_answer_will_be_is_never_404(quiet_app: App) -> None:
    """Not even before anybody has looked at the request. Azure allows letters of any script in a group's name."""
    spoke = str(SPOKE_ID).replace("/rg/", "/gruppe-ä(1)/")
    answer = quiet_app.call("POST", "/api/peerings", json=ASK | {"spoke": spoke})
    quiet_app.take()
    where = answer.json()["status"]
    assert where.isascii()
    for path in (where, f"/api/peerings?id={answer.json()['id']}"):
        found = quiet_app.call("GET", path)
        assert (found.status_code, found.json()) == (200, NOTHING)
    followed = quiet_app.call("GET", answer.headers["location"])
    assert (followed.status_code, followed.headers["retry-after"]) == (200, "2")
    told = followed.json()
    assert (told["status"], told["spoke"], told["who"], told["outcome"]) == ("queued", spoke, "a function key", None)


def test_a_request_that_nobody_made_is_not_known(quiet_app: App) -> None:
    for identity in (f"{SPOKE_ID.key}-1", "x", "%2e%2e", "1" * 3000):
        problem(quiet_app.call("GET", f"/api/requests/{identity}"), 404)


def send(app: App, key: str, **body: object) -> Any:  # noqa: ANN401 - a response
    headers = {"x-functions-key": FUNCTION, "idempotency-key": key}
    return app.host.http.post("/api/peerings", json=ASK | body, headers=headers)


def test_a_request_that_is_sent_again_is_the_same(quiet_app: App) -> None:
    first, again = send(quiet_app, "one"), send(quiet_app, "one")
    assert (again.status_code, again.json()) == (202, first.json())
    assert {message["id"] for message in quiet_app.take()} == {first.json()["id"]}
    assert send(quiet_app, "two").json()["id"] != first.json()["id"]
    quiet_app.take()


def test_a_key_that_was_used_for_another_body(quiet_app: App) -> None:
    assert send(quiet_app, "three").status_code == 202
    quiet_app.take()
    assert problem(send(quiet_app, "three", hub="neu"), 422)["type"].endswith("#key-used-again")
    problem(send(quiet_app, "three", restore=True), 422)
    assert quiet_app.take() == []


@pytest.mark.parametrize("key", ["x" * 201, "two words"])
def test_a_key_that_cannot_be_used(quiet_app: App, key: str) -> None:
    problem(send(quiet_app, key), 400)


def test_a_header_that_anybody_can_write_names_nobody(quiet_app: App) -> None:
    headers = {"x-functions-key": "function-key", "x-ms-client-principal-name": "x" * 5000}
    assert quiet_app.host.http.post("/api/peerings", json=ASK, headers=headers).status_code == 202
    assert quiet_app.take()[0]["who"] == "a function key"


BAD_BODIES = [
    (b"", 400),
    (b"not json", 400),
    (b"[]", 400),
    (b"null", 400),
    (b'"text"', 400),
    (b"\xff\xfe\xfd", 400),
    (b"[" * 10_000, 400),
    (b"{}", 422),
    (json.dumps(ASK).encode()[:-1], 400),
    (b" " * 1_048_576, 413),
]


@pytest.mark.parametrize(("body", "status"), BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_body_that_cannot_be_used(quiet_app: App, body: bytes, status: int) -> None:
    problem(quiet_app.call("POST", "/api/peerings", content=body), status)
    assert quiet_app.take() == []


BAD_FIELDS: list[tuple[dict[str, Any], list[str]]] = [
    ({"spoke": None}, ["#/spoke"]),
    ({"spoke": 5}, ["#/spoke"]),
    ({"spoke": ["x"]}, ["#/spoke"]),
    ({"spoke": "spoke-a"}, ["#/spoke"]),
    ({"spoke": f"{SPOKE_ID}/../../x"}, ["#/spoke"]),
    ({"spoke": str(SPOKE_ID).replace("spoke-a", "..")}, ["#/spoke"]),
    ({"spoke": str(SPOKE_ID).replace("spoke-a", "%2e%2e%2fx")}, ["#/spoke"]),
    ({"spoke": f"{SPOKE_ID}?x=1"}, ["#/spoke"]),
    ({"spoke": "/" * 10_000}, ["#/spoke"]),
    ({"spoke": "\ud800"}, ["#/spoke"]),
    ({"spoke": str(SPOKE_ID).replace("Microsoft.Network", "Microsoft.ClassicNetwork")}, ["#/spoke"]),
    ({"hub": "prod"}, ["#/hub"]),
    ({"hub": ""}, ["#/hub"]),
    ({"hub": 5}, ["#/hub"]),
    ({"hbu": "prod-weu"}, ["#/hbu"]),
    ({"restore": "yes"}, ["#/restore"]),
    ({"\ud800": 1}, ["#/\ud800"]),
    ({"a/b~c": 1}, ["#/a~1b~0c"]),
    ({"spoke": 5, "hub": 5, "colour": 1, "size": 2}, ["#/colour", "#/size", "#/spoke", "#/hub"]),
]


@pytest.mark.parametrize(("change", "pointers"), BAD_FIELDS, ids=range(len(BAD_FIELDS)))
def test_every_field_that_is_wrong_is_told(quiet_app: App, change: dict[str, Any], pointers: list[str]) -> None:
    body = problem(quiet_app.call("POST", "/api/peerings", content=json.dumps(ASK | change)), 422)
    assert [error["pointer"] for error in body["errors"]] == pointers
    assert quiet_app.take() == []


@pytest.mark.parametrize("path", ["/api/peerings", f"/api/peerings/prod-weu/{SPOKE_ID.key}", "/api/health/details"])
@pytest.mark.parametrize("key", ["", "wrong"])
def test_without_a_key_nothing_is_told(quiet_app: App, path: str, key: str) -> None:
    assert quiet_app.call("GET", path, key=key).status_code == 401


QUERIES = [
    "colour=1",
    "state=Nowhere",
    "state=connected",
    "size=0",
    "size=1001",
    "size=-1",
    "size=ten",
    "size=" + "1" * 5000,
    "token=x",
    "token=a'%20or%20true",
    "spoke=x",
    "id=x",
    f"id={'0' * 32}-{'1' * 90}",
    f"spoke={SPOKE_ID}/..",
    "hub=" + "h" * 2000,
    "hub=%00",
    "hub=a'b",
]


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_a_query_that_cannot_be_used(quiet_app: App, query: str) -> None:
    problem(quiet_app.call("GET", f"/api/peerings?{query}"), 400)


@pytest.mark.parametrize(
    "query", ["", "hub=prod-weu", "hub=%20PROD-weu", "state=Connected&size=5", f"spoke={SPOKE_ID}"]
)
def test_no_records_are_an_empty_page(quiet_app: App, query: str) -> None:
    answer = quiet_app.call("GET", f"/api/peerings?{query}")
    assert (answer.status_code, answer.json()) == (200, NOTHING)


@pytest.mark.parametrize(
    "path",
    [
        f"prod-weu/{SPOKE_ID.key}",
        "prod-weu/x",
        "x'y/z",
        f"nobody/{'0' * 32}",
        "prod-weu/%2e%2e",
        f"%00/{'0' * 32}",
        "a%0Ab/x",
    ],
)
def test_a_record_that_is_not_there(quiet_app: App, path: str) -> None:
    assert "GET /api/peerings?spoke=" in problem(quiet_app.call("GET", f"/api/peerings/{path}"), 404)["detail"]


def test_a_row_that_cannot_be_read_hides_no_other(quiet_app: App) -> None:
    row = {"PartitionKey": "odd", "RowKey": "0" * 32, "requested": EntityProperty("yesterday", EdmType.DATETIME)}
    with TableServiceClient.from_connection_string(quiet_app.host.storage) as service:
        table = service.create_table_if_not_exists("peerings")
        table.upsert_entity(row)
        try:
            answers = [quiet_app.call("GET", f"/api/peerings{query}") for query in ("", "?hub=odd")]
            one = quiet_app.call("GET", f"/api/peerings/odd/{'0' * 32}")
        finally:
            table.delete_entity("odd", "0" * 32)
    assert [(answer.status_code, answer.json()["value"]) for answer in answers] == [(200, []), (200, [])]
    problem(one, 404)


def test_health_needs_no_key_and_names_nothing(quiet_app: App) -> None:
    answer = quiet_app.host.http.get("/api/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": VERSION})
    assert quiet_app.host.http.head("/api/health").status_code == 200


def test_who_has_a_key_is_told_the_hubs(quiet_app: App) -> None:
    answer = quiet_app.call("GET", "/api/health/details")
    assert (answer.status_code, answer.json()["version"]) == (200, VERSION)
    assert answer.json().items() >= {"status": "ok", "tag": "hub", "hubs": ["neu", "prod-weu"]}.items()


def test_a_broken_catalogue_is_told_whole_to_who_has_a_key(broken_app: App) -> None:
    body = problem(broken_app.call("GET", "/api/health/details"), 503)
    assert [error["pointer"] for error in body["errors"]] == [
        "hubs.prod-weu.vnet",
        "hubs.prod-weu.gateway",
        "hubs.unknown",
        "hubs.unknown.vnet",
        "hubs.unknown.colour",
    ]
    assert "hubs.toml has 5 fault(s)" in body["detail"]


def test_without_a_key_a_broken_app_says_no_more_than_that_it_is(broken_app: App) -> None:
    answer = broken_app.host.http.get("/api/health")
    body = problem(answer, 503)
    assert body["detail"] == "The catalogue has 5 faults. GET /api/health/details names them to who has a function key."
    assert "errors" not in body
    assert [told for told in ("prod-weu", "hub-weu", "sometimes", "hubs.toml") if told in answer.text] == []


def test_a_key_in_the_wrong_setting_is_shown_to_nobody(misset_app: App) -> None:
    """The app's lease is set to what looks like an account key: not even who has a function key is to get that."""
    answers = [misset_app.host.http.get("/api/health"), misset_app.call("GET", "/api/health/details")]
    answers.append(misset_app.call("POST", "/api/peerings", json=ASK))
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert [error["pointer"] for error in answers[1].json()["errors"]] == ["AUTOPEER_LEASE_SECONDS"]
    assert [answer.text for answer in answers if PASTED[:8] in answer.text] == []


def test_ready_asks_storage_and_azure_and_tells_which_of_them_fails(quiet_app: App) -> None:
    """Azure does not answer the app of this test; its storage does."""
    answer = quiet_app.call("GET", "/api/health/ready", timeout=60)
    body = problem(answer, 503)
    assert (body["type"], answer.headers["retry-after"]) == ("/api/problems#not-ready", "10")
    assert {each["check"]: each["ok"] for each in body["checks"]} == {
        "storage tables": True,
        "storage queue": True,
        "storage leases": True,
        "arm": False,
    }


def test_ready_of_an_app_with_faults_names_them(broken_app: App) -> None:
    assert len(problem(broken_app.call("GET", "/api/health/ready"), 503)["errors"]) == 5


@pytest.mark.parametrize("app", ["quiet_app", "broken_app"])
def test_live_says_what_health_says(request: pytest.FixtureRequest, app: str) -> None:
    http = request.getfixturevalue(app).host.http
    live, health = http.get("/api/health/live"), http.get("/api/health")
    assert (live.status_code, live.json()) == (health.status_code, health.json())


EVERY_KIND = [
    ("GET", "/api/health"),
    ("GET", "/api/health/details"),
    ("GET", "/api/peerings"),
    ("GET", "/api/peerings?size=0"),
    ("POST", "/api/peerings"),
    ("GET", f"/api/peerings/prod-weu/{SPOKE_ID.key}"),
    ("GET", "/api/hubs/nowhere/held"),
    ("DELETE", "/api/pause?hub=neu"),
]


@pytest.mark.parametrize("call", EVERY_KIND, ids=range(len(EVERY_KIND)))
def test_no_answer_is_kept_or_guessed_at(quiet_app: App, call: tuple[str, str]) -> None:
    headers = quiet_app.call(*call).headers
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


def test_a_broken_catalogue_takes_no_requests_and_still_shows_records(broken_app: App) -> None:
    problem(broken_app.call("POST", "/api/peerings", json=ASK), 503)
    assert broken_app.call("GET", "/api/peerings").status_code == 200


def test_a_pause_begins_is_listed_and_ends(quiet_app: App) -> None:
    begun = quiet_app.call("POST", "/api/pause", json={"hub": "prod-weu", "reason": " change 4711 "})
    assert (begun.status_code, begun.json()["scope"], begun.json()["who"]) == (200, "hub prod-weu", "a function key")
    (listed,) = quiet_app.call("GET", "/api/pause").json()["value"]
    assert (listed["reason"], listed["until"]) == ("change 4711", None)
    assert quiet_app.call("DELETE", "/api/pause?hub=prod-weu").json() == {"scope": "hub prod-weu", "ended": True}
    assert quiet_app.call("GET", "/api/pause").json() == {"value": []}
    problem(quiet_app.call("DELETE", "/api/pause?hub=prod-weu"), 404)
    problem(quiet_app.call("DELETE", "/api/pause?spoke=nonsense"), 400)


BAD_PAUSES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["#/reason"]),
    ({"reason": " "}, ["#/reason"]),
    ({"reason": "x" * 201}, ["#/reason"]),
    ({"reason": "x", "hub": "nowhere"}, ["#/hub"]),
    ({"reason": "x", "spoke": "nonsense"}, ["#/spoke"]),
    ({"reason": "x", "until": "tomorrow"}, ["#/until"]),
    ({"reason": "x", "until": "2020-01-01T00:00:00Z"}, ["#/until"]),
    ({"reason": "x", "until": "2999-01-01T00:00:00"}, ["#/until"]),
    ({"colour": 1}, ["#/colour", "#/reason"]),
]


@pytest.mark.parametrize(("body", "pointers"), BAD_PAUSES, ids=range(len(BAD_PAUSES)))
def test_a_pause_that_cannot_be_used(quiet_app: App, body: dict[str, Any], pointers: list[str]) -> None:
    found = problem(quiet_app.call("POST", "/api/pause", json=body), 422)
    assert [error["pointer"] for error in found["errors"]] == pointers


def test_what_is_held_back_is_listed_and_only_a_list_that_was_seen_is_released(quiet_app: App) -> None:
    held = quiet_app.call("GET", "/api/hubs/prod-weu/held").json()
    assert (held["hub"], held["count"], held["value"]) == ("prod-weu", 0, [])
    problem(quiet_app.call("GET", "/api/hubs/nowhere/held"), 404)
    problem(quiet_app.call("POST", "/api/hubs/prod-weu/release", json={}), 422)
    problem(quiet_app.call("POST", "/api/hubs/prod-weu/release", json={"digest": held["digest"]}), 409)


@pytest.mark.parametrize(
    "call",
    [("GET", "pause"), ("POST", "pause"), ("DELETE", "pause"), ("GET", "hubs/x/held"), ("POST", "hubs/x/release")],
)
def test_limits_need_a_key(quiet_app: App, call: tuple[str, str]) -> None:
    assert quiet_app.call(call[0], f"/api/{call[1]}", key="none").status_code == 401


def test_a_sweep_is_ordered_and_its_status_can_be_read(quiet_app: App) -> None:
    answer = quiet_app.call("POST", "/api/sweep")
    assert (answer.status_code, answer.headers["location"]) == (202, "/api/sweep")
    (order,) = quiet_app.take()
    assert (order["kind"], order["id"], order["who"]) == ("sweep", answer.json()["id"], "a function key")
    assert quiet_app.call("GET", "/api/sweep").json() == {"latest": None, "lastComplete": None}


def test_a_sweep_takes_no_wishes(quiet_app: App) -> None:
    body = problem(quiet_app.call("POST", "/api/sweep", json={"dryRun": "yes", "hub": "neu"}), 422)
    assert [error["pointer"] for error in body["errors"]] == ["#/hub", "#/dryRun"]
    problem(quiet_app.call("POST", "/api/sweep", content=b"rubbish"), 400)
    problem(quiet_app.call("POST", "/api/sweep", content=b" " * 1_048_576), 413)
    assert quiet_app.take() == []


def test_a_dry_run_without_azure_is_told_as_that_and_orders_nothing(quiet_app: App) -> None:
    """Azure does not answer the app of this test."""
    body = problem(quiet_app.call("POST", "/api/sweep", json={"dryRun": True}, timeout=60), 503)
    assert body["title"] in ("The estate cannot be read", "The dry run takes too long")
    assert quiet_app.take() == []


def test_a_sweep_needs_a_key(quiet_app: App) -> None:
    assert quiet_app.call("POST", "/api/sweep", key="none").status_code == 401


def test_a_broken_app_takes_no_order(misset_app: App) -> None:
    problem(misset_app.call("POST", "/api/sweep"), 503)


@pytest.mark.parametrize("call", [("POST", "pause"), ("DELETE", "pause"), ("POST", "hubs/prod-weu/release")])
def test_a_key_alone_neither_approves_nor_operates(broken_app: App, call: tuple[str, str]) -> None:
    """In this app the setting that lets keys do so is off, as it is by default."""
    assert "AUTOPEER_KEYS_MAY_OPERATE" in problem(broken_app.call(call[0], f"/api/{call[1]}"), 403)["detail"]


def test_what_needs_no_key_is_this_and_no_more(quiet_app: App) -> None:
    """The page of problems is the same in every installation; of all the rest nothing is told."""
    page = quiet_app.host.http.get("/api/problems")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert [told for told in ("prod-weu", "neu") if told in page.text] == []
    answers = {route: quiet_app.call(route.method, f"/api/{route.path}", key="") for route in ROUTES}
    assert {(answer.status_code, answer.content) for answer in answers.values()} == {(401, b"")}


def test_the_app_describes_itself(quiet_app: App) -> None:
    assert quiet_app.call("GET", "/api/openapi.json").json() == openapi()


def test_a_parameter_that_is_misspelt_or_empty_is_not_taken_for_none(quiet_app: App) -> None:
    """It would end the pause of everything, and order a sweep that was meant to be a dry run."""
    quiet_app.call("POST", "/api/pause", json={"reason": "change 4711"})
    for query in ("hbu=neu", "hub=", "hub=%20", "spoke="):
        problem(quiet_app.call("DELETE", f"/api/pause?{query}"), 400)
    assert quiet_app.call("DELETE", "/api/pause").json()["ended"] is True
    body = problem(quiet_app.call("POST", "/api/sweep?dryRun=true"), 400)
    assert body["errors"] == [{"parameter": "dryRun", "detail": "is no parameter of POST /api/sweep. It takes none."}]
    assert quiet_app.take() == []


def test_a_hub_that_is_misspelt_is_guessed_at_wherever_it_is_named(quiet_app: App) -> None:
    """As on the tag."""
    answers = [
        quiet_app.call("POST", "/api/peerings", json=ASK | {"hub": "prod-wue"}),
        quiet_app.call("POST", "/api/pause", json={"reason": "x", "hub": "prod-wue"}),
        quiet_app.call("GET", "/api/hubs/prod-wue/held"),
        quiet_app.call("POST", "/api/hubs/prod-wue/release", json={"digest": "0" * 16}),
    ]
    said = "names 'prod-wue', which is no hub. Did you mean 'prod-weu'? Known hubs: neu and prod-weu."
    assert [answer.json()["detail"].partition(" ")[2] for answer in answers[:2]] == [said, said]
    assert [answer.json()["detail"] for answer in answers[2:]] == [f"The path {said}"] * 2
