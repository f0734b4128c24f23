"""One request and one response of ARM, free of any web framework."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from localazure.emulator.callers import Caller
from localazure.emulator.networks import refusals
from localazure.emulator.networks.operations import Operation
from localazure.emulator.networks.refusals import Failure
from localazure.emulator.networks.write import Write

type Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ArmRequest:
    """`endpoint` is the scheme and host the caller used; header names are lower-cased."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    endpoint: str
    url: str
    caller: Caller
    correlation_id: str
    seconds: float | None = None
    failure: Failure | None = None
    unchanged: bool = False

    @property
    def api_version(self) -> str:
        return self.query.get("api-version", "")

    def json(self) -> Json:
        """The body as an object. Raises InvalidRequestFormat as the resource provider does."""
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise refusals.invalid_format("InvalidJson", f"Error parsing JSON: {error}.") from error
        if not isinstance(value, dict):
            raise refusals.invalid_format("InvalidJson", "Error converting value: a JSON object is expected.")
        return value

    def json_if_any(self) -> Json | None:
        """For whoever looks at a body before its provider does: None for what cannot be read."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def write(self) -> Write:
        return Write(
            caller=self.caller,
            correlation_id=self.correlation_id,
            client_request_id=self.headers.get("x-ms-client-request-id", ""),
            api_version=self.api_version,
            endpoint=self.endpoint,
            method=self.method,
            url=self.url,
            if_match=self.headers.get("if-match"),
            seconds=self.seconds,
            failure=self.failure,
            unchanged=self.unchanged,
        )


@dataclass(kw_only=True)
class ArmResponse:
    """`operation` is set when the response starts or reports one; `by_provider` when not the gateway answers."""

    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    operation: Operation | None = None
    by_provider: bool = False
