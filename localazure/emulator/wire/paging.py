"""Lists in pages. The link to the next one begins after the last thing of this one, whatever has gone meanwhile."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, urlencode

from localazure.emulator.errors import ArmError
from localazure.emulator.wire.messages import ArmRequest

type Json = dict[str, Any]
type Order = tuple[str, ...]

_TOKEN = "$skiptoken"  # noqa: S105  a parameter's name


def paged[T](
    request: ArmRequest, found: Iterable[T], order: Callable[[T], Order], size: int
) -> tuple[list[T], str | None]:
    """A page of what was found, in its order, and the link to the next page."""
    ordered = sorted(found, key=order)
    start = bisect_right(ordered, _after(request), key=order)
    page = ordered[start : start + size]
    return page, _link(request, order(page[-1])) if start + size < len(ordered) else None


def listed(bodies: list[Json], link: str | None) -> Json:
    return {"value": bodies} if link is None else {"value": bodies, "nextLink": link}


def top(request: ArmRequest, largest: int) -> int:
    """`$top`, as far as a page goes."""
    asked = request.query.get("$top")
    if asked is None:
        return largest
    if not asked.isdecimal() or int(asked) < 1:
        raise ArmError(400, "InvalidQueryStringParameter", f"The value '{asked}' of the parameter '$top' is invalid.")
    return min(int(asked), largest)


def _after(request: ArmRequest) -> Order:
    token = next((value for name, value in request.query.items() if name.lower() == _TOKEN), None)
    if token is None:
        return ()
    try:
        return tuple(str(each) for each in json.loads(urlsafe_b64decode(token)))
    except (Base64Error, ValueError, TypeError) as error:
        raise ArmError(400, "InvalidSkipToken", f"The skip token '{token}' is invalid.") from error


def _link(request: ArmRequest, last: Order) -> str:
    """As ARM writes it: absolute, and the `$` of its parameters encoded."""
    kept = {name: value for name, value in request.query.items() if name.lower() != _TOKEN}
    token = urlsafe_b64encode(json.dumps(last).encode()).decode()
    return f"{request.endpoint}{quote(request.path)}?{urlencode({**kept, _TOKEN: token}, quote_via=quote)}"
