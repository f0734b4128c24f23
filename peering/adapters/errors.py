"""Vendor errors become ours, here and nowhere else."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from peering.core.network.failures import NO_ANSWER, AzureFailure, StorageFailure

_SHOWN = 1000
_COUNT = re.compile(r"[0-9]{1,9}")


@contextmanager
def azure_failures() -> Iterator[None]:
    """Raise AzureFailure for whatever the SDK raises inside the block, the original chained."""
    try:
        yield
    except HttpResponseError as error:
        raise _from_response(error) from error
    except TimeoutError as error:
        raise AzureFailure(NO_ANSWER, "TimedOut", "Azure took too long.") from error
    except AzureError as error:
        raise AzureFailure(NO_ANSWER, "NoAnswer", str(error.message)[:_SHOWN]) from error


@contextmanager
def storage_failures() -> Iterator[None]:
    """Raise StorageFailure for whatever our own tables, queue or leases say: it is no answer about a network."""
    try:
        with azure_failures():
            yield
    except StorageFailure:
        raise
    except AzureFailure as failure:
        raise StorageFailure(failure.status, failure.code, failure.message, failure.retry_after) from failure


def _from_response(error: HttpResponseError) -> AzureFailure:
    response: Any = error.response
    if response is None:  # azure-identity got no token, or the connection broke off
        status = 401 if isinstance(error, ClientAuthenticationError) else NO_ANSWER
        return AzureFailure(status, "NoToken" if status else "NoAnswer", str(error.message)[:_SHOWN])
    body = _error_body(response)
    # A long-running operation that failed is reported inside a 200: for the table it is a refusal like any other.
    status = max(response.status_code or 0, 400)
    code = str(body.get("code") or error.reason or "")
    message = str(body.get("message") or error.message)[:_SHOWN]
    return AzureFailure(status, code, message, retry_after(response.headers))


def _error_body(response: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK has several types of response
    try:
        document = json.loads(response.text())
    except ValueError:  # a gateway's HTML page
        return {}
    body = document.get("error") if isinstance(document, dict) else None
    return body if isinstance(body, dict) else {}


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """The wait a response asks for: `Retry-After` in seconds or as a date, or `x-ms-retry-after-ms`."""
    if _COUNT.fullmatch(milliseconds := headers.get("x-ms-retry-after-ms") or ""):
        return timedelta(milliseconds=int(milliseconds))
    value = headers.get("Retry-After") or ""
    if _COUNT.fullmatch(value):
        return timedelta(seconds=int(value))
    try:
        return max(parsedate_to_datetime(value) - datetime.now(UTC), timedelta()) if value else None
    except (ValueError, TypeError):
        return None
