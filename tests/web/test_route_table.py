"""The route table: each call finds its route, and what finds none is told what there is."""

from collections import Counter

import pytest

from peering.routes.answering import HANDLERS
from peering.web.problems import Kind, Problem
from peering.web.route_table import ROUTES, find


def test_every_route_has_its_handler_and_no_other() -> None:
    assert sorted(route.name for route in ROUTES) == sorted(HANDLERS)


def test_no_two_routes_are_the_same() -> None:
    assert max(Counter((route.method, route.path) for route in ROUTES).values()) == 1


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_each_route_is_found(route: object) -> None:
    assert any(find(each.method, each.path)[0] is each for each in ROUTES if each is route)


@pytest.mark.parametrize(
    ("method", "path", "name", "names"),
    [
        ("GET", "peerings", "list_peerings", {}),
        ("HEAD", "peerings", "list_peerings", {}),
        ("GET", "/Peerings/", "list_peerings", {}),
        ("GET", "peerings/prod-weu/00ff", "get_peering", {"hub": "prod-weu", "key": "00ff"}),
        ("GET", "peerings/a%2Fb/k", "get_peering", {"hub": "a/b", "key": "k"}),
        ("POST", "hubs/Prod/release", "post_release", {"hub": "Prod"}),
    ],
)
def test_a_path_finds_its_route(method: str, path: str, name: str, names: dict[str, str]) -> None:
    route, found = find(method, path)
    assert (route.name, found) == (name, names)


@pytest.mark.parametrize(
    ("method", "path", "kind", "said"),
    [
        ("PUT", "peerings", Kind.METHOD_NOT_ALLOWED, "takes GET, POST, and not PUT"),
        ("TRACE", "health", Kind.METHOD_NOT_ALLOWED, "/api/health takes GET, and not TRACE"),
        ("GET", "/health", Kind.NO_SUCH_ROUTE, "Did you mean /api/health?"),
        ("TRACE", "sweep", Kind.METHOD_NOT_ALLOWED, "takes GET, POST"),
        ("GET", "peering", Kind.NO_SUCH_ROUTE, "Did you mean /api/peerings?"),
        ("GET", "", Kind.NO_SUCH_ROUTE, "openapi.json"),
        ("GET", "x" * 5000, Kind.NO_SUCH_ROUTE, "Nothing is known"),
        ("GET", "peerings//k/x", Kind.NO_SUCH_ROUTE, "Nothing is known"),
        ("GET", "no\nsuch", Kind.NO_SUCH_ROUTE, r"Nothing is known at /api/'no\nsuch'."),
    ],
)
def test_what_finds_none_is_told_what_there_is(method: str, path: str, kind: Kind, said: str) -> None:
    with pytest.raises(Problem) as caught:
        find(method, path)
    assert caught.value.kind is kind
    assert said in caught.value.detail
    assert len(caught.value.detail) < 400
    assert bool(caught.value.headers.get("Allow")) is (kind is Kind.METHOD_NOT_ALLOWED)
