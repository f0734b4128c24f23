"""Who may call which route: every route, every kind of caller, with Entra in front and without."""

import base64
import json

import azure.functions as func
import pytest

from peering import wiring
from peering.core.intake.callers import Role
from peering.routes import answering
from peering.web.call import Answer, Call
from peering.web.route_table import ROUTES, Route
from tests.builders import SPOKE_ID, catalogue, policy

ANNE = "aaaaaaaa-0000-0000-0000-000000000001"
HUBS = catalogue(policy(), policy("neu", SPOKE_ID, approvers=(ANNE,)))


def principal(*roles: str) -> dict[str, str]:
    claims = [("oid", ANNE), ("upn", "anne@contoso.com"), *(("roles", role) for role in roles)]
    document = {"claims": [{"typ": kind, "val": value} for kind, value in claims]}
    return {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(json.dumps(document).encode()).decode()}


KEYS_MAY = "AUTOPEER_KEYS_MAY_OPERATE"
ENTRA = {"WEBSITE_AUTH_ENABLED": "True"}
READ, REQUEST, APPROVE, OPERATE = Role
# Who, by which settings and headers; and the roles of the routes that he may call.
CALLERS = [
    ("a key", {}, {}, {READ, REQUEST}),
    ("a key that may operate", {KEYS_MAY: "true"}, {}, set(Role)),
    ("a key with forged claims", {}, principal("Autopeer.Operate"), {READ, REQUEST}),
    ("a key beside Entra", ENTRA, {}, {READ, REQUEST}),
    ("a person without a role", ENTRA, principal(), set()),
    ("a person without a role, where keys may operate", ENTRA | {KEYS_MAY: "true"}, principal(), set()),
    ("who may read", ENTRA, principal("Autopeer.Read"), {READ}),
    ("who may request", ENTRA, principal("Autopeer.Request"), {READ, REQUEST}),
    ("who may approve", ENTRA, principal("Autopeer.Approve"), {READ, APPROVE}),
    ("who may operate", ENTRA, principal("Autopeer.Operate"), {READ, REQUEST, OPERATE}),
]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    async def greet(call: Call) -> Answer:
        return Answer(200, {"who": call.who})

    for name, value in {"AzureWebJobsStorage": "UseDevelopmentStorage=true", **request.param}.items():
        monkeypatch.setenv(name, value)
    wiring.settings.cache_clear()
    monkeypatch.setattr(wiring, "catalogue", lambda: HUBS)
    monkeypatch.setattr(answering, "HANDLERS", {route.name: greet for route in ROUTES})


async def called(route: Route, headers: dict[str, str], hub: str = "prod-weu") -> func.HttpResponse:
    path = route.path.replace("{hub}", hub).replace("{key}", SPOKE_ID.key).replace("{id}", "x")
    call = func.HttpRequest(
        method=route.method, url=f"/api/{path}", headers=headers, route_params={"path": path}, body=b""
    )
    return await answering.answer(call, "invocation", lambda _: None)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("app", "headers", "roles"), [row[1:] for row in CALLERS], ids=[row[0] for row in CALLERS], indirect=["app"]
)
async def test_the_role_of_the_route_decides(headers: dict[str, str], roles: set[Role]) -> None:
    for route in ROUTES:
        found = await called(route, headers)
        assert found.status_code == (200 if route.role in roles else 403), route


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("app", [ENTRA], indirect=True)
async def test_an_approver_of_the_catalogue_approves_at_that_hub_alone() -> None:
    for route in ROUTES:
        if "{hub}" in route.path:
            assert (await called(route, principal(), "NEU")).status_code == (200 if route.role is APPROVE else 403)
            assert (await called(route, principal(), "prod-weu")).status_code == 403


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("app", [ENTRA | {KEYS_MAY: "true"}], indirect=True)
async def test_claims_that_cannot_be_read_are_nobodys() -> None:
    for route in ROUTES:
        found = await called(route, {"X-MS-CLIENT-PRINCIPAL": "rubbish"})
        assert (found.status_code, json.loads(found.get_body())["title"]) == (401, "Who calls is not known")


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("app", "headers", "who"),
    [(ENTRA, principal("Autopeer.Read"), "anne@contoso.com"), ({}, principal("Autopeer.Read"), "a function key")],
    indirect=["app"],
)
async def test_who_calls_is_told_to_the_handler(headers: dict[str, str], who: str) -> None:
    assert json.loads((await called(ROUTES[0], headers)).get_body()) == {"who": who}
