"""The document as a whole, put together of the route table and of what is said about each route."""

from peering.core.intake.callers import Role, app_role
from peering.version import VERSION
from peering.web.openapi import answers, hubs, operating, records, requests
from peering.web.openapi.operation import Operation
from peering.web.openapi.operations import AREAS, OPERATIONS
from peering.web.openapi.parameters import parameters
from peering.web.openapi.shapes import Schema, ref
from peering.web.route_table import OPEN, ROUTES, Route

_ABOUT = """\
Tag an Azure virtual network with a hub's name and it is peered, checked and recorded.
This API asks for networks to be looked at, shows how they stand, and steers.

Every answer that says no is a problem (RFC 9457): its `type` leads to a page with cause and remedy, `detail` holds
the first fault, `errors` all of them. A path that is not here is answered by `404` (`no-such-route`), another method
than those here by `405` with `Allow` (`method-not-allowed`). `HEAD` is `GET` without the body. A later version may add
properties, kinds and codes."""
_KEYS = ("functionKey", "functionKeyInQuery")
_SECURITY = {
    "functionKey": {
        "type": "apiKey",
        "in": "header",
        "name": "x-functions-key",
        "description": "A function key of the app, or a host key.",
    },
    "functionKeyInQuery": {
        "type": "apiKey",
        "in": "query",
        "name": "code",
        "description": "The same as a parameter. It ends up in logs: use the header.",
    },
    "entra": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Where Entra sits in front of the app: a token for its app registration, beside the key. "
        "The app role that is named with each route has to be assigned to whom it was given to.",
    },
}


def openapi() -> Schema:
    """The OpenAPI document, 3.1."""
    paths: dict[str, Schema] = {}
    for route in (*ROUTES, *OPEN):
        paths.setdefault(f"/api/{route.path}", {})[route.method.lower()] = _operation(route, OPERATIONS[route.name])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Autopeer",
            "version": VERSION,
            "summary": "Peers Azure virtual networks to hubs by tag.",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "The app that answers with this document."}],
        "tags": [{"name": name, "description": says} for name, says in AREAS.items()],
        "paths": dict(sorted(paths.items())),
        "components": _components(),
    }


def _components() -> Schema:
    schemas = records.SCHEMAS | requests.SCHEMAS | hubs.SCHEMAS | operating.SCHEMAS | answers.SCHEMAS
    return {
        "schemas": dict(sorted(schemas.items())),
        "responses": answers.shared_responses(),
        "headers": answers.HEADERS,
        "examples": answers.examples(),
        "securitySchemes": _SECURITY,
    }


def _operation(route: Route, operation: Operation) -> Schema:
    found = list(parameters(route, operation))
    described: Schema = {
        "operationId": route.name,
        "summary": operation.summary,
        "tags": [operation.area],
        "responses": answers.responses(route, operation),
        "security": [] if route.is_open else _security(route.role),
    }
    described |= {"description": operation.more} if operation.more else {}
    described |= {"parameters": found} if found else {}
    if body := operation.body:
        content = {"schema": ref(body.schema), "example": body.example}
        described["requestBody"] = {"required": body.required, "content": {"application/json": content}}
    return described


def _security(role: Role) -> list[Schema]:
    entra = {"entra": [app_role(role)]}
    return [{key: []} for key in _KEYS] + [{key: []} | entra for key in _KEYS]
