"""ARM over aiohttp: the catch-all handler, with faults of the connection, the log and the timer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from aiohttp import web

from localazure.emulator.cloud_metadata import cloud_metadata
from localazure.emulator.emulator import Emulator
from localazure.emulator.errors import ArmError
from localazure.emulator.faults import Rule
from localazure.emulator.identity import Unauthorized
from localazure.emulator.pipeline import Verifier, error_response
from localazure.emulator.request_log import Served
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.operation_routes import NULL

_SLASHES = re.compile("/{2,}")  # az writes `Microsoft.Network//virtualNetworks`, and ARM takes it
_JSON = "application/json; charset=utf-8"


class ArmServer:
    """Serves one emulator's ARM. `verifier` says who holds a token."""

    def __init__(self, emulator: Emulator, verifier: Verifier) -> None:
        self._emulator = emulator
        self._verifier = verifier
        self._timer: asyncio.TimerHandle | None = None

    def routes(self) -> list[web.RouteDef]:
        """To be added after all others: the last one takes every path."""
        return [
            web.get("/metadata/endpoints", self._metadata),
            web.route("*", "/{path:.*}", self._handle),
        ]

    def local_routes(self, arm_url: Callable[[], str]) -> list[web.RouteDef]:
        async def metadata(request: web.Request) -> web.Response:
            return self._cloud(arm_url(), request)

        return [web.get("/metadata/endpoints", metadata)]

    async def _metadata(self, request: web.Request) -> web.Response:
        return self._cloud(_endpoint(request), request)

    def _cloud(self, arm: str, request: web.Request) -> web.Response:
        version = request.query.get("api-version", "2022-09-01")
        return web.json_response(cloud_metadata(arm, self._emulator.tenant, version))

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        started = perf_counter()
        body = await request.read()
        rule = self._emulator.faults.strike(request.method, request.path, self._emulator.clock())
        if rule is not None and rule.drop == "before":
            return _hang_up(request)
        caller_id, response = self._answer(request, body, rule)
        self.wake_when_due()
        if rule is not None and rule.delay:
            await asyncio.sleep(rule.delay)
        self._log(request, response, caller_id, (perf_counter() - started) * 1000)
        if rule is not None and rule.drop == "after":
            return _hang_up(request)
        return _to_aiohttp(response)

    def _log(self, request: web.Request, response: ArmResponse, caller_id: str, ms: float) -> None:
        log = self._emulator.log
        served = Served(
            n=log.next_number(),
            time=self._emulator.now_text(),
            method=request.method,
            path=request.path,
            query=request.query_string,
            status=response.status,
            caller=caller_id,
            correlationId=response.headers.get("x-ms-correlation-request-id", ""),
            ms=round(ms, 3),
        )
        log.add(served)

    def _answer(self, request: web.Request, body: bytes, rule: Rule | None) -> tuple[str, ArmResponse]:
        try:
            caller = self._verifier.verify(request.headers.get("Authorization"))
        except Unauthorized as error:
            refusal = error_response(ArmError(401, error.code, error.message))
            refusal.headers["WWW-Authenticate"] = error.www_authenticate
            return "", refusal
        correlation = request.headers.get("x-ms-correlation-request-id") or str(uuid4())
        arm_request = ArmRequest(
            method=request.method,
            path=_SLASHES.sub("/", request.path),
            query=dict(request.query),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            endpoint=_endpoint(request),
            url=str(request.url),
            caller=caller,
            correlation_id=correlation,
            seconds=rule.duration if rule else None,
            failure=rule.failure if rule else None,
            unchanged=rule.unchanged if rule else False,
        )
        return caller.object_id, self._emulator.pipeline.answer(arm_request, rule)

    def wake_when_due(self) -> None:
        """Set the timer to the end of the next operation, so that its event goes out without a request."""
        due = self._emulator.estate.ledger.next_end()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if due is not None:
            delay = max(0.0, due - self._emulator.clock())
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._emulator.settle()
        self.wake_when_due()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _endpoint(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


def _hang_up(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _to_aiohttp(response: ArmResponse) -> web.Response:
    headers = dict(response.headers)
    if response.body is None:
        return web.Response(status=response.status, headers=headers)
    content = None if response.body is NULL else response.body
    text = json.dumps(content, separators=(",", ":"))
    return web.Response(status=response.status, headers={**headers, "Content-Type": _JSON}, body=text.encode())
