"""Response headers of ARM: ids, rate limits and those of long-running operations."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from localazure.emulator.latency import POLL_RETRY_AFTER, Latency, Mode
from localazure.emulator.networks.estate import operation_path
from localazure.emulator.networks.operations import JOBS, Operation
from localazure.emulator.throttle import GLOBAL_FACTOR, LIMITS, kind_of
from localazure.emulator.wire.messages import ArmRequest, ArmResponse

REGION = "LOCAL"
_FAST_POLL_MS = "500"  # what a peering takes in that mode: one poll finds it done, as with the real ten seconds


def common_headers(request: ArmRequest, response: ArmResponse, now: float, remaining: int) -> dict[str, str]:
    """What every response carries. `remaining`: tokens left of this kind of request in the subscription."""
    operation = response.operation
    by_operation = operation is not None and (request.method != "GET" or "operationresults/" in request.path.lower())
    request_id = request.correlation_id
    if response.by_provider:
        request_id = operation.id if operation is not None and by_operation else str(uuid4())
    kind = kind_of(request.method)
    stamp = datetime.fromtimestamp(now, UTC)
    headers = {
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Cache": "CONFIG_NOCACHE",
        "x-ms-request-id": request_id,
        "x-ms-correlation-request-id": request.correlation_id,
        "x-ms-routing-request-id": f"{REGION}:{stamp:%Y%m%dT%H%M%SZ}:{request.correlation_id}",
        f"x-ms-ratelimit-remaining-subscription-{kind}": str(remaining),
        f"x-ms-ratelimit-remaining-subscription-global-{kind}": str(LIMITS[kind].size * GLOBAL_FACTOR - 1),
    }
    if response.by_provider:
        headers["x-ms-arm-service-request-id"] = str(uuid4())
    if request.headers.get("x-ms-return-client-request-id", "").lower() == "true":
        headers["x-ms-client-request-id"] = request.headers.get("x-ms-client-request-id", "")
    return headers


def operation_headers(request: ArmRequest, operation: Operation, latency: Latency) -> dict[str, str]:
    """What tells a client to wait: where to ask, and how long to wait before it does."""
    if operation.kind in JOBS:
        return _waiting(operation, latency, operation.retry_after)
    if request.method == "GET" and "/operations/" in request.path.lower():
        return _waiting(operation, latency, POLL_RETRY_AFTER)
    headers = {
        "Azure-AsyncOperation": request.endpoint + operation_path(operation),
        "Azure-AsyncNotification": "Enabled",
    }
    if request.method == "GET" or operation.kind.startswith("Delete"):
        headers["Location"] = request.endpoint + operation_path(operation, "operationResults")
    if operation.running or request.method != "GET":
        polled = request.method == "GET"
        headers.update(_waiting(operation, latency, POLL_RETRY_AFTER if polled else operation.retry_after))
    return headers


def _waiting(operation: Operation, latency: Latency, seconds: int) -> dict[str, str]:
    """Retry-After is whole seconds or the clients crash, and 0 makes them wait 30 s if they ever poll twice.

    So an operation that takes time outside the mode `real` says how long in milliseconds, which clients of
    azure-core read when there is no Retry-After.
    """
    if latency.mode is Mode.REAL:
        return {"Retry-After": str(seconds)}
    if latency.mode is Mode.NONE and operation.instant:
        return {"Retry-After": "0"}
    return {"x-ms-retry-after-ms": _FAST_POLL_MS}
