"""The OpenAPI document, held to the route table, to the kinds of problems and to itself."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from azure.functions import AuthLevel
from azure.functions.decorators.http import HttpTrigger
from jsonschema import Draft202012Validator

import function_app
from peering.core.intake.callers import Role, app_role
from peering.core.record.record import State
from peering.web.openapi.document import openapi
from peering.web.openapi.operations import AREAS, OPERATIONS
from peering.web.problems import PAGE, Kind
from peering.web.route_table import OPEN, ROUTES
from tests.documented import faults

DOCUMENT = openapi()
COMPONENTS = DOCUMENT["components"]
CALLS = {(method.upper(), path): said for path, item in DOCUMENT["paths"].items() for method, said in item.items()}
ALL = (*ROUTES, *OPEN)


def parts(of: object, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the document, with where it is."""
    if isinstance(of, dict):
        yield path, of
    pairs = of.items() if isinstance(of, dict) else enumerate(of) if isinstance(of, list) else ()
    for key, value in pairs:
        yield from parts(value, f"{path}/{key}")


def test_each_route_is_described_once_and_no_other() -> None:
    assert Counter(CALLS.keys()) == Counter((route.method, f"/api/{route.path}") for route in ALL)
    assert [CALLS[route.method, f"/api/{route.path}"]["operationId"] for route in ALL] == [route.name for route in ALL]
    assert sorted(OPERATIONS) == sorted(route.name for route in ALL)


def test_the_host_has_a_function_for_each_route_that_is_open_before_the_one_for_all_others() -> None:
    functions = {each.get_function_name() or "": each.get_trigger() for each in function_app.app.get_functions()}
    http = {name: trigger for name, trigger in functions.items() if isinstance(trigger, HttpTrigger)}
    is_open = {trigger.route for trigger in http.values() if trigger.auth_level is AuthLevel.ANONYMOUS}
    assert is_open == {route.path for route in OPEN}
    assert max(http, key=str.lower) == "http_api"


@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_what_the_table_knows_of_a_route_is_told(route: Any) -> None:  # noqa: ANN401 - mypy does not see through ids
    said = CALLS[route.method, f"/api/{route.path}"]
    named = {
        where: [each["name"] for each in said.get("parameters", []) if each["in"] == where]
        for where in ("path", "query")
    }
    assert named == {"path": re.findall(r"{(\w+)}", route.path), "query": list(route.query)}
    roles = {role for need in said["security"] for role in need.get("entra", [])}
    assert roles == (set() if route.is_open else {app_role(route.role)})
    assert ("401" in said["responses"]) is bool(said["security"]) is (not route.is_open)
    assert said["tags"][0] in AREAS


def test_every_role_is_needed_somewhere() -> None:
    assert {route.role for route in ROUTES} == set(Role)


def test_each_kind_of_problem_is_answered_somewhere_with_its_status() -> None:
    answers = [(status, said) for each in CALLS.values() for status, said in each["responses"].items()]
    answers += [("404", COMPONENTS["responses"]["NoSuchRoute"]), ("405", COMPONENTS["responses"]["MethodNotAllowed"])]
    told = {(slug, int(status)) for status, said in answers for slug in _slugs(said)} | {("not-signed-in", 401)}
    assert "not-signed-in" in COMPONENTS["responses"]["NoKey"]["description"]
    assert told == {(kind.slug, kind.status) for kind in Kind}
    assert COMPONENTS["schemas"]["Problem"]["properties"]["type"]["enum"] == [PAGE + kind.slug for kind in Kind]


def _slugs(said: dict[str, Any]) -> list[str]:
    return list(said.get("content", {}).get("application/problem+json", {}).get("examples", {}))


def test_every_reference_leads_somewhere_and_every_part_is_used() -> None:
    used = {part["$ref"] for _, part in parts(DOCUMENT) if "$ref" in part}
    there = {
        f"#/components/{kind}/{name}" for kind in COMPONENTS for name in COMPONENTS[kind] if kind != "securitySchemes"
    }
    on_no_route = {"#/components/responses/NoSuchRoute", "#/components/responses/MethodNotAllowed"}
    assert used | on_no_route == there


def test_every_schema_is_one() -> None:
    for path, part in parts(DOCUMENT):
        if path.endswith("/schema") or path.rpartition("/")[0] == "#/components/schemas":
            Draft202012Validator.check_schema(part)


def test_every_example_is_as_its_schema_says() -> None:
    for path, part in parts(DOCUMENT):
        if "example" in part:
            assert (path, faults(part["schema"], part["example"])) == (path, [])
        for example in part.get("examples", []) if isinstance(part.get("examples"), list) else []:
            assert (path, faults(part, example)) == (path, [])
    for slug, example in COMPONENTS["examples"].items():
        assert (slug, faults({"$ref": "#/components/schemas/Problem"}, example["value"])) == (slug, [])


def test_the_states_of_a_record_are_those_there_are() -> None:
    assert COMPONENTS["schemas"]["Record"]["properties"]["state"]["enum"] == list(State)


def test_it_can_be_sent() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.1.")
