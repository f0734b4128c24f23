"""Every route of the API: one table that the handlers, the roles and the documents are held to.

The host's own table cannot say it: it answers a known path with another method by 404, takes literal routes in the
order of their functions' names, and cannot part a path at a colon (docs/facts/functions-host.md).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import unquote

from peering.core.intake.callers import Role
from peering.web.problems import Kind, Problem, bad_parameters, shown


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path below /api, as OpenAPI writes it; `name` is the handler's and the operation's.

    `query` are the parameters that it knows: what is misspelt must not be taken for what was left out.
    `is_open`: anybody may ask, without a key.
    """

    method: str
    path: str
    name: str
    role: Role
    query: tuple[str, ...] = ()
    is_open: bool = False

    def match(self, parts: list[str]) -> dict[str, str] | None:
        """The parts that the path leaves open, by name; None where it does not fit."""
        wanted = self.path.split("/")
        if len(wanted) != len(parts):
            return None
        open_parts = {}
        for want, part in zip(wanted, parts, strict=True):
            if want.startswith("{"):
                open_parts[want[1:-1]] = part
            elif want != part.lower():
                return None
        return open_parts


PARAMETERS_OF_THE_LIST = ("code", "hub", "id", "since", "size", "sort", "spoke", "state", "subscription", "token")

ROUTES = (
    Route("GET", "peerings", "list_peerings", Role.READ, PARAMETERS_OF_THE_LIST),
    Route("POST", "peerings", "post_peering", Role.REQUEST),
    Route("POST", "peerings:retry", "retry_peerings", Role.OPERATE),
    Route("GET", "requests/{id}", "get_request", Role.READ),
    Route("GET", "peerings/{hub}/{key}", "get_peering", Role.READ),
    Route("GET", "hubs", "list_hubs", Role.READ),
    Route("GET", "hubs/{hub}", "get_hub", Role.READ),
    Route("GET", "free", "get_free", Role.READ, ("hub", "size")),
    Route("POST", "plan", "post_plan", Role.READ),
    Route("POST", "peerings/{hub}/{key}/approve", "post_approve", Role.APPROVE),
    Route("POST", "peerings/{hub}/{key}/refuse", "post_refuse", Role.APPROVE),
    Route("DELETE", "peerings/{hub}/{key}", "delete_peering", Role.REQUEST),
    Route("GET", "hubs/{hub}/held", "get_held", Role.READ),
    Route("POST", "hubs/{hub}/release", "post_release", Role.APPROVE),
    Route("GET", "sweep", "get_sweep", Role.READ),
    Route("POST", "sweep", "post_sweep", Role.REQUEST),
    Route("GET", "pause", "get_pauses", Role.READ),
    Route("POST", "pause", "post_pause", Role.OPERATE),
    Route("DELETE", "pause", "delete_pause", Role.OPERATE, ("hub", "spoke")),
    Route("GET", "health/details", "get_health_details", Role.READ),
    Route("GET", "health/ready", "get_health_ready", Role.READ),
    Route("GET", "openapi.json", "get_openapi", Role.READ),
)

OPEN = (
    Route("GET", "health", "get_health", Role.READ, is_open=True),
    Route("GET", "health/live", "get_health_live", Role.READ, is_open=True),
    Route("GET", "problems", "get_problems", Role.READ, is_open=True),
)
"""What needs no key: the host has a function for each, by whose names they come before all the others."""


def find(method: str, path: str) -> tuple[Route, Mapping[str, str]]:
    """The route of a call, and the parts of its path that are left open; raises Problem where there is none.

    `path` is what comes after /api/. Of two that fit the one with fewer open parts is meant; HEAD is GET without the
    body, which the host leaves out.
    """
    parts = [unquote(part) for part in path.strip("/").split("/")]
    fitting = sorted(_fitting(parts), key=lambda found: len(found[1]))
    method = "GET" if method == "HEAD" else method
    for route, names in fitting:
        if route.method == method and not route.is_open:
            return route, names
    allowed = [route for route, _ in fitting]
    wrong_method = allowed and method not in [route.method for route in allowed]  # else it is nearly one that is open
    raise _wrong_method(method, path, allowed) if wrong_method else _no_route(path)


def check_query(route: Route, query: Iterable[str]) -> None:
    """Raises Problem for every parameter that the route does not know; `code` is the host's own: the function key."""
    known = {*route.query, "code"}
    if unknown := sorted(set(query) - known):
        raise bad_parameters([(name[:40], _not_known(name, route)) for name in unknown])


def _not_known(name: str, route: Route) -> str:
    close = get_close_matches(name.lower(), route.query, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    there_are = f"There are {', '.join(route.query)}." if route.query else "It takes none."
    return f"is no parameter of {route.method} /api/{route.path}.{hint} {there_are}"


def _fitting(parts: list[str]) -> Iterator[tuple[Route, dict[str, str]]]:
    for route in (*ROUTES, *OPEN):
        names = route.match(parts)
        if names is not None:
            yield route, names


def _wrong_method(method: str, path: str, routes: list[Route]) -> Problem:
    allowed = ", ".join(sorted({route.method for route in routes}))
    detail = f"/api/{shown(path[:100])} takes {allowed}, and not {method[:20]}."
    return Problem(Kind.METHOD_NOT_ALLOWED, detail, headers={"Allow": allowed})


def _no_route(path: str) -> Problem:
    known = sorted({route.path for route in (*ROUTES, *OPEN)})
    close = get_close_matches(path.strip("/").lower(), known, n=1)
    hint = f" Did you mean /api/{close[0]}?" if close else ""
    detail = f"Nothing is known at /api/{shown(path[:100])}.{hint} GET /api/openapi.json describes what there is."
    return Problem(Kind.NO_SUCH_ROUTE, detail)
