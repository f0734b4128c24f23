"""Custom topics: `POST /topics/{name}/api/events`, as azure-eventgrid's publisher client calls it.

The client sends `?api-version=2018-01-01`, an array, and either `application/cloudevents-batch+json` or
`application/json`. A real topic has one input schema, chosen when it is made; here the content type chooses.
"""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from localazure.emulator.eventgrid.log import EventLog
from localazure.emulator.eventgrid.schemas import fault_of
from localazure.emulator.identity import EVENT_GRID_AUDIENCES, Authority, Unauthorized

MAX_BYTES = 1024 * 1024
Publish = Callable[[str, dict[str, Any]], None]


class Topics:
    """The logs and access keys of the custom topics, by name without regard to case."""

    def __init__(self) -> None:
        self._logs: dict[str, EventLog] = {}
        self._secret = secrets.token_bytes(32)

    def log(self, name: str) -> EventLog:
        return self._logs.setdefault(name.lower(), EventLog())

    def logs(self) -> list[tuple[str, EventLog]]:
        """Every topic that was written to or looked at, by name."""
        return sorted(self._logs.items())

    def key(self, name: str) -> str:
        """The topic's access key, for the `aeg-sas-key` header."""
        return base64.b64encode(hmac.new(self._secret, name.lower().encode(), hashlib.sha256).digest()).decode()


class _Refused(Exception):
    def __init__(self, status: int, code: str, detail: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.detail = status, code, detail

    def response(self) -> web.Response:
        now = datetime.now(UTC)
        at = f"{now.month}/{now.day}/{now.year} {now.hour % 12 or 12}:{now:%M:%S %p} (UTC)"
        report = f"Report '{uuid.uuid4()}:0:{at}' to our forums for assistance or raise a support ticket."
        message = f"{self} {report}"
        error = {"code": self.code, "message": message}
        body = {"error": {**error, "details": [{"code": self.detail, "message": message}]}}
        return web.json_response(body, status=self.status)


class TopicRoutes:
    """The publishing side of the custom topics."""

    def __init__(self, authority: Authority, topics: Topics, publish: Publish) -> None:
        self._authority = authority
        self._topics = topics
        self._publish = publish

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/topics/{name}/api/events", self.post_events)]

    async def post_events(self, request: web.Request) -> web.Response:
        """All of the array, or none of it."""
        try:
            self._authorize(request)
            events = await _events(request)
        except _Refused as refused:
            return refused.response()
        for event in events:
            self._publish(request.match_info["name"].lower(), event)
        return web.Response(status=200)

    def _authorize(self, request: web.Request) -> None:
        sent = request.headers.get("aeg-sas-key")
        if sent is not None:
            if not hmac.compare_digest(sent.encode(), self._topics.key(request.match_info["name"]).encode()):
                text = "The request authorization key is not authorized for this topic."
                raise _Refused(401, "Unauthorized", "Unauthorized", text)
            return
        header = request.headers.get("Authorization")
        if header is None:
            text = "Request must contain one of the following authorization signature: aeg-sas-token, aeg-sas-key."
            raise _Refused(401, "Unauthorized", "Unauthorized", text)
        try:
            self._authority.verify(header, EVENT_GRID_AUDIENCES)
        except Unauthorized as error:
            raise _Refused(401, "Unauthorized", error.code, error.message) from error


async def _events(request: web.Request) -> list[dict[str, Any]]:
    """The events of the body, each of them valid."""
    cloud_events = request.content_type in ("application/cloudevents-batch+json", "application/cloudevents+json")
    if not cloud_events and request.content_type != "application/json":
        text = f"The content type '{request.content_type}' is not supported."
        raise _Refused(415, "UnsupportedMediaType", "UnsupportedMediaType", text)
    if "api-version" not in request.query:
        raise _bad_request("The api-version query parameter (?api-version=) is required for all requests.")
    body = await _read(request)
    events = _parsed(body, single=request.content_type == "application/cloudevents+json")
    for event in events:
        fault = fault_of(event, cloud_event=cloud_events)
        if fault:
            raise _bad_request(fault)
    return events


async def _read(request: web.Request) -> bytes:
    """The body, if it is not longer than a publish may be (nor than the server takes at all)."""
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        body = None
    if body is None or len(body) > MAX_BYTES:
        text = f"The maximum size ({MAX_BYTES}) has been exceeded by this request."
        raise _Refused(413, "RequestEntityTooLarge", "RequestEntityTooLarge", text)
    return body


def _parsed(body: bytes, *, single: bool) -> list[dict[str, Any]]:
    try:
        events = json.loads(body)
    except ValueError as error:
        raise _bad_request(f"The request body is not JSON: {error}.") from error
    if single:
        return [events]
    if not isinstance(events, list):
        found = "StartObject" if isinstance(events, dict) else type(events).__name__
        raise _bad_request(f"Unexpected token when reading JSON. Expected: StartArray, actual: {found}.")
    return events


def _bad_request(message: str) -> _Refused:
    return _Refused(400, "BadRequest", "InputJsonInvalid", message)
