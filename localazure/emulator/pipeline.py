"""What happens to one ARM request, top to bottom: who asks, may they, faults, the route, the headers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from localazure.emulator.access.gate import Attempt, Gate
from localazure.emulator.callers import Caller
from localazure.emulator.errors import (
    ArmError,
    api_version_missing,
    requests_throttled,
    subscription_malformed,
    subscription_not_found,
)
from localazure.emulator.faults import Faults, Rule
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.history import History
from localazure.emulator.networks.lifecycle import settle
from localazure.emulator.networks.mirror import Mirror
from localazure.emulator.throttle import LIMITS, Throttle, kind_of
from localazure.emulator.wire import api_versions
from localazure.emulator.wire.headers import common_headers, operation_headers
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]

_SUBSCRIPTION = re.compile(r"^/subscriptions/([^/]+)", re.IGNORECASE)
# What a rule can make late: the network provider's resources, not how far its operations are.
_RESOURCES = re.compile(r"/microsoft\.network/+(?!locations/)", re.IGNORECASE)
# What the setting for all makes late: one network, lists of them, and tags; not a half or a subnet asked for alone.
_STALE = re.compile(r"/virtualnetworks(/[^/]+(/providers/microsoft\.resources/tags/default)?)?/?$", re.IGNORECASE)
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
    faults: Faults
    mirror: Mirror
    history: History = field(default_factory=History)

    def answer(self, request: ArmRequest, rule: Rule | None = None) -> ArmResponse:
        """Serve one request of a verified caller. Never raises ArmError: errors are answers too."""
        with self.mirror.watching(writes=kind_of(request.method) != "reads"):
            return self._answer(request, rule)

    def settle(self) -> None:
        """End what has ended, and write down what it changed if somebody wants to look back."""
        with self.mirror.watching(writes=False):
            self._settle()

    def _settle(self) -> None:
        settle(self.estate)
        self.history.note(self.estate, max(self.estate.latency.stale_seconds, self.faults.oldest))

    def _answer(self, request: ArmRequest, rule: Rule | None) -> ArmResponse:
        self._settle()
        remaining = LIMITS[kind_of(request.method)].size - 1
        try:
            remaining = self._admit(request, remaining)
            response = self._faulty(request, rule) or self._serve(request, rule)
        except ArmError as error:
            response = error_response(error)
        headers = common_headers(request, response, self.estate.clock(), remaining)
        if response.operation is not None:
            headers.update(operation_headers(request, response.operation, self.estate.latency))
        response.headers = {**headers, **response.headers}
        self._settle()
        return response

    def _serve(self, request: ArmRequest, rule: Rule | None) -> ArmResponse:
        estate = self.estate
        gate = Gate(estate.access, estate.switches, estate.subscriptions, estate.clock())
        gate.check(Attempt(request.method, request.path, request.json_if_any(), request.caller))
        return self._dispatch(request, rule)

    def _dispatch(self, request: ArmRequest, rule: Rule | None) -> ArmResponse:
        """The answer may be that of some seconds ago."""
        seconds = self.estate.latency.stale_seconds if _STALE.search(request.path) else 0.0
        if rule is not None and rule.stale is not None and _RESOURCES.search(request.path):
            seconds = rule.stale
        if request.method != "GET" or seconds <= 0:
            return self.router.dispatch(request)
        with self.history.as_of(self.estate, self.estate.clock() - seconds):
            return self.router.dispatch(request)

    def _faulty(self, request: ArmRequest, rule: Rule | None) -> ArmResponse | None:
        """The answer a fault rule gives in place of the real one."""
        if rule is None:
            return None
        if rule.busy is not None:
            return error_response(rule.busy.refusal(request.path, self.estate.clock()))
        return _answer(rule.answer) if rule.answer is not None else None

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


def _answer(answer: Json) -> ArmResponse:
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
