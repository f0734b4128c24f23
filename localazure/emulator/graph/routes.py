"""The route of Resource Graph: paging, formats, quota and errors."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator
from typing import Any

from localazure.emulator.activity_log import timestamp
from localazure.emulator.errors import ArmError
from localazure.emulator.graph.language import ParserFailure, Query, parse
from localazure.emulator.graph.rows import COLUMNS, Row, select
from localazure.emulator.networks.estate import Estate
from localazure.emulator.throttle import GRAPH, Throttle
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]

_DEFAULT_PAGE, _LARGEST_PAGE = 100, 1000
_OBJECTS_BY_DEFAULT_SINCE = "2020-04-01"  # before, the format was a table unless asked for otherwise
_SUPPORT_FORM_SINCE = "2020-04-01"  # and bad queries were answered InvalidQuery instead of BadRequest
_EXPECTED_TOKEN = "\u01cf"  # noqa: S105  what the service prints there, of no meaning to anybody
_CLUSTER = "https://arg-local-one-sf.arg.core.windows.net"


class GraphRoutes:
    """`POST /providers/Microsoft.ResourceGraph/resources`."""

    def __init__(self, estate: Estate, throttle: Throttle, tenant: str) -> None:
        self._estate = estate
        self._throttle = throttle
        self._tenant = tenant

    def add_to(self, router: Router) -> None:
        router.add("POST", "/providers/Microsoft.ResourceGraph/resources", self._resources)

    def _resources(self, request: ArmRequest, _names: dict[str, str]) -> ArmResponse:
        remaining = self._take_quota(request)
        body = request.json()
        options: Json = body.get("options") or {}
        try:
            query = parse(str(body.get("query", "")))
        except ParserFailure as failure:
            raise self._invalid(request, failure) from failure
        found = select(query, self._rows(body.get("subscriptions"), request.caller.object_id))
        start, size = _page(options)
        page = found[start : start + size]
        answer: Json = {
            "totalRecords": len(found),
            "count": len(page),
            "data": _formatted(query, page, options.get("resultFormat"), request.api_version),
            "facets": [],
            "resultTruncated": "false",
        }
        if start + size < len(found):
            self._continue(answer, query, start + size, size)
        return ArmResponse(status=200, body=answer, headers=_quota_headers(remaining))

    def _continue(self, answer: Json, query: Query, start: int, size: int) -> None:
        """More rows follow: a token for them, or word that they are lost when `id` is not projected."""
        if query.columns is None or any(path == ("id",) for _, path in query.columns):
            answer["$skipToken"] = skip_token(start, size)
        else:
            answer["resultTruncated"] = "true"

    def _rows(self, subscriptions: list[str] | None, principal: str) -> Iterator[Row]:
        """What the caller may read, no word of the rest (docs/facts/resource-graph.md, Absence proves nothing)."""
        wanted = {each.lower() for each in subscriptions or []}
        for resource in self._estate.all_resources():
            asked = not wanted or resource.id.subscription.lower() in wanted
            if asked and self._estate.may_read(principal, resource.id):
                yield Row(self._estate, resource, self._tenant)

    def _take_quota(self, request: ArmRequest) -> int:
        if not self._estate.latency.throttles:
            return GRAPH.size - 1
        left = self._throttle.take(GRAPH, request.caller.object_id, "graph")
        if left < 0:
            raise self._limited(request, -left)
        return left

    def _support(self, request: ArmRequest) -> str:
        return (
            f"Please provide below info when asking for support: timestamp = {timestamp(self._estate.clock())}, "
            f"correlationId = {request.correlation_id}."
        )

    def _limited(self, request: ArmRequest, seconds: int) -> ArmError:
        message = (
            "Client application has been throttled and should not attempt to repeat the request until an amount of "
            "time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help."
        )
        details = [{"code": "RateLimiting", "message": message}]
        headers = {"Retry-After": str(seconds), **_quota_headers(0)}
        return ArmError(429, "RateLimiting", self._support(request), details, headers)

    def _invalid(self, request: ArmRequest, failure: ParserFailure) -> ArmError:
        where = {
            "line": 1,
            "characterPositionInLine": failure.position,
            "token": failure.token,
            "expectedToken": _EXPECTED_TOKEN,
        }
        if request.api_version < _SUPPORT_FORM_SINCE:
            parser = {"code": "ParserFailure", "message": "Parser failure", **where}
            return ArmError(400, "InvalidQuery", "Query validation error", [parser])
        query = {
            "code": "InvalidQuery",
            "message": "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and "
            "fix the error before retrying.",
        }
        parser = {"code": "ParserFailure", "message": "ParserFailure", **where}
        return ArmError(400, "BadRequest", self._support(request), [query, parser])


def _quota_headers(remaining: int) -> dict[str, str]:
    return {
        "x-ms-user-quota-remaining": str(remaining),
        "x-ms-user-quota-resets-after": "00:00:05",
        "x-ms-ratelimit-remaining-tenant-resource-requests": str(remaining),
        "x-ms-resource-graph-request-duration": "0:00:00:00.01",
    }


def _page(options: Json) -> tuple[int, int]:
    """Where the page starts and how long it is; a token knows both."""
    token = options.get("$skipToken")
    if token:
        return _read_token(str(token))
    size = min(int(options.get("$top") or _DEFAULT_PAGE), _LARGEST_PAGE)
    return int(options.get("$skip") or 0), size


def skip_token(start: int, size: int) -> str:
    """Base64 of indented JSON with CRLF, as the service's own (recording of 2021)."""
    text = json.dumps({"$id": "1", "MaxRows": size, "RowsToSkip": start, "KustoClusterUrl": _CLUSTER}, indent=2)
    return b64encode(text.replace("\n", "\r\n").encode()).decode()


def _read_token(token: str) -> tuple[int, int]:
    try:
        content = json.loads(b64decode(token, validate=True))
        return int(content["RowsToSkip"]), int(content["MaxRows"])
    except (Base64Error, ValueError, KeyError, TypeError) as error:
        raise ArmError(
            400, "BadRequest", "The skip token is not one that this service gave out.", details=[]
        ) from error


def _formatted(query: Query, page: list[Row], wanted: str | None, version: str) -> Json | list[Json]:
    columns = query.columns or [(name, (name,)) for name in COLUMNS]
    as_objects = version >= _OBJECTS_BY_DEFAULT_SINCE if wanted is None else wanted.lower() == "objectarray"
    if as_objects:
        return [{name: row.at(path) for name, path in columns} for row in page]
    return {
        "columns": [{"name": name, "type": _column_type(path[0])} for name, path in columns],
        "rows": [[row.at(path) for _, path in columns] for row in page],
    }


def _column_type(column: str | int) -> str:
    return "object" if str(column).lower() in {"properties", "tags", "sku", "plan", "identity"} else "string"
