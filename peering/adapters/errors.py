"""Vendor errors become ours, here and nowhere else."""

import asyncio
import json
import re
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from azure.core.exceptions import AzureError, ClientAuthenticationError, DecodeError, HttpResponseError

from peering.core.network.error_documents import Told, read_error
from peering.core.network.failures import NO_ANSWER, UNEXPECTED, AzureFailure

STORAGE_LIMIT = 25.0
"""Seconds that one question to our storage may take in all; who asks by HTTP has an answer within 30."""

_SHOWN = 1000
_LONGEST_CODE = 100
_COUNT = re.compile(r"[0-9]{1,9}")
_deadline: ContextVar[asyncio.Timeout | None] = ContextVar("deadline", default=None)
_LONGEST_WAIT = timedelta(days=1)  # Azure's own are minutes; one of years would put a network off for ever


@asynccontextmanager
async def azure_answers(limit: float, failure: type[AzureFailure] = AzureFailure) -> AsyncIterator[None]:
    """As azure_failures, for a block that takes `limit` seconds at most, the SDK's own retries and tokens included."""
    with azure_failures(failure):
        async with asyncio.timeout(limit) as deadline:
            token = _deadline.set(deadline)
            try:
                yield
            finally:
                _deadline.reset(token)


@contextmanager
def limit_stands_still() -> Iterator[None]:
    """The limit of `azure_answers` does not count what is waited for inside the block: it is not Azure's doing."""
    deadline = _deadline.get()
    ends = None if deadline is None else deadline.when()
    if deadline is None or ends is None:
        yield
        return
    clock = asyncio.get_running_loop().time
    left = ends - clock()
    deadline.reschedule(None)
    try:
        yield
    finally:
        deadline.reschedule(clock() + left)


@contextmanager
def azure_failures(failure: type[AzureFailure] = AzureFailure) -> Iterator[None]:
    """Raise a failure, of the type that says whose it is, for whatever the SDK raises inside the block."""
    try:
        yield
    except HttpResponseError as error:
        raise _from_response(error, failure) from error
    except TimeoutError as error:
        raise failure(NO_ANSWER, "TimedOut", "Azure took too long.") from error
    except AzureError as error:
        raise failure(NO_ANSWER, "NoAnswer", shown(error.message)) from error
    except OSError as error:  # a connection that broke off where the SDK did not look
        raise failure(NO_ANSWER, "NoAnswer", shown(error)) from error


def _from_response(error: HttpResponseError, failure: type[AzureFailure]) -> AzureFailure:
    response: Any = error.response
    document = None if response is None else _document(response)
    told = read_error(document)
    code = _code(response, told)
    if isinstance(error, ClientAuthenticationError) and not code:  # azure-identity got no token
        return failure(401, "NoToken", shown(error.message))
    if isinstance(error, DecodeError):
        return failure(NO_ANSWER, UNEXPECTED, shown(error.message))
    if response is None:  # the connection broke off
        return failure(NO_ANSWER, "NoAnswer", shown(error.message))
    message = shown(told.message or error.message)
    wait = _longest_wait(response.headers, told)
    if response.status_code >= 400:
        return failure(response.status_code, code or str(error.reason or ""), message, wait)
    if told.code:  # A long-running operation that failed is reported inside a 200: a refusal like any other.
        return failure(400, told.code, message, wait)
    ended = document.get("status") if isinstance(document, dict) else None
    code = ended if ended in ("Failed", "Canceled") else UNEXPECTED  # the first two without a reason
    return failure(NO_ANSWER, code, message, wait)


def _code(response: Any, told: Told) -> str:  # noqa: ANN401 - the SDK has several types of response
    """Storage has its code in a header, for its body is XML, and none at all after HEAD."""
    beside = "" if response is None else response.headers.get("x-ms-error-code")
    return told.code or str(beside or "")[:_LONGEST_CODE]


def refusal(response: Any) -> tuple[str, float]:  # noqa: ANN401 - the SDK has several types of response
    """The code of an answer that refuses, and the seconds that it asks to wait, wherever they stand; 0 for none."""
    told = read_error(_document(response))
    wait = _longest_wait(response.headers, told)
    return told.code, wait.total_seconds() if wait else 0.0


def shown(words: object) -> str:
    """As much as a record can hold, without the halves of characters that JSON's escapes can make."""
    return str(words)[:_SHOWN].encode("utf-8", "replace").decode()


def _document(response: Any) -> object:  # noqa: ANN401 - the SDK has several types of response
    try:
        return json.loads(response.text())
    except (ValueError, LookupError, RecursionError, zlib.error):  # a gateway's HTML page, an unknown encoding, …
        return None


def _longest_wait(headers: Mapping[str, str], told: Told) -> timedelta | None:
    waits = [wait for wait in (_milliseconds(headers), _seconds_or_date(headers), told.wait) if wait is not None]
    return min(max(waits), _LONGEST_WAIT) if waits else None


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """The wait that headers ask for: `x-ms-retry-after-ms` or, where that is missing, `Retry-After`."""
    wait = _milliseconds(headers)
    return _seconds_or_date(headers) if wait is None else wait


def _milliseconds(headers: Mapping[str, str]) -> timedelta | None:
    value = headers.get("x-ms-retry-after-ms") or ""
    return timedelta(milliseconds=int(value)) if _COUNT.fullmatch(value) else None


def _seconds_or_date(headers: Mapping[str, str]) -> timedelta | None:
    value = headers.get("Retry-After") or ""
    if _COUNT.fullmatch(value):
        return timedelta(seconds=int(value))
    try:
        return max(parsedate_to_datetime(value) - datetime.now(UTC), timedelta()) if value else None
    except (ValueError, TypeError, OverflowError):
        return None
