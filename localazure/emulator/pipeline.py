"""What happens to one ARM request, top to bottom: who asks, may they, faults, the route, the headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from localazure.emulator.callers import Caller
from localazure.emulator.errors import (
    ArmError,
    api_version_missing,
    requests_throttled,
    subscription_malformed,
    subscription_not_found,
)
from localazure.emulator.faults import Rule
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.lifecycle import settle
from localazure.emulator.networks.mirror import Mirror
from localazure.emulator.throttle import LIMITS, Throttle, kind_of
from localazure.emulator.wire import api_versions
from localazure.emulator.wire.headers import common_headers, operation_headers
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.router import Router

_SUBSCRIPTION = re.compile(r"^/subscriptions/([^/]+)", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Verifier(Protocol):
    """Who holds the bearer token; the token endpoints' module provides the real one."""

    def verify(self, authorization_header: str | None) -> Caller: ...


@dataclass
class Pipeline:
    """ARM without its server."""

    estate: Estate
    router: Router
    throttle: Throttle
    mirror: Mirror

    def answer(self, request: ArmRequest, rule: Rule | None = None) -> ArmResponse:
        """Serve one request of a verified caller. Never raises ArmError: errors are answers too."""
        with self.mirror.watching(writes=kind_of(request.method) != "reads"):
            return self._answer(request, rule)

    def _answer(self, request: ArmRequest, rule: Rule | None) -> ArmResponse:
        settle(self.estate)
        remaining = LIMITS[kind_of(request.method)].size - 1
        try:
            remaining = self._admit(request, remaining)
            response = _faulty(rule) or self.router.dispatch(request)
        except ArmError as error:
            response = error_response(error)
        headers = common_headers(request, response, self.estate.clock(), remaining)
        if response.operation is not None:
            headers.update(operation_headers(request, response.operation, self.estate.latency))
        response.headers = {**headers, **response.headers}
        settle(self.estate)
        return response

    def _admit(self, request: ArmRequest, full: int) -> int:
        """Check what the gateway checks. Returns the tokens left; raises what the gateway answers."""
        if not request.api_version:
            raise api_version_missing()
        api_versions.check(request, self.estate)
        match = _SUBSCRIPTION.match(request.path)
        if match is None:
            return full
        subscription = match[1]
        if not _GUID.fullmatch(subscription):
            raise subscription_malformed(subscription)
        known = {each.lower() for each in self.estate.subscriptions}
        if known and subscription.lower() not in known:
            raise subscription_not_found(subscription)
        return self._take_token(request, subscription) if self.estate.latency.throttles else full

    def _take_token(self, request: ArmRequest, subscription: str) -> int:
        kind = kind_of(request.method)
        actor = request.caller.object_id
        left = self.throttle.take(LIMITS[kind], subscription.lower(), actor, kind)
        if left < 0:
            raise requests_throttled(kind.removesuffix("s"), subscription, actor, -left)
        return left


def error_response(error: ArmError) -> ArmResponse:
    headers = dict(error.headers)
    if error.from_gateway:
        headers["x-ms-failure-cause"] = "gateway"
    return ArmResponse(status=error.status, body=error.body(), headers=headers, by_provider=not error.from_gateway)


def _faulty(rule: Rule | None) -> ArmResponse | None:
    """The answer a fault rule gives in place of the real one."""
    if rule is None or rule.answer is None:
        return None
    answer = rule.answer
    error = ArmError(
        int(answer.get("status", 500)),
        str(answer.get("code", "InternalServerError")),
        str(answer.get("message", "An error occurred.")),
        answer.get("details", []),
        {str(name): str(value) for name, value in (answer.get("headers") or {}).items()},
    )
    response = error_response(error)
    if "body" in answer:
        response.body = answer["body"]
    return response
