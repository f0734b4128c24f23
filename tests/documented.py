"""Holds real answers to the OpenAPI document: whoever calls the app in a test checks the document with each call.

Objects are taken at their word here: what the document does not name must not be there, though it lets later versions
add to them.
"""

import copy
import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator, FormatChecker

from peering.web.openapi.document import openapi
from peering.web.problems import MEDIA_TYPE, PAGE

_FORMATS = FormatChecker(formats=())
_TELLING = {"location", "retry-after", "allow"}
_ANYWHERE = {"404": "NoSuchRoute", "405": "MethodNotAllowed"}
"""What is answered where the document has no operation."""


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).utcoffset() is not None


def documented(response: httpx.Response) -> None:
    """Raises AssertionError for an answer of the API that is not what the document says of it."""
    request = response.request
    if not request.url.path.startswith("/api"):
        return
    response.read()
    operation = operation_of(request.method, request.url.raw_path.partition(b"?")[0].decode().replace("%3A", ":"))
    if told := list(_differences(operation, response)):
        called = f"{request.method} {str(request.url)[:200]} answered {response.status_code}"
        raise AssertionError(f"{called}, and the OpenAPI document does not say so: {'; '.join(told)}")


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The operation of the document that a call is; None where there is none."""
    method = "get" if method == "HEAD" else method.lower()
    fitting = [item for template, item in _paths() if template.fullmatch(path.rstrip("/"))]
    found: dict[str, Any] | None = next((item[method] for item in fitting if method in item), None)
    return found


def faults(schema: dict[str, Any], value: object) -> list[str]:
    """What of a value is not as a schema of the document says."""
    whole = _closed_document()
    validator = Draft202012Validator(schema | {"components": whole["components"]}, format_checker=_FORMATS)
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]


def _differences(operation: dict[str, Any] | None, response: httpx.Response) -> Iterator[str]:
    status = str(response.status_code)
    if operation is None or _kind_of(response) == "no-such-route":  # an open part that was empty, or held a slash
        said = _component("responses", _ANYWHERE[status]) if status in _ANYWHERE else None
    else:
        said = _resolved(operation["responses"].get(status, {})) or None
    if said is None:
        yield f"it has no {status} there"
        return
    yield from _in_headers(said, response)
    yield from _in_body(said, response)
    if operation and response.is_success:
        yield from _in_what_was_sent(operation, response.request)


def _in_headers(said: dict[str, Any], response: httpx.Response) -> Iterator[str]:
    headers = {name.lower(): _resolved(header) for name, header in said.get("headers", {}).items()}
    for name, header in headers.items():
        if header.get("required") and name not in response.headers:
            yield f"the header {name} is missing"
    for name in sorted(_TELLING & set(response.headers) - set(headers)):
        yield f"there is a header {name}"


def _in_body(said: dict[str, Any], response: httpx.Response) -> Iterator[str]:
    kind = response.headers.get("content-type", "").split(";")[0]
    media = said.get("content", {}).get(kind)
    if response.status_code == 401 and _kind_of(response) == "not-signed-in":
        yield from faults({"$ref": "#/components/schemas/Problem"}, response.json())
    elif media is None:
        if "content" in said or response.content:
            yield f"the body is {kind or 'empty'}"
    elif response.request.method != "HEAD" and kind != "text/html":
        yield from faults(media["schema"], response.json())
        if kind == MEDIA_TYPE and (problem := _kind_of(response)) not in media["examples"]:
            yield f"no problem of the kind {problem} is named"
        if kind == MEDIA_TYPE and response.json()["status"] != response.status_code:
            yield "the status in the body is another one"


def _kind_of(response: httpx.Response) -> str:
    if response.headers.get("content-type") != MEDIA_TYPE or response.request.method == "HEAD":
        return ""
    return str(response.json()["type"]).removeprefix(PAGE)


def _in_what_was_sent(operation: dict[str, Any], request: httpx.Request) -> Iterator[str]:
    """What was taken is what the document says may be sent: else it would keep somebody from what works."""
    if said := operation.get("requestBody"):
        content = request.read()
        if content:
            yield from faults(said["content"]["application/json"]["schema"], json.loads(content))
        elif said["required"]:
            yield "it was taken without a body"
    known = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"} | {"code"}
    for name in sorted(set(request.url.params) - known):
        yield f"it was taken with the parameter {name}"


def _component(kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = _closed_document()["components"][kind][name]
    return found


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    return _component(*part["$ref"].split("/")[-2:]) if "$ref" in part else part


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Those with fewer open parts first."""
    paths = sorted(_closed_document()["paths"].items(), key=lambda pair: pair[0].count("{"))
    return [(re.compile(_pattern(path), re.IGNORECASE), item) for path, item in paths]


def _pattern(path: str) -> str:
    return "/".join("[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/"))


@cache
def _closed_document() -> dict[str, Any]:
    document = copy.deepcopy(openapi())
    for schema in document["components"]["schemas"].values():
        _close(schema)
    return document


def _close(schema: object) -> None:
    if isinstance(schema, list):
        for each in schema:
            _close(each)
    elif isinstance(schema, dict):
        if schema.get("properties"):
            schema.setdefault("additionalProperties", False)
        for each in schema.values():
            _close(each)
